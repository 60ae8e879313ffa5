package dev.meerkat.server.contract;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between a client and a server, and breaks their connections when a test says so. */
final class Relay implements AutoCloseable {
    private final ServerSocket socket;
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** To a port of this machine. */
    Relay(int port) throws IOException {
        this.port = port;
        this.socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                Socket server = new Socket(socket.getInetAddress(), port);
                open.add(client);
                open.add(server);
                start(() -> copy(client, server));
                start(() -> copy(server, client));
            }
        } catch (IOException e) {
            breakAll();
        }
    }

    private void copy(Socket from, Socket to) {
        try (from;
                to) {
            InputStream input = from.getInputStream();
            OutputStream output = to.getOutputStream();
            input.transferTo(output);
        } catch (IOException e) {
            // Broken, which is what it is for.
        } finally {
            open.remove(from);
        }
    }

    /** Breaks all connections; new ones are taken. */
    void breakAll() {
        for (Closeable connection : open) {
            try {
                connection.close();
            } catch (IOException e) {
                // It is broken.
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        breakAll();
    }
}
