package dev.meerkat.client.fake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Listens on a free loopback port, with a thread for each connection, and accounts for all of them. */
@SuppressWarnings("try") // closing may be interrupted
final class Loopback implements AutoCloseable {
    private static final int BACKLOG = 50;
    private static final long MOST_MILLIS = 5_000;

    /** Serves one connection until it ends. */
    interface Service {
        void serve(InputStream in, OutputStream out) throws IOException, InterruptedException;
    }

    private final String name;
    private final Service service;
    private final ServerSocket socket;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    Loopback(String name, Service service) throws IOException {
        this.name = name;
        this.service = service;
        socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    String host() {
        return socket.getInetAddress().getHostAddress();
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Ends all connections, and goes on listening. */
    void drop() throws IOException {
        for (Socket connection : connections) {
            connection.close();
        }
    }

    private void start(Runnable work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } finally {
                        threads.remove(Thread.currentThread());
                    }
                },
                name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                connections.add(connection);
                start(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            service.serve(connection.getInputStream(), connection.getOutputStream());
        } catch (IOException e) {
            // The other side is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(connection);
        }
    }

    /** Ends all connections and waits for the threads, within a bound. */
    @Override
    public void close() throws IOException, InterruptedException {
        socket.close();
        drop();
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join(MOST_MILLIS);
        }
        if (!threads.isEmpty()) {
            throw new IllegalStateException("threads of the fake go on: " + threads);
        }
    }
}
