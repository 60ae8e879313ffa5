package dev.meerkat.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Puts recorded requests of JSON-RPC to our server, each when what came before it is answered. */
final class RpcReplay {
    private static final String METHOD = "method";
    private static final String PARAMS = "params";

    private final Recording recording;
    private final Consumer<String> differences;
    private final Aliases aliases = new Aliases();
    private final Shapes shapes;
    private final Served served;
    private final Map<String, RpcLine> lines = new LinkedHashMap<>();
    /** Calls that have no answer in the recording, up to where it is played. */
    private final Deque<Asked> unanswered = new ArrayDeque<>();
    /** Calls that have one, with which ours is not compared yet. */
    private final Deque<Answered> due = new ArrayDeque<>();

    private final Deque<JsonNode> toolCalls = new ArrayDeque<>();
    private final Deque<JsonNode> calledTools = new ArrayDeque<>();
    private final Events theirs = new Events();
    private final Events ours = new Events();

    private record Asked(int row, RpcLine line, JsonNode message) {
        String method() {
            String kind = message.at("/params/kind").asText();
            return message.path(METHOD).asText("raw") + (kind.isEmpty() ? "" : "(" + kind + ")");
        }
    }

    private record Answered(Asked asked, JsonNode answer) {}

    RpcReplay(Recording recording, Path directory, Consumer<String> differences) throws IOException {
        this.recording = recording;
        this.differences = differences;
        this.shapes = new Shapes(aliases, differences);
        this.served = new Served(
                directory, server -> server.contract(recording.line()).tcp("127.0.0.1", 0));
    }

    void play() throws IOException, InterruptedException {
        try (served) {
            for (int i = 0; i < recording.rows().size(); i++) {
                JsonNode row = recording.rows().get(i);
                JsonNode line = row.path("line");
                switch (row.path("from").asText()) {
                    case "client" -> {
                        catchUp();
                        say(i, line(row.path("connection").asText()), line);
                    }
                    case "server" -> heard(row.path("connection").asText(), line);
                    default -> {
                        catchUp();
                        end();
                        served.restart(line.path("restart").asText());
                    }
                }
            }
            catchUp();
            end();
        }
        theirs.compare(ours, differences);
    }

    private RpcLine line(String name) throws IOException {
        RpcLine line = lines.get(name);
        if (line == null) {
            line = new RpcLine(served.port());
            lines.put(name, line);
        }
        return line;
    }

    private void end() throws InterruptedException, IOException {
        served.stop();
        for (RpcLine line : lines.values()) {
            line.end().forEach(message -> notified(ours, "", message));
        }
        lines.clear();
    }

    private void heard(String connection, JsonNode message) {
        if (message.path(METHOD).asText().equals("tool/execute")) {
            toolCalls.add(message);
        } else if (message.has(METHOD)) {
            notified(theirs, connection, message);
        } else {
            // An answer that has lost its id is that to the newest call.
            Asked asked = unanswered.stream()
                    .filter(call -> call.message().path("id").equals(message.path("id")))
                    .findFirst()
                    .orElseGet(unanswered::getLast);
            unanswered.remove(asked);
            due.add(new Answered(asked, message));
        }
    }

    private static void notified(Events events, String connection, JsonNode message) {
        String method = message.path(METHOD).asText();
        ObjectNode frame = message.deepCopy();
        JsonNode params = frame.path(PARAMS);
        if (params.has("event")) {
            String reader = connection + method + params.path("stream_id") + params.path("session_id");
            events.add(reader, params.path("event"));
            ((ObjectNode) params).put("event", "");
        }
        events.frame(method, frame);
    }

    private void say(int row, RpcLine line, JsonNode message) throws IOException {
        if (message.has("raw")) {
            // Over TCP our server ends a connection at a line that is no JSON object, so that line gets one of its own.
            RpcLine own = line("raw " + row);
            own.say(message.path("raw").asText().strip());
            unanswered.add(new Asked(row, own, message));
            return;
        }
        ObjectNode translated = (ObjectNode) aliases.translated(message);
        if (!message.has(METHOD)) {
            line.say(translated.set("id", calledTools.remove().path("id")).toString());
        } else if (message.has("id")) {
            line.request(translated);
            unanswered.add(new Asked(row, line, translated));
        } else {
            line.say(translated.toString());
        }
    }

    /** Waits for all that had happened in the recording too, and compares. */
    private void catchUp() throws InterruptedException, IOException {
        while (!due.isEmpty()) {
            answered(due.remove());
        }
        while (!toolCalls.isEmpty()) {
            JsonNode call = await(
                    "a tool was called",
                    () -> lines.values().stream()
                            .map(RpcLine::call)
                            .filter(Objects::nonNull)
                            .findFirst()
                            .orElse(null));
            shapes.compare("tool/execute", toolCalls.remove(), call);
            calledTools.add(call);
        }
        served.settle(this::turns);
    }

    private long turns(SessionId session) {
        return unanswered.stream()
                .filter(call -> call.method().equals("turn/start")
                        && call.message().at("/params/session_id").asText().equals(session.toString())
                        && call.line().answer(call.message().path("id")) == null)
                .count();
    }

    private void answered(Answered answered) throws InterruptedException, IOException {
        Asked asked = answered.asked();
        JsonNode theirs = answered.answer();
        if (theirs.has("result")
                && asked.message().at("/params/prompt").asText().equals(RecordedAgent.HOLD)) {
            served.agent().release();
        }
        JsonNode ours = await(
                "an answer to " + asked,
                () -> asked.message().has("raw")
                        ? asked.line().stray()
                        : asked.line().answer(asked.message().path("id")));
        String where = asked.method();
        if (code(theirs) == code(ours)) {
            shapes.compare(where, theirs, ours);
        } else {
            differences.accept("#" + asked.row() + " " + where + ": " + summary(theirs) + " is " + summary(ours));
        }
        if (where.equals("mob/member_status")) {
            standIn(asked.line(), asked.message().path(PARAMS), theirs);
        }
    }

    private static int code(JsonNode answer) {
        return answer.path("error").path("code").asInt();
    }

    private static String summary(JsonNode answer) {
        return answer.has("error") ? answer.at("/error/code").asText() : "a result";
    }

    /** Members of a mob are peers; here they are sessions of a realm. */
    private void standIn(RpcLine line, JsonNode member, JsonNode theirs) throws IOException, InterruptedException {
        String name = member.path("mob_id").asText() + "/w/"
                + member.path("agent_identity").asText();
        ObjectNode request =
                WireJson.object().put("jsonrpc", "2.0").put("id", name).put(METHOD, "session/create");
        request.putObject(PARAMS)
                .put("session_events", false)
                .put("prompt", "You are a member.")
                .put("system_prompt", "You are a test agent.")
                .put("keep_alive", true)
                .put("comms_name", name);
        line.request(request);
        JsonNode created = await("a member", () -> line.answer(request.path("id")));
        aliases.put(
                theirs.at("/result/current_session_id").asText(),
                created.at("/result/session_id").asText());
    }

    private static JsonNode await(String what, Supplier<? extends JsonNode> source) throws InterruptedException {
        List<JsonNode> found = new ArrayList<>();
        Served.until(what, () -> {
            JsonNode next = source.get();
            if (next != null) {
                found.add(next);
            }
            return next != null;
        });
        return found.get(0);
    }
}
