package dev.meerkat.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What idle event streams cost the server that {@link StreamsServer} is. Arguments: count. */
final class StreamsDriver {
    /** So many are open before it measures, so that what there is once is there. */
    static final int FIRST = 100;

    private static final int PATIENCE_MILLIS = 60_000;

    private StreamsDriver() {}

    static void run(Arguments arguments, Figures figures) throws Exception {
        int count = arguments.number("count");
        List<Stream> streams = new ArrayList<>();
        try (ServedProcess server = ServedProcess.start("StreamsServer", arguments)) {
            open(server, streams, FIRST);
            Usage before = Usage.of(server);
            open(server, streams, count);
            Usage after = Usage.of(server);
            double opened = count - FIRST;
            figures.add("streams/heap", (after.heap() - before.heap()) / opened);
            figures.add("streams/resident", (after.resident() - before.resident()) / opened);
            figures.add("streams/threads-before", before.threads());
            figures.add("streams/threads-after", after.threads());
            long start = System.nanoTime();
            server.ask("wake");
            for (Stream stream : streams) {
                stream.until("event: run_completed");
            }
            figures.add("streams/told", (System.nanoTime() - start) / 1e6);
        } finally {
            for (Stream stream : streams) {
                stream.close();
            }
        }
    }

    private static void open(ServedProcess server, List<Stream> streams, int count) throws IOException {
        int from = streams.size();
        for (int i = from; i < count; i++) {
            streams.add(new Stream(server.port(), server.words().get(i)));
        }
        for (Stream stream : streams.subList(from, count)) {
            stream.until("event: session_loaded");
        }
    }

    /** What the server's process uses. */
    private record Usage(long heap, long resident, int threads) {
        static Usage of(ServedProcess server) throws IOException {
            String[] words = server.ask("usage").split(" ", -1);
            return new Usage(
                    Long.parseLong(words[0]), ProcessMemory.resident(server.pid()), Integer.parseInt(words[1]));
        }
    }

    /** The connection of one reader. */
    private static final class Stream implements AutoCloseable {
        private final Socket socket;
        private final LineInput input;

        Stream(int port, String session) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE_MILLIS);
            String request = "GET /sessions/" + session + "/events HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            input = new LineInput(socket.getInputStream());
        }

        void until(String line) throws IOException {
            while (!input.next().stripTrailing().equals(line)) {
                // what is said before
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
