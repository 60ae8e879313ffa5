package dev.meerkat.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.meerkat.wire.internal.WireJson;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which of our ids and cursors stands for which recorded one. */
final class Aliases {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final String SEQUENCE = "sequence";

    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, Long> sequences = new HashMap<>();

    void put(String theirs, String ours) {
        ids.put(theirs, ours);
    }

    /** Learns the ids of a text; whether they are used as before. */
    boolean learn(String theirs, String ours) {
        Matcher their = ID.matcher(theirs);
        Matcher our = ID.matcher(ours);
        boolean same = true;
        while (their.find() && our.find()) {
            String known = ids.putIfAbsent(their.group(), our.group());
            same &= known == null || known.equals(our.group());
        }
        return same;
    }

    /** Learns the position of a cursor. */
    void learn(JsonNode theirs, JsonNode ours) {
        if (isCursor(theirs) && isCursor(ours)) {
            sequences.put(theirs.toString(), ours.path(SEQUENCE).asLong());
        }
    }

    private static boolean isCursor(JsonNode node) {
        return node.has("scope") && node.has(SEQUENCE);
    }

    /** A recorded request in our terms. */
    JsonNode translated(JsonNode recorded) {
        if (recorded.isTextual()) {
            return TextNode.valueOf(translated(recorded.textValue()));
        } else if (recorded instanceof ObjectNode object) {
            ObjectNode copy = WireJson.object();
            object.properties().forEach(field -> copy.set(field.getKey(), translated(field.getValue())));
            Long known = sequences.get(recorded.toString());
            return known == null ? copy : copy.put(SEQUENCE, known);
        } else if (recorded.isArray()) {
            ArrayNode copy = WireJson.object().putArray("");
            recorded.forEach(element -> copy.add(translated(element)));
            return copy;
        }
        return recorded;
    }

    String translated(String recorded) {
        return ID.matcher(recorded)
                .replaceAll(id -> Matcher.quoteReplacement(ids.getOrDefault(id.group(), id.group())));
    }
}
