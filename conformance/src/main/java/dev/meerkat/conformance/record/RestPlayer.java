package dev.meerkat.conformance.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.meerkat.conformance.Installed;
import dev.meerkat.conformance.RealServer;
import dev.meerkat.conformance.ServerHome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Plays a script to a REST server: the first key of a step is {@code GET}, {@code POST}, ... with the path. */
final class RestPlayer {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Installed installed;
    private final ServerHome home;
    private final Journal journal;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Learned learned = new Learned();
    private final Map<String, SseLines> streams = new HashMap<>();

    RestPlayer(Installed installed, ServerHome home, Journal journal) {
        this.installed = installed;
        this.home = home;
        this.journal = journal;
    }

    void play(List<Step> steps) throws IOException, InterruptedException {
        RealServer server = RealServer.rest(installed, home);
        try {
            for (Step step : steps) {
                if ("restart".equals(step.verb())) {
                    server.close();
                    ObjectNode entry = journal.entry().put("from", "recorder");
                    entry.putObject("line").put("restart", step.subject());
                    journal.write(entry);
                    server = RealServer.rest(installed, home);
                } else {
                    perform(step, server.uri());
                }
            }
        } finally {
            server.close();
        }
    }

    private void perform(Step step, URI server) throws IOException, InterruptedException {
        switch (step.verb()) {
            case "sse" -> open(step, server);
            case "sse_event" -> stream(step, "of").await(step.subject(), step);
            case "sse_end" -> journal.write(streamNamed(step.subject()).end());
            default -> exchange(step, server);
        }
    }

    private void open(Step step, URI server) throws InterruptedException {
        String path = learned.fill(step.subject());
        SseLines lines = new SseLines(path, journal);
        streams.put(step.text("as", "stream"), lines);
        lines.open(http, server.resolve(path));
        lines.await("session_loaded", step);
    }

    private SseLines stream(Step step, String key) {
        return streamNamed(step.text(key, "stream"));
    }

    private SseLines streamNamed(String name) {
        SseLines lines = streams.get(name);
        if (lines == null) {
            throw new IllegalStateException("no stream " + name);
        }
        return lines;
    }

    private void exchange(Step step, URI server) throws IOException, InterruptedException {
        String path = learned.fill(step.subject());
        JsonNode body = step.json().has("body") ? learned.fill(step.json().get("body")) : TextNode.valueOf("");
        String raw = step.text("raw", body.isTextual() ? "" : body.toString());
        ObjectNode headers = headers(step, raw);

        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(path)).timeout(PATIENCE);
        request.method(step.verb(), HttpRequest.BodyPublishers.ofString(raw));
        headers.forEachEntry((name, value) -> request.header(name, value.asText()));
        ObjectNode entry = journal.entry();
        ObjectNode asked = entry.putObject("request").put("method", step.verb()).put("path", path);
        asked.set("headers", headers);
        asked.set("body", raw.isEmpty() ? null : step.json().has("raw") ? TextNode.valueOf(raw) : body);

        JsonNode answer = note(http.send(request.build(), HttpResponse.BodyHandlers.ofString()), entry);
        learned.from(step, answer);
    }

    private static ObjectNode headers(Step step, String body) {
        ObjectNode headers = Step.MAPPER.createObjectNode();
        step.json().path("headers").forEachEntry(headers::set);
        if (!body.isEmpty() && !headers.has("Content-Type")) {
            headers.put("Content-Type", "application/json");
        }
        return headers;
    }

    private JsonNode note(HttpResponse<String> response, ObjectNode entry) {
        JsonNode answer = parsed(response.body());
        ObjectNode told = entry.putObject("response").put("status", response.statusCode());
        ObjectNode headers = told.putObject("headers");
        response.headers().firstValue("content-type").ifPresent(type -> headers.put("content-type", type));
        told.set("body", answer);
        journal.write(entry);
        return answer;
    }

    private static JsonNode parsed(String body) {
        try {
            return body.isEmpty() ? TextNode.valueOf("") : Step.MAPPER.readTree(body);
        } catch (JsonProcessingException noJson) {
            return TextNode.valueOf(body);
        }
    }
}
