package dev.meerkat.examples.remote;

import dev.meerkat.api.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A server as small as can be, over TCP and in the shapes of contract 0.9.8: sessions in memory, an agent
 * that says "ok", and no more than what the programs and snippets here ask for. Like the servers that it
 * stands for, it has no peers, and an external event wakes nobody.
 */
public final class StandIn implements AutoCloseable {
    private static final List<String> METHODS = List.of(
            "initialize",
            "runtime/capabilities",
            "runtime/health",
            "tools/register",
            "session/create",
            "session/list",
            "session/read",
            "session/history",
            "session/archive",
            "session/stream_open",
            "session/stream_close",
            "session/external_event",
            "session/inject_context",
            "session/input_status",
            "session/peer_response_terminal",
            "turn/start",
            "turn/interrupt",
            "comms/send",
            "comms/peers",
            "events/latest_cursor",
            "events/list_since");

    private final ServerSocket server;
    private final Map<String, StandInSession> sessions = new ConcurrentHashMap<>();

    private StandIn(ServerSocket server) {
        this.server = server;
    }

    /**
     * Starts one, which serves one client at a time.
     *
     * @return the server, to be closed
     */
    public static StandIn start() throws IOException {
        StandIn started = new StandIn(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        Thread thread = new Thread(started::accept, "stand-in");
        thread.setDaemon(true);
        thread.start();
        return started;
    }

    /**
     * Where it listens.
     *
     * @return its port
     */
    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                new Connection(socket).serve();
            } catch (IOException e) {
                // The client or this server was closed.
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** A refusal, as a client gets it. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int code;

        Refusal(int code, String message) {
            super(message);
            this.code = code;
        }
    }

    /** One client, served by one thread. */
    private final class Connection {
        private final Socket socket;
        /** The ids of turns that have not ended, as JSON, and their sessions. */
        private final Map<String, StandInSession> held = new ConcurrentHashMap<>();

        private final Map<String, String> streams = new ConcurrentHashMap<>();
        private final Map<String, Long> sequences = new ConcurrentHashMap<>();
        private String tool = "";

        Connection(Socket socket) {
            this.socket = socket;
        }

        void serve() throws IOException {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Json message = Json.parse(line);
                String method = text(message, "/method", "answer");
                switch (method) {
                    case "answer" -> toolAnswered(text(message, "/result/content", ""));
                    case "cancel" ->
                        cancelled(message.at("/params/request_id").orElseThrow().text());
                    default -> answer(method, message.at("/id").orElseThrow().text(), message);
                }
            }
        }

        private void answer(String method, String id, Json message) throws IOException {
            try {
                Json params = message.at("/params").orElse(Json.EMPTY_OBJECT);
                Object result = method.equals("turn/start") ? turn(id, params) : result(method, params);
                if (!held.containsKey(id)) {
                    write("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + Json.of(result) + "}");
                }
            } catch (Refusal refusal) {
                refuse(id, refusal);
            }
        }

        private void refuse(String id, Refusal refusal) throws IOException {
            Json error = Json.of(Map.of("code", refusal.code, "message", refusal.getMessage()));
            write("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\":" + error + "}");
        }

        private void write(String line) throws IOException {
            socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }

        private Object result(String method, Json params) throws IOException {
            return switch (method) {
                case "initialize" ->
                    Map.of(
                            "server_info",
                            Map.of("name", "stand-in", "version", "1"),
                            "contract_version",
                            "0.9.8",
                            "methods",
                            METHODS);
                case "runtime/capabilities" -> Map.of("features", Map.of("event_replay", true));
                case "tools/register" -> registered(params);
                case "session/create" -> created(params);
                case "session/list" -> Map.of("sessions", listed(params));
                case "session/stream_open" -> streamOpened(session(params));
                case "session/archive" -> archived(session(params));
                case "comms/send" -> sent(session(params), params);
                case "comms/peers" -> Map.of("peers", List.of());
                case "runtime/health", "session/stream_close" -> Map.of();
                default -> ofSession(method, params);
            };
        }

