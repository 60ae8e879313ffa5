package dev.meerkat.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Drives a {@link StdioProgram}. Arguments: program, task, data; with task {@code events}: in-flight,
 * count; with task {@code sessions}: count.
 */
final class StdioDriver {
    static final int SESSIONS = 16;

    private static final int STARTS = 5;

    private final StdioProgram program;
    private final Path directory;
    private final Figures figures;

    private StdioDriver(StdioProgram program, Path directory, Figures figures) {
        this.program = program;
        this.directory = directory;
        this.figures = figures;
    }

    static void run(Arguments arguments, Figures figures) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(arguments.text("data")), "stdio");
        StdioDriver driver = new StdioDriver(StdioProgram.named(arguments.text("program")), directory, figures);
        try {
            int count = arguments.number("count");
            if (arguments.text("task").equals("events")) {
                driver.events(arguments.number("in-flight"), count);
            } else {
                driver.starts();
                driver.sessions(count);
            }
        } finally {
            DurableDriver.delete(directory);
        }
    }

    private LineProgram start(String name) throws IOException {
        Path home = Files.createDirectory(directory.resolve(name));
        LineProgram started = new LineProgram(program.command(home), home.resolve("stderr.log"));
        started.call("initialize", "{}");
        return started;
    }

    private void events(int inFlight, int count) throws IOException {
        try (LineProgram server = start("events")) {
            List<String> params = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                String spec =
                        "{\"prompt\":\"Watch.\",\"initial_turn\":\"deferred\",\"comms_name\":\"session-" + i + "\"}";
                params.add(EventBody.rpc(sessionOf(server.call("session/create", spec))));
            }
            Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
            int warmup = count / 10;
            post(server, params, inFlight, warmup, new Histogram(latencies));
            long[] times = post(server, params, inFlight, count, latencies);
            String name = "stdio/" + program.name() + "/" + inFlight;
            figures.add(name + "/events", count);
            figures.add(name + "/rate", rate(times, 0, count));
            figures.add(name + "/p50", latencies.getValueAtPercentile(50) / 1e3);
            figures.add(name + "/p99", latencies.getValueAtPercentile(99) / 1e3);
            figures.add(name + "/begin", rate(times, 0, count / 10));
            figures.add(name + "/end", rate(times, count - count / 10, count));
        }
    }

    /** Posts events; when each was answered, and before them when the first was posted. */
    private static long[] post(LineProgram server, List<String> params, int inFlight, int count, Histogram latencies)
            throws IOException {
        long[] times = new long[count + 1];
        times[0] = System.nanoTime();
        int sent = 0;
        for (int answered = 0; answered < count; answered++) {
            while (sent < count && sent < answered + inFlight) {
                server.send("session/external_event", params.get(sent % params.size()));
                sent++;
            }
            latencies.recordValue(server.next().nanos());
            times[answered + 1] = System.nanoTime();
        }
        return times;
    }

    private static double rate(long[] times, int from, int to) {
        return (to - from) * 1e9 / (times[to] - times[from]);
    }

    private void starts() throws IOException {
        double[] millis = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            long start = System.nanoTime();
            LineProgram server = start("start-" + i);
            millis[i] = (System.nanoTime() - start) / 1e6;
            server.close();
        }
        System.out.println(program.name() + " initialize ms: " + Arrays.toString(millis));
        figures.add("stdio/" + program.name() + "/initialize", Figures.median(millis));
    }

    private void sessions(int count) throws IOException {
        String name = "stdio/" + program.name();
        try (LineProgram server = start("sessions")) {
            // As many before, so that what the program takes once is taken.
            create(server, "warm-", count);
            long before = ProcessMemory.resident(server.pid());
            long start = System.nanoTime();
            create(server, "session-", count);
            figures.add(name + "/create", (System.nanoTime() - start) / 1e6 / count);
            figures.add(name + "/resident", (ProcessMemory.resident(server.pid()) - before) / (double) count);
            figures.add(name + "/sessions", count);
        }
    }

    private static void create(LineProgram server, String prefix, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            String spec = "{\"prompt\":\"Watch.\",\"keep_alive\":true,\"comms_name\":\"" + prefix + i + "\"}";
            sessionOf(server.call("session/create", spec));
        }
    }

    private static String sessionOf(String answer) {
        String before = "\"session_id\":\"";
        int start = answer.indexOf(before) + before.length();
        return answer.substring(start, answer.indexOf('"', start));
    }
}
