package dev.meerkat.webhooks;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reads CloudEvents 1.0 as their binding to HTTP has them. */
final class CloudEvents {
    private static final String STRUCTURED = "application/cloudevents";
    private static final String BATCH = "application/cloudevents-batch";
    private static final String PREFIX = "ce-";

    private CloudEvents() {}

    /** The structured form of an event of either form. */
    static DeliveryContent content(WebhookRequest request, byte[] body, String type) {
        String media = DeliveryBodies.media(type);
        if (media.startsWith(BATCH)) {
            throw Refusal.of(WebhookResult.UNSUPPORTED, "batches of CloudEvents are not supported");
        }
        if (media.startsWith(STRUCTURED) && !media.equals(STRUCTURED + "+json")) {
            throw Refusal.of(WebhookResult.UNSUPPORTED, "of structured CloudEvents, only those in JSON are supported");
        }
        DeliveryContent content = media.startsWith(STRUCTURED)
                ? DeliveryContent.parse(DeliveryBodies.text(body, type))
                : binary(request, body, type);
        if (!content.text("/specversion").filter("1.0"::equals).isPresent()) {
            throw Refusal.malformed("the body and its headers are no CloudEvent of specversion 1.0");
        }
        return content;
    }

    private static DeliveryContent binary(WebhookRequest request, byte[] body, String type) {
        Map<String, String> attributes = new TreeMap<>();
        for (String name : request.names()) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith(PREFIX)) {
                request.header(name)
                        .ifPresent(value -> attributes.put(lower.substring(PREFIX.length()), decoded(value)));
            }
        }
        Map<String, Object> event = new LinkedHashMap<>(attributes);
        if (!type.isEmpty()) {
            event.put("datacontenttype", type);
        }
        String media = DeliveryBodies.media(type);
        if (body.length == 0) {
            return DeliveryContent.of(event);
        }
        if (media.isEmpty() || DeliveryBodies.isJson(media)) {
            return withData(event, DeliveryContent.parse(DeliveryBodies.text(body, type)));
        }
        // What is no text goes in as bytes, as the JSON format of CloudEvents has it.
        if (media.startsWith("text/") && DeliveryBodies.decoded(body) != null) {
            event.put("data", DeliveryBodies.text(body, type));
        } else {
            event.put("data_base64", Base64.getEncoder().encodeToString(body));
        }
        return DeliveryContent.of(event);
    }

    /** Puts the data in as text: it may be larger than a value of JSON can be. */
    private static DeliveryContent withData(Map<String, Object> event, DeliveryContent data) {
        String attributes = DeliveryContent.of(event).json();
        String begin = attributes.substring(0, attributes.length() - 1) + (event.isEmpty() ? "" : ",");
        return DeliveryContent.parse(begin + "\"data\":" + data.json() + "}");
    }

    /** A quoted value loses its quotes; then what is encoded with percent signs is decoded once. */
    private static String decoded(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        String plain = quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
        return DeliveryBodies.percentDecoded(plain);
    }
}
