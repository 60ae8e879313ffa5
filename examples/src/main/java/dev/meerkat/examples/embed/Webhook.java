package dev.meerkat.examples.embed;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A webhook delivery: the headers of the HTTP request, and its body.
 *
 * @param headers by lower-case name; empty where only the body is known
 * @param body the JSON
 */
record Webhook(Map<String, String> headers, Json body) {

    /** Reads a recorded HTTP request from the class path. */
    static Webhook recorded(String resource) throws IOException {
        try (InputStream in = Webhook.class.getResourceAsStream("/deliveries/" + resource)) {
            if (in == null) {
                throw new IOException("no such recorded delivery: " + resource);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Reads request line, headers, an empty line and the body. */
    static Webhook parse(String request) {
        int end = request.indexOf("\n\n");
        Map<String, String> headers = new TreeMap<>();
        request.substring(0, end).lines().skip(1).forEach(line -> {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        });
        return new Webhook(headers, Json.parse(request.substring(end + 2)));
    }

    /** A body without its headers. */
    static Webhook ofBody(String body) {
        return new Webhook(Map.of(), Json.parse(body));
    }

    // snippet: webhook-to-event
    ExternalEvent toEvent() {
        if (body.at("/workflow_run").isPresent()) {
            // GitHub gives each delivery an id, which stays the same when it is redelivered.
            String key = headers.getOrDefault("x-github-delivery", digest());
            return ExternalEvent.genericJson("workflow_run", body)
                    .withSource("github")
                    .withIdempotencyKey(key);
        }
        if (body.at("/groupKey").isPresent()) {
            // Alertmanager gives no id; it sends the same body again until it gets a 2xx answer.
            return ExternalEvent.genericJson("alert_group", body)
                    .withSource("alertmanager")
                    .withIdempotencyKey(digest());
        }
        return ExternalEvent.genericJson("json", body).withSource("stdin").withIdempotencyKey(digest());
    }
    // end

    private String digest() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(body.canonicalText().getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
