package dev.meerkat.webhooks;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.JsonCodec;
import dev.meerkat.api.Limits;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The content of a body as JSON text, which may be larger than what one event may have.
 *
 * @param json normalized JSON text
 */
record DeliveryContent(String json) {
    /** Reads a JSON text. */
    static DeliveryContent parse(String text) {
        try {
            return new DeliveryContent(JsonCodec.installed().normalize(text));
        } catch (InvalidFieldException e) {
            throw Refusal.malformed("the body is not JSON: " + e.getMessage());
        }
    }

    /** Text as a JSON string. */
    static DeliveryContent ofText(String text) {
        return of(text);
    }

    /** A Java value as JSON. */
    static DeliveryContent of(Object value) {
        return new DeliveryContent(
                JsonCodec.installed().normalize(JsonCodec.installed().write(value)));
    }

    /** A string, number or boolean, as text. */
    Optional<String> text(String pointer) {
        return JsonCodec.installed()
                .at(json, pointer)
                .filter(part -> !part.startsWith("{") && !part.startsWith("[") && !part.equals("null"))
                .map(part -> part.startsWith("\"") ? JsonCodec.installed().read(part, String.class) : part);
    }

    /**
     * The payload of an event.
     *
     * @param keep pointers to the parts that it has; all if there are none
     */
    Json payload(List<String> keep) {
        if (keep.isEmpty()) {
            return sized(json);
        }
        Map<String, Object> kept = new LinkedHashMap<>();
        for (String pointer : keep) {
            JsonCodec.installed().at(json, pointer).ifPresent(part -> put(kept, pointer, sized(part)));
        }
        return sized(JsonCodec.installed().write(kept));
    }

    private static void put(Map<String, Object> kept, String pointer, Json part) {
        String[] names = pointer.substring(1).split("/", -1);
        Map<String, Object> parent = kept;
        for (int i = 0; i < names.length - 1; i++) {
            parent = child(parent, unescaped(names[i]));
        }
        parent.put(unescaped(names[names.length - 1]), part);
    }

    /** Pointers of which one leads into another are refused, so that there is nothing else than objects on the way. */
    @SuppressWarnings("unchecked")
    private static Map<String, Object> child(Map<String, Object> parent, String name) {
        return (Map<String, Object>) parent.computeIfAbsent(name, any -> new LinkedHashMap<String, Object>());
    }

    private static String unescaped(String name) {
        return name.replace("~1", "/").replace("~0", "~");
    }

    private static Json sized(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Limits.MESSAGE_BYTES) {
            throw Refusal.tooLarge("the payload is " + bytes + " bytes of JSON, more than the " + Limits.MESSAGE_BYTES
                    + " of one event; the route can name the parts to keep");
        }
        return Json.parse(text);
    }
}
