package dev.meerkat.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A server that does as little as can be: a thread for each connection reads a request, and writes its
 * answer in one piece before it reads the next.
 */
final class LoopbackServer implements AutoCloseable {
    private final ServerSocket server;
    private final Protocol protocol;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** Reads one request and makes its answer. */
    @FunctionalInterface
    interface Protocol {
        byte[] answer(LineInput input) throws IOException;
    }

    /** What a thread does until its connection ends. */
    @FunctionalInterface
    interface Task {
        void run() throws IOException;
    }

    private LoopbackServer(Protocol protocol) throws IOException {
        this.protocol = protocol;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** JSON-RPC, one message a line. */
    static LoopbackServer lines() throws IOException {
        return started(input -> Traffic.answer(input.next()));
    }

    /** HTTP, of which it knows requests without a body. */
    static LoopbackServer http() throws IOException {
        return started(input -> {
            String path = input.next().split(" ", 3)[1];
            while (input.next().length() > 1) {
                // a header
            }
            return Traffic.httpAnswer(path);
        });
    }

    private static LoopbackServer started(Protocol protocol) throws IOException {
        LoopbackServer server = new LoopbackServer(protocol);
        daemon("loopback-accept", server::accept);
        return server;
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() throws IOException {
        while (true) {
            Socket socket = server.accept();
            socket.setTcpNoDelay(true);
            open.add(socket);
            daemon("loopback-connection", () -> serve(socket));
        }
    }

    private void serve(Socket socket) throws IOException {
        try (socket) {
            LineInput input = new LineInput(socket.getInputStream());
            OutputStream output = socket.getOutputStream();
            while (true) {
                output.write(protocol.answer(input));
            }
        } finally {
            open.remove(socket);
        }
    }

    static void daemon(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // The connection or the server was closed.
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
