package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The recorded traffic of real servers. */
final class Recorded {
    private Recorded() {}

    /**
     * A call over JSON-RPC.
     *
     * @param request the client's line
     * @param answer the server's line
     */
    record Call(JsonNode request, JsonNode answer) {
        String method() {
            return request.path("method").asText();
        }

        JsonNode params() {
            return request.path("params");
        }

        JsonNode result() {
            return answer.path("result");
        }

        boolean refused() {
            return answer.has("error");
        }

        Fault fault() {
            JsonNode error = answer.path("error");
            return new Fault(
                    error.path("code").asInt(),
                    0,
                    error.path("data").path("code").asText(""),
                    error.path("message").asText(),
                    error.path("data"));
        }
    }

    /**
     * A call over REST.
     *
     * @param method such as GET
     * @param path with the query
     * @param body what was sent
     * @param status of the answer
     * @param answer its body
     */
    record Exchange(String method, String path, JsonNode body, int status, JsonNode answer) {
        String route() {
            String route = path.replaceFirst("\\?.*", "");
            return method + " " + route.replaceFirst("/sessions/[^/]+", "/sessions/{id}");
        }

        Fault fault() {
            if (!answer.isObject()) {
                return new Fault(0, status, "", answer.asText(), MissingNode.getInstance());
            }
            JsonNode details = answer.has("details") ? answer.path("details") : answer;
            return new Fault(
                    0,
                    status,
                    answer.path("code").asText(""),
                    answer.path("error").asText(""),
                    details);
        }
    }

    static List<JsonNode> lines(String file) {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : text(file).split("\n")) {
            lines.add(json(line));
        }
        return lines;
    }

    static String text(String file) {
        try (InputStream in = Recorded.class.getResourceAsStream("/recorded/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode json(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            return WireJson.read(bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    /** The calls over JSON-RPC with their answers; one whose answer lost its id gets the next such answer. */
    static List<Call> calls() {
        Map<Integer, JsonNode> open = new LinkedHashMap<>();
        List<Call> calls = new ArrayList<>();
        for (JsonNode row : lines("rpc-0.9.8.jsonl")) {
            JsonNode line = row.path("line");
            if (row.path("from").asText().equals("client")) {
                if (line.has("id")) {
                    open.put(line.path("id").asInt(), line);
                }
            } else if (line.path("id").isNumber()) {
                calls.add(new Call(open.remove(line.path("id").asInt()), line));
            } else if (line.has("id") && !open.isEmpty()) {
                calls.add(new Call(open.remove(open.keySet().iterator().next()), line));
            }
        }
        return calls;
    }

    static Call call(int id) {
        return calls().stream()
                .filter(call -> call.request().path("id").asInt() == id)
                .findFirst()
                .orElseThrow();
    }

    static List<Exchange> exchanges() {
        List<Exchange> exchanges = new ArrayList<>();
        for (JsonNode row : lines("rest-0.9.8.jsonl")) {
            if (row.has("request")) {
                JsonNode request = row.path("request");
                JsonNode response = row.path("response");
                exchanges.add(new Exchange(
                        request.path("method").asText(),
                        request.path("path").asText(),
                        request.path("body"),
                        response.path("status").asInt(),
                        response.path("body")));
            }
        }
        return exchanges;
    }

    /** The live envelopes of one session, each once, in order. */
    static List<JsonNode> envelopes(String session) {
        Map<String, JsonNode> envelopes = new LinkedHashMap<>();
        for (JsonNode row : lines("rpc-0.9.8.jsonl")) {
            JsonNode params = row.path("line").path("params");
            if (params.path("event").has("payload")
                    && params.path("session_id").asText().equals(session)) {
                envelopes.putIfAbsent(params.path("event").path("event_id").asText(), params.path("event"));
            }
        }
        return List.copyOf(envelopes.values());
    }
}
