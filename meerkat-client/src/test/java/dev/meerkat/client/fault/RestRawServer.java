package dev.meerkat.client.fault;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A server that writes what a test tells it, byte by byte. It shakes hands as 0.9.8 does, over connections
 * that are kept alive; every other request is the script's.
 */
final class RestRawServer implements AutoCloseable {
    private static final String CAPABILITIES =
            "{\"contract_version\":{\"major\":0,\"minor\":9,\"patch\":8},\"capabilities\":[]}";

    /** Answers one request; the connection is kept if it returns true. */
    interface Script {
        boolean answer(Request request, OutputStream out) throws IOException, InterruptedException;
    }

    /** What came. */
    record Request(String line, List<String> headers, String body) {
        String header(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(h -> h.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(h -> h.substring(prefix.length()).strip())
                    .findFirst()
                    .orElse("");
        }
    }

    private final ServerSocket server;
    private final Thread acceptor;
    private final Script script;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Request> arriving = new LinkedBlockingQueue<>();

    private RestRawServer(Script script) throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.script = script;
        this.acceptor = start(this::accept);
    }

    static RestRawServer start(Script script) throws IOException {
        return new RestRawServer(script);
    }

    /** Every request gets these bytes, and then the end of the connection. */
    static RestRawServer writing(String bytes) throws IOException {
        return writing(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    static RestRawServer writing(byte[] bytes) throws IOException {
        return new RestRawServer((request, out) -> {
            out.write(bytes);
            return false;
        });
    }

    private static Thread start(Runnable task) {
        Thread thread = new Thread(task, "raw-server");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                if (server.isClosed()) {
                    // Accepted while it was closed, and not seen there.
                    socket.close();
                }
                start(() -> serve(socket));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            boolean kept = true;
            while (kept) {
                Request request = read(in);
                if (request == null) {
                    return;
                }
                kept = answer(request, out);
                out.flush();
            }
        } catch (IOException e) {
            // The client has enough of it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean answer(Request request, OutputStream out) throws IOException, InterruptedException {
        if (request.line().contains("/capabilities ")) {
            json(out, 200, CAPABILITIES);
            return true;
        }
        if (request.line().contains("/runtime/host_info ")) {
            json(out, 404, "");
            return true;
        }
        requests.add(request);
        arriving.add(request);
        return script.answer(request, out);
    }

    static void json(OutputStream out, int status, String body) throws IOException {
        write(
                out,
                "HTTP/1.1 " + status + " x\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body);
    }

    static void events(OutputStream out, String frames) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + frames);
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static Request read(InputStream in) throws IOException {
        String line = line(in);
        if (line == null) {
            return null;
        }
        List<String> headers = new ArrayList<>();
        int length = 0;
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            headers.add(header);
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring("content-length:".length()).strip());
            }
        }
        return new Request(line, headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.toString().stripTrailing();
            }
            line.append((char) b);
        }
        return null;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** What came, without the handshake. */
    List<Request> requests() {
        return List.copyOf(requests);
    }

    /** The next request, in order. */
    Request next() throws InterruptedException {
        Request request = arriving.poll(20, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("no request in time");
        }
        return request;
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            // The port takes connections for as long as a thread waits for them.
            acceptor.join(Duration.ofSeconds(30).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
