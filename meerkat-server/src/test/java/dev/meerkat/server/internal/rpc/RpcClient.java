package dev.meerkat.server.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.framing.LineReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that writes what a test says, and reads lines. */
final class RpcClient implements Closeable {
    private static final int GUARD_MILLIS = 20_000;

    private final Closeable connection;
    private final OutputStream out;
    private final LineReader lines;

    RpcClient(Closeable connection, InputStream in, OutputStream out) {
        this.connection = connection;
        this.out = out;
        this.lines = new LineReader(in, 64 << 20);
    }

    static RpcClient tcp(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16 << 10);
        socket.connect(address, GUARD_MILLIS);
        return of(socket);
    }

    static RpcClient of(Socket socket) throws IOException {
        socket.setSoTimeout(GUARD_MILLIS);
        return new RpcClient(socket, socket.getInputStream(), socket.getOutputStream());
    }

    /** Writes a line, with ' for ". */
    RpcClient say(String line) throws IOException {
        return raw(line.replace('\'', '"') + "\n");
    }

    RpcClient raw(String text) throws IOException {
        return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    RpcClient raw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    RpcClient call(Object id, String method, String params) throws IOException {
        return say("{'jsonrpc':'2.0','id':" + id + ",'method':'" + method + "','params':" + params + "}");
    }

    /** The next line; fails at the end. */
    JsonNode hear() throws IOException {
        LineReader.Line line = lines.next();
        assertThat(line).as("a line").isNotNull();
        return WireJson.read(line.bytes(), line.offset(), line.length());
    }

    /** Whether the server has ended the connection and nothing more stands there. */
    boolean atEnd() {
        try {
            return lines.next() == null;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    void endOutput() throws IOException {
        if (connection instanceof Socket socket) {
            socket.shutdownOutput();
        } else {
            out.close();
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
