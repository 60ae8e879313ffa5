package dev.meerkat.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Reads the events of a session as they come, on a thread of its own, and counts those that are large. */
final class LiveReader implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;
    private static final int LARGE_CHARS = 1_000_000;

    private final Socket socket;
    private final LineInput input;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long chars;
    private @Nullable String end;

    private LiveReader(Socket socket, LineInput input) {
        this.socket = socket;
        this.input = input;
    }

    /** What asks for the events of a session from now on. */
    static byte[] request(int port, String session) {
        String request = "GET /sessions/" + session + "/events HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n";
        return request.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Opens a stream, and returns when it is open. */
    static LiveReader open(int port, String session) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        socket.getOutputStream().write(request(port, session));
        LineInput input = new LineInput(socket.getInputStream());
        awaitOpen(input);
        LiveReader reader = new LiveReader(socket, input);
        Thread thread = new Thread(reader::read, "live-reader");
        thread.setDaemon(true);
        thread.start();
        return reader;
    }

    /**
     * Waits for the first frame.
     *
     * @throws IllegalStateException if the stream is refused
     */
    static void awaitOpen(LineInput input) throws IOException {
        String line = input.next();
        if (!line.startsWith("HTTP/1.1 200 ")) {
            throw new IllegalStateException("a stream was refused: " + line);
        }
        while (!line.startsWith("event: session_loaded")) {
            line = input.next();
        }
    }

    private void read() {
        String last = "the connection ended";
        try {
            while (true) {
                String line = input.next();
                if (line.startsWith("event: error") || line.startsWith("event: done")) {
                    last = line + " " + input.next();
                    break;
                }
                count(line.length());
            }
        } catch (IOException e) {
            last = e.toString();
        }
        lock.lock();
        try {
            end = last;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void count(int length) {
        lock.lock();
        try {
            // HTTP cuts large events into chunks.
            chars += length;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until it has seen so many large events.
     *
     * @throws IllegalStateException if it was refused, or they do not come
     */
    void await(int events) throws InterruptedException {
        long nanos = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        lock.lockInterruptibly();
        try {
            while (chars < (long) events * LARGE_CHARS) {
                if (end != null) {
                    throw new IllegalStateException("a reader that reads was refused: " + end);
                }
                if (nanos <= 0) {
                    throw new IllegalStateException(
                            "a reader that reads got " + chars + " characters of " + events + " large events");
                }
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