        private Object ofSession(String method, Json params) {
            StandInSession session = session(params);
            return switch (method) {
                case "session/read" -> session.row();
                case "session/history" -> session.history(number(params, "/offset"), number(params, "/limit"));
                case "session/external_event", "session/peer_response_terminal" -> session.event(params);
                case "session/inject_context" -> session.context(params);
                case "session/input_status" -> session.status(text(params, "/selector/value", ""));
                case "turn/interrupt" -> Map.of("interrupted", true);
                case "events/latest_cursor" -> Map.of("cursor", session.cursor(session.lastPosition()));
                case "events/list_since" -> session.since(number(params, "/cursor/sequence"), number(params, "/limit"));
                default -> throw new Refusal(-32601, "Method not found: " + method);
            };
        }

        private StandInSession session(Json params) {
            String id = text(params, "/session_id", text(params, "/scope/session_id", ""));
            StandInSession session = sessions.get(id);
            if (session == null) {
                throw new Refusal(-32001, "Session not found: " + id);
            }
            return session;
        }

        private Object registered(Json params) {
            tool = text(params, "/tools/0/name", "");
            return Map.of("registered", 1);
        }

        private Object created(Json params) throws IOException {
            StandInSession session = new StandInSession(UUID.randomUUID().toString(), params);
            sessions.put(session.id(), session);
            if (params.at("/initial_turn").isPresent()) {
                return Map.of("session_id", session.id());
            }
            run(session, text(params, "/prompt", ""), "ok");
            boolean early = params.at("/keep_alive").isPresent();
            return early ? session.turnResult("", 0) : session.turnResult("ok", 1);
        }

        private List<Map<String, Object>> listed(Json params) {
            Stream<StandInSession> found = sessions.values().stream().filter(session -> session.hasLabels(params));
            return found.skip(number(params, "/offset"))
                    .limit(number(params, "/limit"))
                    .map(StandInSession::row)
                    .toList();
        }

        private Object streamOpened(StandInSession session) {
            String stream = UUID.randomUUID().toString();
            streams.put(session.id(), stream);
            sequences.put(stream, 0L);
            return Map.of("stream_id", stream, "session_id", session.id(), "opened", true);
        }

        private Object archived(StandInSession session) {
            sessions.remove(session.id());
            return Map.of("archived", true);
        }

        private Object sent(StandInSession session, Json params) throws IOException {
            run(session, text(params, "/body", ""), "ok");
            return Map.of(
                    "kind",
                    "input_accepted",
                    "interaction_id",
                    UUID.randomUUID().toString(),
                    "stream_reserved",
                    false);
        }

        /** A turn that asks to wait goes on until it is cancelled, and one that names the tool until that has answered. */
        private Object turn(String id, Json params) throws IOException {
            StandInSession session = session(params);
            String prompt = text(params, "/prompt", "");
            boolean called = !tool.isEmpty() && prompt.contains(tool);
            if (called) {
                Json call = Json.of(Map.of("tool_use_id", "t1", "name", tool, "arguments", Map.of()));
                held.put(id, session);
                write("{\"jsonrpc\":\"2.0\",\"id\":\"srv-1\",\"method\":\"tool/execute\",\"params\":" + call + "}");
            } else if (prompt.contains("wait")) {
                held.put(id, session);
            } else {
                run(session, prompt, "ok");
            }
            return session.turnResult("ok", 1);
        }

        private void toolAnswered(String content) throws IOException {
            String id = held.keySet().iterator().next();
            StandInSession session = held.remove(id);
            run(session, "a turn with a tool", content);
            write("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + Json.of(session.turnResult(content, 1)) + "}");
        }

        private void cancelled(String id) throws IOException {
            if (held.remove(id) != null) {
                refuse(id, new Refusal(-32005, "request cancelled"));
            }
        }

        /** Runs a turn, and tells whoever has a stream. */
        private void run(StandInSession session, String prompt, String answer) throws IOException {
            for (Map<String, Object> envelope : session.run(prompt, answer)) {
                String stream = streams.get(session.id());
                if (stream != null) {
                    long sequence = sequences.merge(stream, 1L, Long::sum);
                    Json params = Json.of(Map.of(
                            "stream_id", stream, "sequence", sequence, "session_id", session.id(), "event", envelope));
                    write("{\"jsonrpc\":\"2.0\",\"method\":\"session/stream_event\",\"params\":" + params + "}");
                }
            }
        }
    }

    static String text(Json json, String pointer, String otherwise) {
        return json.at(pointer).map(value -> value.as(String.class)).orElse(otherwise);
    }

    static int number(Json json, String pointer) {
        return json.at(pointer).map(value -> value.as(Integer.class)).orElse(0);
    }
}
