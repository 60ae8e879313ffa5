package dev.meerkat.conformance.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.conformance.FakeModel;
import dev.meerkat.conformance.Installed;
import dev.meerkat.conformance.RealServer;
import dev.meerkat.conformance.ServerHome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Plays a script to a JSON-RPC server: over standard input and output, or TCP if it names connections. */
final class RpcPlayer {
    private static final String ONLY = "only";

    private final Installed installed;
    private final ServerHome home;
    private final Journal journal;
    private final FakeModel model;
    private final Learned learned = new Learned();
    private final Map<String, RpcLine> lines = new HashMap<>();
    private final Map<String, Pending> pending = new HashMap<>();
    private final Deque<JsonNode> toolCalls = new ArrayDeque<>();
    private int lastId;

    RpcPlayer(Installed installed, ServerHome home, Journal journal, FakeModel model) {
        this.installed = installed;
        this.home = home;
        this.journal = journal;
        this.model = model;
    }

    private record Pending(RpcLine line, int id) {}

    void play(List<Step> steps) throws IOException, InterruptedException {
        boolean tcp = steps.stream().anyMatch(step -> "connect".equals(step.verb()));
        RealServer server = start(tcp);
        try {
            for (Step step : steps) {
                if ("restart".equals(step.verb())) {
                    end(server, step.subject());
                    server = start(tcp);
                } else {
                    perform(step, server);
                }
            }
        } finally {
            server.close();
            closeLines();
        }
    }

    private RealServer start(boolean tcp) throws IOException, InterruptedException {
        if (tcp) {
            return RealServer.tcp(installed, home);
        }
        RealServer server = RealServer.stdio(installed, home);
        Process process = server.process();
        lines.put(ONLY, new RpcLine("", process.getInputStream(), process.getOutputStream(), journal));
        return server;
    }

    /** Notes an end of the server, since the lines alone do not tell it. */
    private void end(RealServer server, String how) throws IOException {
        if ("killed".equals(how)) {
            server.kill();
        }
        server.close();
        closeLines();
        ObjectNode entry = journal.entry().put("from", "recorder");
        entry.putObject("line").put("restart", how);
        journal.write(entry);
    }

    private void closeLines() throws IOException {
        for (RpcLine line : lines.values()) {
            line.close();
        }
        lines.clear();
    }

    private void perform(Step step, RealServer server) throws IOException, InterruptedException {
        switch (step.verb()) {
            case "connect" -> connect(step.subject(), server);
            case "close" -> line(step.subject()).close();
            case "call" -> answered(step, started(step));
            case "start" -> pending.put(step.text("as", "started"), started(step));
            case "answer" -> answered(step, pending(step));
            case "notify" -> line(step).send(message(step));
            case "raw" -> raw(step);
            case "event" -> event(step);
            case "message" -> learned.from(step, line(step).await(step.subject(), step));
            case "tool_called" -> toolCalls.add(line(step).await("tool/execute", step));
            case "tool_answer" -> toolAnswer(step);
            case "held" -> model.awaitHeld();
            case "release" -> model.release();
            default -> throw step.failed("unknown step");
        }
    }

    private void connect(String name, RealServer server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        lines.put(name, new RpcLine(name, socket.getInputStream(), socket.getOutputStream(), journal));
    }

    private Pending started(Step step) throws IOException {
        int id = ++lastId;
        learned.put(
                step.text("as", "started") + ".id", Step.MAPPER.getNodeFactory().numberNode(id));
        line(step).send(message(step).put("id", id));
        return new Pending(line(step), id);
    }

    private ObjectNode message(Step step) {
        ObjectNode message =
                Step.MAPPER.createObjectNode().put("jsonrpc", "2.0").put("method", step.subject());
        JsonNode params = step.json().get("params");
        if (params != null) {
            message.set("params", learned.fill(params));
        }
        return message;
    }

    private void answered(Step step, Pending call) throws InterruptedException {
        JsonNode answer = call.line().answer(call.id(), step);
        if (answer.has("result")) {
            learned.from(step, answer.get("result"));
        } else if (step.json().has("learn")) {
            throw step.failed("refused: " + answer);
        }
    }

    private Pending pending(Step step) {
        Pending call = pending.remove(step.subject());
        if (call == null) {
            throw step.failed("no such call was started");
        }
        return call;
    }

    private void raw(Step step) throws IOException, InterruptedException {
        line(step).sendRaw(step.subject());
        line(step).answer(RpcLine.NO_ID, step);
    }

    /** Waits until a session has told an event as often as wanted since the last such step. */
    private void event(Step step) throws InterruptedException {
        String method = step.text("method", "session/event");
        String session = learned.fill(step.text("session", ""));
        for (int times = step.json().path("times").asInt(1); times > 0; times--) {
            line(step).awaitEvent(method, session, step);
        }
    }

    private void toolAnswer(Step step) throws IOException {
        JsonNode call = toolCalls.remove();
        ObjectNode answer = Step.MAPPER.createObjectNode().put("jsonrpc", "2.0");
        answer.set("id", call.get("id"));
        answer.putObject("result").put("content", step.subject()).put("is_error", false);
        line(step).send(answer);
    }

    private RpcLine line(Step step) {
        return line(step.text("on", ONLY));
    }

    private RpcLine line(String name) {
        RpcLine line = lines.get(name);
        if (line == null) {
            throw new IllegalStateException("no connection " + name);
        }
        return line;
    }
}
