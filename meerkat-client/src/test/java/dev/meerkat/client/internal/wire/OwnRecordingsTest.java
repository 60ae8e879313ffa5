package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the recorder of the conformance module wrote down of a running server is read, line by line. */
class OwnRecordingsTest {
    private static final SessionId ANY = SessionId.of("01900000-0000-7000-8000-000000000001");

    @ParameterizedTest
    @ValueSource(strings = {"own-rpc-stdio-0.9.8.jsonl", "own-rpc-tcp-0.9.8.jsonl", "own-rpc-held-0.9.8.jsonl"})
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
                MeerkatException typed = Faults.typed(
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
    @ValueSource(strings = {"own-rpc-stdio-0.9.8.jsonl", "own-rpc-tcp-0.9.8.jsonl", "own-rpc-held-0.9.8.jsonl"})
    void everyEventIsReadAndTurnsEndAsTheyBegan(String file) {
        Map<String, EventReader> readers = new HashMap<>();
        List<SessionEvent> events = new ArrayList<>();
        for (JsonNode row : Recorded.lines(file)) {
            JsonNode params = row.path("line").path("params");
            if (row.path("line").path("method").asText().equals("session/event")) {
                WireEvent event = Answers.envelope(params.path("event"));
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
}
