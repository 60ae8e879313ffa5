package dev.meerkat.client.internal.rpc;

import dev.meerkat.client.ServerUnreachableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A connection over TCP. */
final class TcpChannel implements LineChannel {
    private final String host;
    private final int port;
    private final Socket socket = new Socket();
    private volatile @Nullable InputStream input;
    private volatile @Nullable OutputStream output;

    TcpChannel(String host, int port) {
        this.host = host;
        this.port = port;
    }

    @Override
    public void open(Duration timeout) {
        try {
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                throw new UnknownHostException(host);
            }
            // Calls are short lines, each of which somebody waits for.
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            // At least one millisecond, because 0 is without limit.
            socket.connect(address, (int) Math.max(1, Math.min(timeout.toMillis(), Integer.MAX_VALUE)));
            input = socket.getInputStream();
            output = socket.getOutputStream();
        } catch (IOException e) {
            close();
            throw new ServerUnreachableException("cannot connect to " + name() + ": " + e, e);
        }
    }

    @Override
    public InputStream input() {
        return opened(input);
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        opened(output).write(bytes);
    }

    private static <T> T opened(@Nullable T stream) {
        if (stream == null) {
            throw new IllegalStateException("not open");
        }
        return stream;
    }

    @Override
    public String name() {
        return host + ":" + port;
    }

    @Override
    public String lastWords(Duration wait) {
        return "";
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone, which is what was asked for.
        }
    }
}
