package dev.meerkat.client.fake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What our own recorder asked a real server of the line 0.6, until that was started again, is put to the fake of that line:
 * answers and notifications have the same form.
 */
@SuppressWarnings("try") // closing may be interrupted
class Recorded06Test {
    private final ManualRuns runs = new ManualRuns();
    private final SameShape shape = SameShape.ofForms();

    /** Answers of the fake that are not compared yet, by connection and id. */
    private final Map<String, Deque<JsonNode>> answers = new HashMap<>();

    private final Map<String, List<JsonNode>> theirs = new TreeMap<>();
    private final Map<String, List<JsonNode>> ours = new TreeMap<>();

    @Test
    void theFakeSaysOverOneConnectionWhatTheRealServerSaid() throws Exception {
        play("own-rpc-stdio-0.6.34.jsonl");

        expect(Map.of(
                "session/list .*labels.*", "which of two rows is first depends on the moment",
                "session/history .*content\\[1].*", "images stay in their rows",
                "#79 session/history .*", "an event for a session before its first turn is in no real transcript",
                "#353 session/history .*", "two responses are taken up by one turn, or by one each",
                "#390 turn/start .*", "keep-alive without a name is refused",
                "#(437|456) turn/start .*", "a session has its comms after a restart and a steered input",
                "#452 comms/peers .*", "a session has its comms after a steered input",
                "#454 session/read .*", "the turn of a steered input goes on"));
    }

    @Test
    void theFakeSaysOverTwoConnectionsWhatTheRealServerSaid() throws Exception {
        play("own-rpc-tcp-0.6.34.jsonl");

        expect(Map.of());
    }

    /** Differences are those with a reason, and each reason is needed. */
    private void expect(Map<String, String> permitted) {
        assertThat(shape.differences())
                .allMatch(difference -> permitted.keySet().stream().anyMatch(each -> matches(difference, each)));
        assertThat(permitted.keySet())
                .allMatch(each -> shape.differences().stream().anyMatch(difference -> matches(difference, each)));
    }

    private static boolean matches(String difference, String permitted) {
        return difference.replace('\n', ' ').matches(permitted.startsWith("#") ? permitted : "#\\d+ " + permitted);
    }

    private void play(String file) throws Exception {
        List<JsonNode> rows = RecordedTrafficTest.recorded(file);
        try (FakeServer server = new FakeServer(FakeSettings.of(FakeLine.V06).withRuns(runs))) {
            Map<String, FakeRpc> connections = new HashMap<>();
            Map<String, String> methods = new HashMap<>();
            for (int i = 0; i < rows.size() && !rows.get(i).path("line").has("restart"); i++) {
                String connection = rows.get(i).path("connection").asText();
                JsonNode line = rows.get(i).get("line");
                if (rows.get(i).path("from").asText().equals("client")) {
                    if (endedRun(rows, i)) {
                        runs.all();
                    }
                    methods.put(connection + line.path("id"), method(line));
                    methods.put(connection + "null", method(line));
                    connections
                            .computeIfAbsent(connection, name -> new FakeRpc(server, (said, no) -> heard(name, said)))
                            .take(
                                    line.has("raw")
                                            ? line.get("raw").asText().strip()
                                            : Js.write(shape.translated(line)));
                } else if (line.has("method")) {
                    notified(theirs, line);
                } else {
                    String key = connection + line.get("id");
                    compare("#" + i + " " + methods.get(key), line, key);
                }
            }
        }
        compareNotifications();
    }

    private static String method(JsonNode line) {
        return line.path("method").asText("raw") + " " + line.at("/params/kind").asText();
    }

    /** Whether the client had waited for the end of a run. */
    private static boolean endedRun(List<JsonNode> rows, int next) {
        boolean ended = false;
        for (int i = next - 1; i >= 0 && !rows.get(i).path("from").asText().equals("client"); i--) {
            ended |= rows.get(i).at("/line/params/event/payload/type").asText().equals("run_completed");
        }
        return ended;
    }

    private void heard(String connection, ObjectNode message) {
        if (message.has("method")) {
            notified(ours, message);
        } else {
            answers.computeIfAbsent(connection + message.get("id"), key -> new ArrayDeque<>())
                    .add(message);
        }
    }

    private static void notified(Map<String, List<JsonNode>> side, JsonNode message) {
        String kind = message.path("method").asText() + " "
                + message.at("/params/event/payload/type").asText();
        side.computeIfAbsent(kind, key -> new ArrayList<>()).add(message);
    }

    private void compare(String where, JsonNode recorded, String key) {
        if (!answers.containsKey(key)) {
            runs.all();
        }
        Deque<JsonNode> said = answers.getOrDefault(key, new ArrayDeque<>());
        assertThat(said).as("an answer to %s as %s", where, recorded).isNotEmpty();
        shape.compare(where, recorded, said.remove());
        if (said.isEmpty()) {
            answers.remove(key);
        }
    }

    /** How many there are depends on the moment, so each needs one of its form. */
    private void compareNotifications() {
        assertThat(ours.keySet()).isEqualTo(theirs.keySet());
        Map<String, List<String>> found = new LinkedHashMap<>();
        theirs.forEach((kind, recorded) -> {
            List<String> all = new ArrayList<>();
            recorded.forEach(frame -> all.addAll(nearest(kind, List.of(frame), ours.get(kind))));
            ours.get(kind).forEach(frame -> all.addAll(nearest(kind, recorded, List.of(frame))));
            if (!all.isEmpty()) {
                found.put(kind, all);
            }
        });
        assertThat(found).isEmpty();
    }

    private static List<String> nearest(String kind, List<JsonNode> recorded, List<JsonNode> fake) {
        List<String> fewest = List.of(kind);
        boolean first = true;
        for (JsonNode one : recorded) {
            for (JsonNode other : fake) {
                SameShape frame = SameShape.ofForms();
                frame.compare(kind, one, other);
                if (first || frame.differences().size() < fewest.size()) {
                    fewest = frame.differences();
                    first = false;
                }
            }
        }
        return fewest;
    }
}
