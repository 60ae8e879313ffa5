package dev.meerkat.client.fake;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A small HTTP/1.1 server on a loopback port: as much as a test needs, with each thread accounted for. */
@SuppressWarnings("try") // closing may be interrupted
final class FakeHttp implements AutoCloseable {
    private static final int MOST_BODY = 64 << 20;

    /** One request; header names in lower case. */
    record Request(String method, String path, Map<String, String> query, Map<String, String> headers, byte[] body) {}

    /** One response; a stream writes its body piece by piece until it returns. */
    record Response(
            int status, String type, byte[] body, @Nullable Stream stream) {
        Response(int status, String type, byte[] body) {
            this(status, type, body, null);
        }
    }

    /** Writes a body as it comes about. */
    @FunctionalInterface
    interface Stream {
        void write(Pieces pieces) throws IOException, InterruptedException;
    }

    /** Takes the pieces of a body. */
    @FunctionalInterface
    interface Pieces {
        void piece(String text) throws IOException;
    }

    /** Answers requests. */
    @FunctionalInterface
    interface Handler {
        Response answer(Request request) throws InterruptedException;
    }

    private final Handler handler;
    private final Loopback loopback;

    FakeHttp(Handler handler) throws IOException {
        this.handler = handler;
        loopback = new Loopback("fake-http", this::serve);
    }

    int port() {
        return loopback.port();
    }

    void dropConnections() throws IOException {
        loopback.drop();
    }

    private void serve(InputStream requests, OutputStream responses) throws IOException, InterruptedException {
        InputStream in = new BufferedInputStream(requests);
        OutputStream out = new BufferedOutputStream(responses);
        for (Request request = read(in); request != null; request = read(in)) {
            write(out, handler.answer(request));
        }
    }

    private static @Nullable Request read(InputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        String[] words = first.split(" ");
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        URI uri = URI.create(words[1]);
        return new Request(words[0], uri.getPath(), query(uri.getRawQuery()), headers, body(in, headers));
    }

    static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : raw == null ? new String[0] : raw.split("&")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            query.put(
                    URLDecoder.decode(name, StandardCharsets.UTF_8), URLDecoder.decode(value, StandardCharsets.UTF_8));
        }
        return query;
    }

    private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int size = chunk(in); size > 0; size = chunk(in)) {
                body.write(exactly(in, size));
                line(in);
            }
            line(in);
            return body.toByteArray();
        }
        String length = headers.get("content-length");
        return length == null ? new byte[0] : exactly(in, Integer.parseInt(length));
    }

    private static int chunk(InputStream in) throws IOException {
        String size = line(in);
        if (size == null) {
            throw new EOFException();
        }
        return Integer.parseInt(size.strip(), 16);
    }

    private static byte[] exactly(InputStream in, int size) throws IOException {
        if (size > MOST_BODY) {
            throw new IOException("a body of " + size + " bytes");
        }
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException();
        }
        return bytes;
    }

    private static @Nullable String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static void write(OutputStream out, Response response) throws IOException, InterruptedException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + response.status() + " Fake\r\n");
        head.append("content-type: ").append(response.type()).append("\r\n");
        Stream stream = response.stream();
        head.append(stream == null ? "content-length: " + response.body().length : "transfer-encoding: chunked");
        out.write((head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        if (stream == null) {
            out.write(response.body());
        } else {
            out.flush();
            stream.write(piece -> writeChunk(out, piece.getBytes(StandardCharsets.UTF_8)));
            writeChunk(out, new byte[0]);
        }
        out.flush();
    }

    private static void writeChunk(OutputStream out, byte[] bytes) throws IOException {
        out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        loopback.close();
    }
}
