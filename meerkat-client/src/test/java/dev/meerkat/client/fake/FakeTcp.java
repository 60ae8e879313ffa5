package dev.meerkat.client.fake;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;

/** The JSON-RPC surface of a fake on a loopback port. Several connections share its sessions. */
@SuppressWarnings("try") // closing may be interrupted
public final class FakeTcp implements AutoCloseable {
    private static final int MOST_LINES = 8192;

    private final Loopback loopback;

    /** Listens on a free port. */
    public FakeTcp(FakeServer server) throws IOException {
        loopback = new Loopback("fake-tcp", (in, out) -> serve(server, in, out));
    }

    /** Where it listens. */
    public String host() {
        return loopback.host();
    }

    /** Where it listens. */
    public int port() {
        return loopback.port();
    }

    /** Ends all connections, and goes on listening. */
    public void dropConnections() throws IOException {
        loopback.drop();
    }

    /** Serves one connection until its input ends. */
    static void serve(FakeServer server, InputStream in, OutputStream out) throws IOException {
        LinkedBlockingQueue<byte[]> lines = new LinkedBlockingQueue<>(MOST_LINES);
        Thread writer = new Thread(() -> write(lines, out), "fake-rpc-write");
        writer.setDaemon(true);
        writer.start();
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        try (FakeRpc rpc = new FakeRpc(server, (message, notification) -> offer(lines, message, notification))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isBlank()) {
                    rpc.take(line);
                }
            }
        } finally {
            // What was answered before the end of the input still goes out.
            if (!lines.offer(new byte[0])) {
                writer.interrupt();
            }
            join(writer);
        }
    }

    private static void offer(LinkedBlockingQueue<byte[]> lines, ObjectNode message, boolean notification) {
        if (!lines.offer((Js.write(message) + "\n").getBytes(StandardCharsets.UTF_8)) && !notification) {
            throw new IllegalStateException("the client reads no answers");
        }
    }

    private static void write(LinkedBlockingQueue<byte[]> lines, OutputStream out) {
        try {
            for (byte[] line = lines.take(); line.length > 0; line = lines.take()) {
                out.write(line);
                if (lines.isEmpty()) {
                    out.flush();
                }
            }
            out.flush();
        } catch (IOException e) {
            // The other side is gone; what it does not read is dropped.
            lines.clear();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        loopback.close();
    }
}
