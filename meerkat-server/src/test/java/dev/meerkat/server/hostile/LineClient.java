package dev.meerkat.server.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.framing.LineReader;
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A client of JSON-RPC that writes what it likes. */
class LineClient implements Closeable {
    private final Socket socket;
    private final LineReader lines;

    LineClient(Socket socket) throws IOException {
        this.socket = socket;
        this.lines = new LineReader(socket.getInputStream(), 64 << 20);
    }

    void write(byte[] line) throws IOException {
        socket.getOutputStream().write(line);
        socket.getOutputStream().write('\n');
    }

    void write(String line) throws IOException {
        write(line.getBytes(StandardCharsets.UTF_8));
    }

    /** The next line, which must be good. */
    JsonNode hear() throws IOException {
        LineReader.Line line = lines.next();
        assertThat(line).as("a line").isNotNull();
        String text = new String(line.bytes(), line.offset(), line.length(), StandardCharsets.UTF_8);
        JsonNode message = WireJson.read(line.bytes(), line.offset(), line.length());
        HostileTest.clean(text);
        assertThat(message.path("jsonrpc").asText()).isEqualTo("2.0");
        assertThat(message.path("error").path("code").asInt()).as(text).isNotEqualTo(-32603);
        return message;
    }

    /** The answer with an id, behind whatever comes before it. */
    JsonNode until(String id) throws IOException {
        JsonNode message = hear();
        while (message.has("method") || !message.path("id").asText().equals(id)) {
            message = hear();
        }
        return message;
    }

    JsonNode call(String id, String method, String params) throws IOException {
        String line =
                "{\"jsonrpc\":\"2.0\",\"id\":\"" + id + "\",\"method\":\"" + method + "\",\"params\":" + params + "}";
        write(line);
        try {
            return until(id);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer with its id to " + line, e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
