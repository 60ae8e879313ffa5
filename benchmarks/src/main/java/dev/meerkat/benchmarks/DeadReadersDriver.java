package dev.meerkat.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What clients that never read cost those that do, on a server with little memory: how long small events of one session
 * take while others get large events, without such clients and with them, in turns. Fails if the server runs out of
 * memory; counts what it refuses and should not: calls of clients that read, and connections. Arguments: readers, sessions, connections, calls, events, rounds, data.
 */
final class DeadReadersDriver {
    /** Of the server's process. */
    static final String HEAP = "256m";

    private static final int PATIENCE_MILLIS = 60_000;
    private static final int SMALL_BUFFER = 4 << 10;
    /** So seldom do those who read ask for something else than events. */
    private static final int EVENTS_PER_CALL = 10;

    private final ServedProcess server;
    private final EventPosts posts;
    private final List<String> watched;
    private final Arguments arguments;
    private final List<Socket> readers = new ArrayList<>();
    private final List<Socket> connections = new ArrayList<>();
    private int calls;
    private int refused;

    private DeadReadersDriver(ServedProcess server, Arguments arguments) {
        this.server = server;
        this.arguments = arguments;
        this.posts = new EventPosts(server.port());
        // The first is the one that others use.
        this.watched = server.words().subList(2, server.words().size());
    }

    static void run(Arguments arguments, Figures figures) throws Exception {
        Arguments served =
                Arguments.of("sessions", 1 + arguments.number("sessions")).with("data", arguments.text("data"));
        List<String> jvm = List.of("-Xmx" + HEAP, "-XX:+ExitOnOutOfMemoryError");
        try (ServedProcess server = ServedProcess.start(jvm, "DeadReadersServer", served)) {
            new DeadReadersDriver(server, arguments).measure(figures);
        }
    }

    private void measure(Figures figures) throws Exception {
        int events = arguments.number("events");
        int rounds = arguments.number("rounds");
        Latencies alone = new Latencies(rounds * events);
        Latencies large = new Latencies(rounds * events);
        Latencies readers = new Latencies(rounds * events);
        Latencies dead = new Latencies(rounds * events);
        idle(new Latencies(events), events);
        busy(new Latencies(events), events);
        try {
            for (int round = 0; round < rounds; round++) {
                idle(alone, events);
                busy(large, events);
                figures.add("dead/open", openReaders(arguments.number("readers")));
                busy(readers, events);
                openConnections(arguments.number("connections"), arguments.number("calls"));
                busy(dead, events);
                closeAll();
            }
        } finally {
            closeAll();
            alone.addTo(figures, "dead/alone");
            large.addTo(figures, "dead/large");
            readers.addTo(figures, "dead/readers");
            dead.addTo(figures, "dead/connections");
            figures.add("dead/calls", calls);
            figures.add("dead/refused", refused);
        }
    }

    /** Small events of one session, while nothing else happens. */
    private void idle(Latencies latencies, int events) throws Exception {
        for (int i = 0; i < events; i++) {
            long start = System.nanoTime();
            posts.small(server.words().get(1));
            latencies.add(System.nanoTime() - start);
        }
    }

    /** The same while other sessions get large events, which a reader that reads gets to see. */
    private void busy(Latencies latencies, int events) throws Exception {
        try (LiveReader reader = LiveReader.open(server.port(), watched.get(0))) {
            LargeEvents load = new LargeEvents(posts, watched);
            try (SmallCalls small =
                    SmallCalls.open(rpcPort(), server.port(), server.words().get(1))) {
                for (int done = 0; done < events; done += EVENTS_PER_CALL) {
                    idle(latencies, Math.min(EVENTS_PER_CALL, events - done));
                    refused += small.refused();
                    calls += SmallCalls.EACH;
                }
            } finally {
                load.stop();
            }
            reader.await(load.sent(watched.get(0)));
        }
    }

    /**
     * Opens streams that nobody reads after their first frame, half of them of one session, and gives each an event that is
     * more than the system keeps for it; milliseconds until one is open.
     */
    private double openReaders(int count) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            String session = watched.get(i % 2 == 0 ? 0 : i / 2 % watched.size());
            Socket socket = connect(readers, server.port(), LiveReader.request(server.port(), session));
            socket.setSoTimeout(PATIENCE_MILLIS);
            LiveReader.awaitOpen(new LineInput(socket.getInputStream()));
        }
        double open = (System.nanoTime() - start) / 1e6 / count;
        for (String session : watched) {
            posts.large(session);
        }
        return open;
    }

    /** Opens connections that ask for large answers, and do not read them. */
    private void openConnections(int count, int calls) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int call = 1; call <= calls; call++) {
            lines.append("{\"jsonrpc\":\"2.0\",\"id\":")
                    .append(call)
                    .append(",\"method\":\"session/history\",\"params\":{\"session_id\":\"")
                    .append(watched.get(0))
                    .append("\"}}\n");
        }
        byte[] asked = lines.toString().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < count; i++) {
            connect(connections, rpcPort(), asked);
        }
    }

    private int rpcPort() {
        return Integer.parseInt(server.words().get(0));
    }

    private static Socket connect(List<Socket> all, int port, byte[] request) throws IOException {
        Socket socket = new Socket();
        all.add(socket);
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        try {
            socket.getOutputStream().write(request);
        } catch (SocketException e) {
            // It may be disconnected already, as the slowest.
            assert !socket.isClosed();
        }
        return socket;
    }

    private void closeAll() throws IOException {
        for (Socket socket : connections) {
            refused += wasRefused(socket) ? 1 : 0;
            // Resets the connection. At a mere end of input the server would wait for seconds with the answers that it
            // owes, and the connection would count while the next round opens its own.
            socket.setSoLinger(true, 0);
            socket.close();
        }
        connections.clear();
        for (Socket socket : readers) {
            socket.close();
        }
        readers.clear();
    }

    /** Whether a connection was told that there are too many, which it was as soon as it was made. */
    private static boolean wasRefused(Socket socket) throws IOException {
        try {
            byte[] told =
                    new byte[Math.min(SMALL_BUFFER, socket.getInputStream().available())];
            int read = socket.getInputStream().read(told);
            return read > 0 && new String(told, 0, read, StandardCharsets.UTF_8).contains("rpc_connections_exhausted");
        } catch (SocketException e) {
            // It was let in, and is disconnected as the slowest.
            return false;
        }
    }

    /** How long things took. Not thread-safe. */
    private static final class Latencies {
        private final long[] nanos;
        private int count;

        Latencies(int most) {
            this.nanos = new long[most];
        }

        void add(long taken) {
            nanos[count++] = taken;
        }

        /** Milliseconds that half of them take at most, and 99 of 100. */
        void addTo(Figures figures, String name) {
            if (count > 0) {
                long[] sorted = Arrays.copyOf(nanos, count);
                Arrays.sort(sorted);
                figures.add(name + "/p50", sorted[count / 2] / 1e6);
                figures.add(name + "/p99", sorted[count * 99 / 100] / 1e6);
            }
        }
    }
}
