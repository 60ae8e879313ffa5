package dev.meerkat.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Posts the same external event again and again over one connection, with as little work as can be. Not thread-safe. */
final class HttpLoad implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final OutputStream output;
    private final LineInput input;
    private final byte[] request;

    HttpLoad(int port, String path) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        output = socket.getOutputStream();
        input = new LineInput(socket.getInputStream());
        String body = EventBody.rest();
        request = ("POST " + path + " HTTP/1.1\r\nHost: localhost:" + port
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Posts once and reads the answer. */
    void once() throws IOException {
        output.write(request);
        String status = input.next();
        int length = -1;
        for (String header = input.next(); header.length() > 1; header = input.next()) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring(header.indexOf(':') + 1).strip());
            }
        }
        if (length < 0) {
            throw new IOException("an answer without a length: " + status);
        }
        String body = input.next(length);
        if (!status.startsWith("HTTP/1.1 202 ")) {
            throw new IOException(status.strip() + ": " + body);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
