package dev.meerkat.langchain4j;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** A provider on this machine, on a plain socket: it answers call by call with what a test scripts. */
final class FakeProvider implements AutoCloseable {
    /** How long it waits for a caller to close. */
    static final int PATIENCE_MILLIS = 30_000;

    final List<Request> requests = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Script> scripts = new LinkedBlockingQueue<>();
    private final ServerSocket socket;

    /** What the provider does with a call. */
    interface Script {
        void run(Exchange exchange) throws Exception;
    }

    /** What it was sent. */
    record Request(String head, String body) {}

    FakeProvider() throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    URI url() {
        return URI.create("http://" + socket.getInetAddress().getHostAddress() + ":" + socket.getLocalPort() + "/v1");
    }

    FakeProvider then(Script script) {
        scripts.add(script);
        return this;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                thread(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setSoTimeout(PATIENCE_MILLIS);
            connection.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(connection.getInputStream());
            String head = head(in);
            if (head.isEmpty()) {
                return;
            }
            byte[] body = in.readNBytes(length(head));
            requests.add(new Request(head, new String(body, StandardCharsets.UTF_8)));
            Script script = scripts.poll();
            if (script == null) {
                new Exchange(connection, in).answer(500, "", "{\"error\":{\"message\":\"nothing is scripted\"}}");
            } else {
                script.run(new Exchange(connection, in));
            }
        } catch (Exception e) {
            // The caller has left.
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.UTF_8);
    }

    private static int length(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
                .map(line ->
                        Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElse(0);
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "fake-provider");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** One call. */
    static final class Exchange {
        private final Socket connection;
        private final InputStream in;

        Exchange(Socket connection, InputStream in) {
            this.connection = connection;
            this.in = in;
        }

        void open() throws IOException {
            write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
        }

        void answer(int status, String headers, String body) throws IOException {
            write("HTTP/1.1 " + status + " Said\r\nContent-Type: application/json\r\nConnection: close\r\n" + headers
                    + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
        }

        void send(List<String> events) throws IOException {
            for (String event : events) {
                write(event + "\n\n");
            }
        }

        void write(String text) throws IOException {
            connection.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            connection.getOutputStream().flush();
        }

        /** Breaks the connection off. */
        void reset() throws IOException {
            connection.setSoLinger(true, 0);
            connection.close();
        }

        /** Waits until the caller closes, and tells when; not for longer than it has patience. */
        void awaitClosed(CompletableFuture<Long> closed) {
            try {
                while (in.read() >= 0) {
                    // What a caller says now is of no interest.
                }
                closed.complete(System.nanoTime());
            } catch (SocketTimeoutException e) {
                closed.completeExceptionally(e);
            } catch (IOException e) {
                closed.complete(System.nanoTime());
            }
        }
    }
}
