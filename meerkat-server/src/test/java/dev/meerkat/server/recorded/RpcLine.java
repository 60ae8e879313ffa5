package dev.meerkat.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.framing.LineReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A connection of JSON-RPC, and all that came over it. Said by one thread. */
final class RpcLine {
    private static final int MOST_BYTES = 64 << 20;

    private final Socket socket;
    private final Thread reader;
    private final Map<String, JsonNode> answers = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<JsonNode> strays = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<JsonNode> calls = new ConcurrentLinkedQueue<>();
    private final List<JsonNode> notifications = new ArrayList<>();
    private final Set<String> open = ConcurrentHashMap.newKeySet();

    RpcLine(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        reader = new Thread(this::read, "recorded-rpc");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try {
            LineReader lines = new LineReader(socket.getInputStream(), MOST_BYTES);
            for (LineReader.Line line = lines.next(); line != null; line = lines.next()) {
                take(WireJson.read(line.bytes(), line.offset(), line.length()));
            }
        } catch (IOException e) {
            // The connection has ended, as one that lacks something will tell.
        }
    }

    private void take(JsonNode message) {
        if (message.has("method")) {
            if (message.has("id")) {
                calls.add(message);
            } else {
                notifications.add(message);
            }
        } else if (open.remove(message.path("id").toString())) {
            answers.put(message.path("id").toString(), message);
        } else {
            strays.add(message);
        }
    }

    void request(JsonNode message) throws IOException {
        open.add(message.path("id").toString());
        say(message.toString());
    }

    void say(String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** The answer to a request, if it has come. */
    @Nullable
    JsonNode answer(JsonNode id) {
        return answers.get(id.toString());
    }

    /** An answer to no request, removed, if there is one. */
    @Nullable
    JsonNode stray() {
        return strays.poll();
    }

    /** A request of the server, removed, if there is one. */
    @Nullable
    JsonNode call() {
        return calls.poll();
    }

    /** All notifications, when the server has ended the connection. */
    List<JsonNode> end() throws InterruptedException, IOException {
        reader.join();
        socket.close();
        return notifications;
    }
}
