package dev.meerkat.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Sends external events over REST. Thread-safe. */
final class EventPosts {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LARGE_CHARS = 1_000_000;
    private static final String SMALL = body("x");
    private static final String LARGE = body("x".repeat(LARGE_CHARS));

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;

    EventPosts(int port) {
        this.port = port;
    }

    private static String body(String text) {
        return "{\"kind\":\"generic_json\",\"event_type\":\"load\",\"payload\":{\"text\":\"" + text + "\"}}";
    }

    /** Sends a few bytes and waits for the answer. */
    void small(String session) throws IOException, InterruptedException {
        post(session, SMALL);
    }

    /** Sends 1 MB and waits for the answer. */
    void large(String session) throws IOException, InterruptedException {
        post(session, LARGE);
    }

    private void post(String session, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + port + "/sessions/" + session + "/external-events"))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 202) {
            throw new IllegalStateException("an event was answered " + answer.statusCode() + ": " + answer.body());
        }
    }
}
