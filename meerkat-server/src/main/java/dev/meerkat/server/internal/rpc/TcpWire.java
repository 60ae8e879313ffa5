package dev.meerkat.server.internal.rpc;

import dev.meerkat.json.internal.LineWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;

/** A connection over TCP. One that does not read for {@link #WRITE_LIMIT} is ended. */
final class TcpWire implements Wire {
    private static final Duration WRITE_LIMIT = Duration.ofSeconds(30);

    private final Socket socket;
    private final InputStream input;
    private final LineWriter writer;

    TcpWire(Socket socket, Duration lineLimit) throws IOException {
        this.socket = socket;
        // Answers are short lines, each of which somebody waits for.
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        socket.setSoTimeout((int) Math.max(1, lineLimit.toMillis()));
        this.input = socket.getInputStream();
        OutputStream output = socket.getOutputStream();
        this.writer = new LineWriter(output::write, WRITE_LIMIT, Runnable::run, this::abort);
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        try {
            if (!writer.write(bytes, () -> {})) {
                throw new IOException("another thread is writing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void stopReading(Thread reader) {
        try {
            socket.shutdownInput();
        } catch (IOException e) {
            abort();
        }
    }

    @Override
    public void abort() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone, which is what was asked for.
        }
    }

    @Override
    public void close() {
        abort();
    }
}
