package dev.meerkat.server.internal.rpc;

import dev.meerkat.server.internal.calls.MinimumRate;
import dev.meerkat.server.internal.calls.Ticker;
import dev.meerkat.wire.internal.framing.LineWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;

/** A connection over TCP. A client that is too slow at writing a line, or at reading, is disconnected. */
final class TcpWire implements Wire {
    private static final int SEND_BUFFER_BYTES = 128 << 10;

    private final Socket socket;
    private final Ticker ticker;
    private final MinimumRateInput input;
    private final LineWriter writer;

    TcpWire(Socket socket, Ticker ticker, Duration writeLimit) throws IOException {
        this.socket = socket;
        this.ticker = ticker;
        // Answers are short lines, each of which somebody waits for.
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        // The system would let a client that reads nothing hold megabytes.
        socket.setSendBufferSize(SEND_BUFFER_BYTES);
        this.input = new MinimumRateInput(socket.getInputStream(), MinimumRate.DEFAULT, this::abort);
        OutputStream output = socket.getOutputStream();
        this.writer = new LineWriter(output::write, writeLimit, Runnable::run, this::abort);
        ticker.join(input);
    }

    @Override
    public boolean isPrivate() {
        return false;
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
        ticker.leave(input);
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
