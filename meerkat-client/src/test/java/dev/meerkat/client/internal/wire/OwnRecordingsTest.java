package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the recorder of the conformance module wrote down of a running server is read, line by line. */
class OwnRecordingsTest {
    private static final SessionId ANY = SessionId.of("01900000-0000-7000-8000-000000000001");

    static List<String> ofJsonRpc() {
        return List.of(
                "own-rpc-stdio-0.9.8.jsonl",
                "own-rpc-tcp-0.9.8.jsonl",
                "own-rpc-held-0.9.8.jsonl",
                "own-rpc-stdio-0.6.34.jsonl",
                "own-rpc-tcp-0.6.34.jsonl",
                "own-rpc-held-0.6.34.jsonl");
    }

    @ParameterizedTest
    @MethodSource("ofJsonRpc")
    void everyAnswerIsRead(String file) {
        Map<String, JsonNode> open = new HashMap<>();
        TreeSet<String> read = new TreeSet<>();
        int refused = 0;
        for (JsonNode row : Recorded.lines(file)) {
            JsonNode line = row.path("line");
            String id = row.path("connection").asText() + " " + line.path("id");
            if (row.path("from").asText().equals("client")) {
                open.put(id, line);
            } else if (line.has("error")) {
                JsonNode error = line.path("error");
                MeerkatException typed = AnsweredFaults.typed(
                        new Fault(
                                error.path("code").asInt(),
                                0,
                                error.path("data").path("code").asText(""),
                                error.path("message").asText(),
                                error.path("data")),
                        ANY);
                assertThat(typed.code()).as(line.toString()).isNotBlank();
                refused++;
            } else if (line.has("result") && open.containsKey(id)) {
                JsonNode request = open.remove(id);
                JsonNode params = request.path("params");
                if (!params.path("kind").asText().equals("peer_response")
                        && RecordedTrafficTest.read(request.path("method").asText(), params, line.path("result"))
                                != null) {
                    read.add(request.path("method").asText());
                }
            }
        }
        assertThat(read).contains("session/create", "turn/start");
        assertThat(refused).isPositive();
    }

    @ParameterizedTest
    @MethodSource("ofJsonRpc")
    void everyEventIsReadAndTurnsEndAsTheyBegan(String file) {
        Map<String, EventReader> readers = new HashMap<>();
        List<SessionEvent> events = new ArrayList<>();
        for (JsonNode row : Recorded.lines(file)) {
            JsonNode params = row.path("line").path("params");
            if (row.path("line").path("method").asText().equals("session/event")) {
                ReadEvent event = Answers.envelope(params.path("event"));
                events.add(readers.computeIfAbsent(params.path("session_id").asText(), id -> new EventReader())
                        .read(event, new Cursor(event.position())));
            }
        }
        TreeSet<String> begun = new TreeSet<>();
        for (SessionEvent event : events) {
            if (event instanceof SessionEvent.TurnStarted started) {
                begun.add(started.turnId().toString());
            } else if (event instanceof SessionEvent.TurnCompleted completed) {
                assertThat(begun).contains(completed.turnId().toString());
            } else if (event instanceof SessionEvent.TurnInterrupted interrupted) {
                assertThat(begun).contains(interrupted.turnId().toString());
            }
        }
        assertThat(begun).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"own-rest-0.9.8.jsonl", "own-rest-0.6.34.jsonl"})
    void everyAnswerOverRestIsRead(String file) {
        TreeSet<String> read = new TreeSet<>();
        int refused = 0;
        for (JsonNode row : Recorded.lines(file)) {
            JsonNode body = row.at("/response/body");
            int status = row.at("/response/status").asInt();
            if (status >= 400) {
                JsonNode message = body.isTextual() ? body : body.path("error");
                Fault fault =
                        new Fault(0, status, body.path("code").asText(""), message.asText(), body.path("details"));
                assertThat(AnsweredFaults.typed(fault, ANY).code())
                        .as(row.toString())
                        .isNotBlank();
                refused++;
            } else if (body.isObject()) {
                String route = route(row.path("request"));
                assertThat(readRest(route, body)).as(route).isNotNull();
                read.add(route);
            }
        }
        assertThat(read).contains("POST sessions", "POST messages", "GET history", "POST send", "GET peers");
        assertThat(refused).isGreaterThan(10);
    }

    /** The method and the last word of the path, whichever session it is about. */
    private static String route(JsonNode request) {
        String[] path = request.path("path")
                .asText()
                .replaceFirst("\\?.*", "")
                .substring(1)
                .split("/");
        String last = path.length == 2 && path[0].equals("sessions") ? "session" : path[path.length - 1];
        return request.path("method").asText() + " " + last;
    }

    private static Object readRest(String route, JsonNode body) {
        return switch (route) {
            case "GET capabilities" -> Answers.version(body);
            case "POST sessions" -> Answers.created(body, false);
            case "POST messages" -> Answers.completed(body);
            case "GET sessions" -> Answers.sessions(body);
            case "GET session" -> Answers.session(body);
            case "GET history" -> Answers.history(body, "self");
            case "GET peers" -> Answers.peers(body);
            case "POST send" -> Answers.receipt(CommsCommand.Input.of("x"), body);
            case "POST system_context" -> Answers.contextApplied(body);
            default -> body;
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"own-rest-0.9.8.jsonl", "own-rest-0.6.34.jsonl"})
    void everyServerSentEventIsRead(String file) {
        int completed = 0;
        for (JsonNode row : Recorded.lines(file)) {
            EventReader reader = new EventReader();
            TreeSet<String> begun = new TreeSet<>();
            for (JsonNode timed : row.at("/sse/lines")) {
                String line = timed.get(1).asText();
                JsonNode data = line.startsWith("data: ") ? json(line.substring("data: ".length())) : null;
                if (data == null || !data.has("payload")) {
                    continue;
                }
                ReadEvent event = Answers.envelope(data);
                SessionEvent read = reader.read(event, new Cursor(event.position()));
                if (read instanceof SessionEvent.TurnStarted started) {
                    begun.add(started.turnId().toString());
                } else if (read instanceof SessionEvent.TurnCompleted end) {
                    assertThat(begun).contains(end.turnId().toString());
                    completed++;
                }
            }
        }
        assertThat(completed).isGreaterThanOrEqualTo(2);
    }

    private static JsonNode json(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            return WireJson.read(bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    /** What is recorded of the line 0.6 that its reference does not say, and that the client reckons with. */
    @Test
    void theOldLineEndsTheCommsOfASessionThatIsSteered() {
        List<JsonNode> lines = Recorded.lines("own-rpc-stdio-0.6.34.jsonl");
        JsonNode steered = null;
        JsonNode after = null;
        for (JsonNode row : lines) {
            JsonNode line = row.path("line");
            if (line.at("/params/body").asText().equals("now")
                    && line.at("/params/handling_mode").asText().equals("steer")) {
                steered = line;
            } else if (steered != null
                    && after == null
                    && line.path("method").asText().equals("comms/peers")) {
                after = line;
            }
        }
        assertThat(answer(lines, steered).at("/result/kind").asText()).isEqualTo("input_accepted");
        assertThat(answer(lines, after).at("/error/message").asText()).contains("comms not enabled");
    }

    private static JsonNode answer(List<JsonNode> lines, JsonNode request) {
        return lines.stream()
                .map(row -> row.path("line"))
                .filter(line -> !line.has("method") && line.path("id").equals(request.path("id")))
                .findFirst()
                .orElseThrow();
    }
}
