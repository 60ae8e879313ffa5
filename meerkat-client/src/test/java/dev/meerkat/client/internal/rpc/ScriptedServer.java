package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A server on the loopback that shakes hands and then does what a test says. */
final class ScriptedServer implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    static final List<String> METHODS = List.of(
            "initialize",
            "capabilities/get",
            "runtime/capabilities",
            "runtime/health",
            "tools/register",
            "session/create",
            "session/read",
            "session/list",
            "session/history",
            "session/archive",
            "session/external_event",
            "session/peer_response_terminal",
            "session/inject_context",
            "session/input_status",
            "session/stream_open",
            "session/stream_close",
            "turn/start",
            "turn/interrupt",
            "comms/send",
            "comms/peers",
            "events/latest_cursor",
            "events/list_since");

    /** What a server does with a message that is no handshake. */
    interface Script {
        void on(JsonNode message, Peer peer) throws IOException;
    }

    private final ServerSocket socket;
    private final Script script;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final BlockingQueue<JsonNode> seen = new LinkedBlockingQueue<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile boolean stopped;
    volatile String version = "0.9.8";
    volatile List<String> methods = METHODS;
    volatile boolean takesTools = true;
    /** What it says instead of shaking hands, or empty. */
    volatile String refusal = "";

    ScriptedServer(Script script) throws IOException {
        this.script = script;
        this.socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::accept, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    String host() {
        return socket.getInetAddress().getHostAddress();
    }

    int connections() {
        return accepted.get();
    }

    /** Waits for the next message that fits, and passes over the others. */
    JsonNode await(Predicate<JsonNode> wanted) throws InterruptedException {
        while (true) {
            JsonNode message = seen.poll(20, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("no such message came");
            }
            if (wanted.test(message)) {
                return message;
            }
        }
    }

    JsonNode await(String method) throws InterruptedException {
        return await(message -> message.path("method").asText().equals(method));
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = socket.accept();
                connections.add(connection);
                if (stopped) {
                    // It was taken while the socket was closed, and so missed by who drops all.
                    connection.close();
                    return;
                }
                int number = accepted.incrementAndGet();
                Thread thread = new Thread(() -> serve(connection, number), "scripted-server-" + number);
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket connection, int number) {
        Peer peer = new Peer(connection, number);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode message = JSON.readTree(line);
                seen.add(message);
                if (!handshake(message, peer)) {
                    script.on(message, peer);
                }
            }
        } catch (IOException e) {
            // The test or the client has closed it.
        }
    }

    private boolean handshake(JsonNode message, Peer peer) throws IOException {
        switch (message.path("method").asText()) {
            case "initialize" -> {
                if (!refusal.isEmpty()) {
                    peer.refuse(message, -32600, refusal);
                    return true;
                }
                ObjectNode result = JSON.createObjectNode().put("contract_version", version);
                result.putObject("server_info").put("name", "scripted").put("version", version);
                methods.forEach(result.putArray("methods")::add);
                peer.answer(message, result.toString());
            }
            case "runtime/capabilities" -> peer.answer(message, "{'features':{'event_replay':true}}");
            case "tools/register" -> {
                if (takesTools) {
                    peer.answer(message, "{'registered':1}");
                } else {
                    peer.refuse(message, -32601, "Method not found: tools/register");
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        stop();
    }

    /** Drops all connections and takes no new ones. */
    void stop() throws IOException {
        stopped = true;
        socket.close();
        dropAll();
    }

    /** Drops all connections; new ones are taken. */
    void dropAll() throws IOException {
        for (Socket connection : connections) {
            connection.close();
        }
    }

    /** One connection, from the server's side. JSON may be written with single quotes. */
    record Peer(Socket socket, int number) {
        synchronized void send(String json) throws IOException {
            socket.getOutputStream().write((json.replace('\'', '"') + "\n").getBytes(StandardCharsets.UTF_8));
        }

        void answer(JsonNode request, String result) throws IOException {
            send("{'jsonrpc':'2.0','id':" + request.get("id") + ",'result':" + result + "}");
        }

        void refuse(JsonNode request, int code, String message) throws IOException {
            send("{'jsonrpc':'2.0','id':" + request.get("id") + ",'error':{'code':" + code + ",'message':'" + message
                    + "'}}");
        }

        void refuseWithoutId(int code, String message) throws IOException {
            send("{'jsonrpc':'2.0','id':null,'error':{'code':" + code + ",'message':'" + message + "'}}");
        }

        void event(String stream, int sequence, String text) throws IOException {
            send("{'jsonrpc':'2.0','method':'session/stream_event','params':{'stream_id':'" + stream + "','sequence':"
                    + sequence + ",'session_id':'" + Rpc.SESSION + "','event':" + Rpc.envelope(sequence, text) + "}}");
        }

        void end(String stream, String outcome) throws IOException {
            send("{'jsonrpc':'2.0','method':'session/stream_end','params':{'stream_id':'" + stream + "','session_id':'"
                    + Rpc.SESSION + "','ended':true,'outcome':'" + outcome + "'}}");
        }

        void drop() throws IOException {
            socket.close();
        }
    }
}
