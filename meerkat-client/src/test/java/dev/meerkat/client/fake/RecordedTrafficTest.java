package dev.meerkat.client.fake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Every recorded request is put to the fake, and its answers and events are those of the real server:
 * this is why the fake may stand in for it. What may differ is listed in {@link SameShape}.
 */
@SuppressWarnings("try") // closing may be interrupted
class RecordedTrafficTest {
    /** Background turns of the recorded server had ended when its client paused for so long. */
    private static final long PAUSE_MILLIS = 400;

    private final ManualRuns runs = new ManualRuns();
    private final SameShape shape = new SameShape();

    static List<JsonNode> recorded(String name) throws IOException {
        try (InputStream in = RecordedTrafficTest.class.getResourceAsStream("/recorded/" + name)) {
            List<JsonNode> lines = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                lines.add(Js.MAPPER.readTree(line));
            }
            return lines;
        }
    }

    @Test
    void eachLineOfTheRecordedJsonRpcTrafficIsAnsweredAsByTheRealServer() throws Exception {
        List<JsonNode> lines = recorded("rpc-0.9.8.jsonl");
        FakeSettings settings = FakeSettings.of(FakeLine.V09)
                .withModel("fake", "self_hosted", 1)
                .withRuns(runs);
        int requests = 0;
        try (FakeServer server = new FakeServer(settings)) {
            List<ObjectNode> out = new ArrayList<>();
            FakeRpc rpc = new FakeRpc(server, (message, notification) -> out.add(message));
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).path("from").asText().equals("client")) {
                    requests++;
                    int next = nextFromClient(lines, i);
                    rpc.take(sent(lines.get(i)));
                    List<JsonNode> theirs = lines.subList(i + 1, next).stream()
                            .map(entry -> entry.get("line"))
                            .toList();
                    boolean pause = next < lines.size() && time(lines.get(next)) - time(lines.get(i)) >= PAUSE_MILLIS;
                    if (pause || out.stream().noneMatch(message -> message.has("id"))) {
                        runs.all();
                    }
                    compare(lines.get(i).path("line").path("method").asText() + " #" + i, theirs, out);
                    out.clear();
                }
            }
        }
        assertThat(requests).isEqualTo(66);
        assertThat(shape.differences()).isEmpty();
    }

    private static int nextFromClient(List<JsonNode> lines, int from) {
        int next = from + 1;
        while (next < lines.size() && lines.get(next).path("from").asText().equals("server")) {
            next++;
        }
        return next;
    }

    private static long time(JsonNode line) {
        return line.path("t_ms").asLong();
    }

    private String sent(JsonNode entry) {
        JsonNode line = entry.get("line");
        return line.has("raw") ? line.get("raw").asText().strip() : Js.write(shape.translated(line));
    }

    /** Compares answers with answers and each kind of notification with the same kind, in order. */
    private void compare(String where, List<JsonNode> theirs, List<ObjectNode> ours) {
        Map<String, List<JsonNode>> recorded = byKind(theirs);
        Map<String, List<JsonNode>> fake = byKind(ours);
        List<String> kinds = new ArrayList<>(recorded.keySet());
        fake.keySet().stream().filter(kind -> !recorded.containsKey(kind)).forEach(kinds::add);
        for (String kind : kinds) {
            shape.compare(
                    where + " " + kind,
                    Js.arr(recorded.getOrDefault(kind, List.of())),
                    Js.arr(fake.getOrDefault(kind, List.of())));
        }
    }

    private static Map<String, List<JsonNode>> byKind(List<? extends JsonNode> messages) {
        Map<String, List<JsonNode>> kinds = new LinkedHashMap<>();
        for (JsonNode message : messages) {
            String kind = message.path("method").asText("answer");
            kinds.computeIfAbsent(kind, key -> new ArrayList<>()).add(message);
        }
        return kinds;
    }

    @Test
    void eachRecordedRestRequestIsAnsweredAsByTheRealServer() throws Exception {
        List<JsonNode> exchanges = recorded("rest-0.9.8.jsonl");
        JsonNode sse = exchanges.remove(exchanges.size() - 1).get("sse");
        FakeSettings settings = FakeSettings.of(FakeLine.V09)
                .withRealm("t1")
                .withWebhookSecret("s3cret")
                .withRuns(runs);
        Optional<FakeSse> stream = Optional.empty();
        try (FakeServer server = new FakeServer(settings);
                FakeRest rest = FakeRest.direct(server)) {
            AskedRest asked = new AskedRest(rest, runs, shape);
            for (int i = 0; i < exchanges.size(); i++) {
                runs.all();
                if (stream.isEmpty()
                        && time(exchanges.get(i)) > sse.at("/lines/0/0").asLong()) {
                    stream = Optional.of(asked.open(sse.path("path").asText()));
                }
                JsonNode request = exchanges.get(i).get("request");
                String where = request.path("method").asText() + " "
                        + request.path("path").asText() + " #" + i;
                shape.compare(where, exchanges.get(i).get("response"), asked.answer(request));
            }
        }
        assertThat(exchanges).hasSize(46);
        compareStream(sse.get("lines"), stream.orElseThrow().taken().split("\n", -1));
        assertThat(shape.differences()).isEmpty();
    }

    /** The recording ends before the stream does. */
    private void compareStream(JsonNode recorded, String[] ours) throws IOException {
        assertThat(recorded.size()).isGreaterThan(50).isLessThanOrEqualTo(ours.length);
        for (int i = 0; i < recorded.size(); i++) {
            String theirs = recorded.get(i).get(1).asText();
            if (theirs.startsWith("data: ") && ours[i].startsWith("data: ")) {
                shape.compare("SSE line " + i, data(theirs), data(ours[i]));
            } else {
                assertThat(ours[i]).isEqualTo(theirs);
            }
        }
    }

    private static JsonNode data(String line) throws IOException {
        return Js.MAPPER.readTree(line.substring("data: ".length()));
    }
}
