package dev.meerkat.store.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** Stands before the test server and cuts connections in the middle of a COMMIT: in turn before and after the server has it. */
final class CuttingProxy implements AutoCloseable {
    private static final Pattern PREPARED = Pattern.compile("(S_\\d+\\x00) ?COMMIT\\x00");

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final int every;
    private final AtomicInteger commits = new AtomicInteger();
    private final AtomicInteger cuts = new AtomicInteger();

    /** Cuts each n-th COMMIT. */
    CuttingProxy(int every) throws IOException {
        this.every = every;
        new Thread(this::accept).start();
    }

    String url() {
        return TestServer.address().replaceFirst("//[^/]*/", "//127.0.0.1:" + listening.getLocalPort() + "/");
    }

    int cuts() {
        return cuts.get();
    }

    private void accept() {
        URI server = URI.create(TestServer.address().substring("jdbc:".length()));
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                Socket target = new Socket(server.getHost(), server.getPort());
                open.addAll(List.of(client, target));
                new Thread(() -> pump(client, target, true)).start();
                new Thread(() -> pump(target, client, false)).start();
            } catch (IOException e) {
                // The client tries again, or this proxy is closed.
            }
        }
    }

    private void pump(Socket from, Socket to, boolean commands) {
        byte[] buffer = new byte[1 << 16];
        Set<String> prepared = new HashSet<>();
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                boolean commit = commands && commits(new String(buffer, 0, n, StandardCharsets.ISO_8859_1), prepared);
                int cut = commit && commits.incrementAndGet() % every == 0 ? cuts.incrementAndGet() : 0;
                if (cut % 2 == 1) {
                    return;
                }
                if (cut > 0) {
                    // Nobody hears the answer.
                    from.shutdownInput();
                    from.shutdownOutput();
                }
                out.write(buffer, 0, n);
                if (cut > 0) {
                    to.shutdownOutput();
                    awaitEnd(to);
                    return;
                }
            }
        } catch (IOException e) {
            // Cut from the other side.
        }
    }

    /** Whether a message commits, perhaps by the name under which COMMIT was prepared before. */
    private static boolean commits(String message, Set<String> prepared) {
        PREPARED.matcher(message).results().forEach(match -> prepared.add(match.group(1)));
        return message.contains("COMMIT") || prepared.stream().anyMatch(message::contains);
    }

    /** The server has done all that it was told before the end. */
    private static void awaitEnd(Socket to) throws IOException {
        to.setSoTimeout(2_000);
        while (to.getInputStream().read() >= 0) {
            // The answer is thrown away.
        }
    }

    /** From now on nobody can connect. */
    void goAway() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        goAway();
    }
}
