package dev.meerkat.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.Statistics;

/** Runs {@link RemoteOverheadBenchmark}. */
final class RemoteChapter implements Chapter.Measurement {
    private static final int MANY = 8;

    /** A way to call, and what it is called in the report. */
    private record Way(String name, String title) {}

    /** One that reads a connection for itself cannot share it. */
    private static final Way NOT_FOR_MANY = new Way("rpc-caller", "JSON-RPC, bare socket, read by the caller");

    private static final List<Way> ONE = List.of(
            new Way("rpc-client", "JSON-RPC, client"),
            new Way("rpc-reader", "JSON-RPC, bare socket, handed over"),
            NOT_FOR_MANY,
            new Way("rest-client", "REST, client"),
            new Way("rest-dispatcher", "REST, bare OkHttp, handed over"),
            new Way("rest-caller", "REST, bare OkHttp, read by the caller"));

    private static final List<Way> SEVERAL =
            ONE.stream().filter(way -> !way.equals(NOT_FOR_MANY)).toList();

    @Override
    public void measure(Options options, int round, Figures figures) throws Exception {
        measure(options, round, 1, ONE, figures);
        if (!options.quick()) {
            measure(options, round, MANY, SEVERAL, figures);
        }
    }

    private static void measure(Options options, int round, int callers, List<Way> ways, Figures figures)
            throws Exception {
        List<Way> order = new ArrayList<>(ways);
        if (round % 2 == 1) {
            Collections.reverse(order);
        }
        for (Way way : order) {
            run(options, round, callers, way.name(), figures);
        }
    }

    private static void run(Options options, int round, int callers, String way, Figures figures) throws Exception {
        String file = String.join("-", "remote", way, Integer.toString(callers), Integer.toString(round));
        List<String> jvm = new ArrayList<>(List.of("-Xms1g", "-Xmx1g"));
        Path recording = null;
        if (options.profile() != null) {
            Files.createDirectories(options.profile());
            recording = options.profile().resolve(file + ".jfr");
            jvm.addAll(HotSpots.recordInto(recording));
        }
        // In a process of its own for figures; in this one, faster, to prove that it works.
        boolean inside = options.quick() && recording == null;
        ChainedOptionsBuilder jmh = new OptionsBuilder()
                .include(RemoteOverheadBenchmark.class.getName() + ".roundTrip")
                .forks(inside ? 0 : 1)
                .threads(callers)
                .param("way", way)
                // Long, because the client's code is compiled late: a call spends most of its time in the system.
                .warmupIterations(options.quick() ? 1 : 6)
                .warmupTime(TimeValue.milliseconds(options.quick() ? 100 : 1_000))
                .measurementIterations(options.quick() ? 1 : 5)
                .measurementTime(TimeValue.milliseconds(options.quick() ? 100 : 700))
                .jvmArgs(jvm.toArray(String[]::new))
                .shouldFailOnError(true)
                .output(options.data().resolve(file + ".log").toString());
        for (RunResult result : new Runner(jmh.build()).run()) {
            add(result, at(callers, way), figures);
        }
        if (recording != null) {
            System.err.println(HotSpots.of(recording));
        }
    }

    private static void add(RunResult result, String name, Figures figures) {
        if (result.getParams().getMode() == Mode.AverageTime) {
            figures.add(name + "/mean", result.getPrimaryResult().getScore() / 1e3);
        } else {
            Statistics samples = result.getPrimaryResult().getStatistics();
            figures.add(name + "/p50", samples.getPercentile(50) / 1e3);
            figures.add(name + "/p99", samples.getPercentile(99) / 1e3);
        }
    }

    @Override
    public void report(Options options, Figures figures, Markdown out) {
        out.heading("Remote calls");
        out.paragraph("""
                Microseconds of one read, `session.peers()`, from call to answer over the loopback interface, beside the
                same requests and answers on what the client is built on, which does not look into the answers. The server
                is the same minimal one for all ways of a surface, in the same process. *Read by the caller* is the least
                for one caller. *Handed over* is the least for a client that several callers share and that can give a
                call up in time: another thread, which reads the socket or is OkHttp's own, hands each answer over by a
                future. p50 and p99 are of sampled calls, the mean is measured by itself. Aims: JSON-RPC p50 at most
                100 µs, mean at most 1.1× of the bare way.
                """);
        table(figures, 1, ONE, out);
        if (!options.quick()) {
            table(figures, MANY, SEVERAL, out);
        }
    }

    private static void table(Figures figures, int callers, List<Way> ways, Markdown out) {
        out.table(
                callers == 1 ? "1 caller" : callers + " callers at once",
                "p50",
                "p99",
                "mean",
                "mean / handed over",
                "mean / read by the caller");
        for (Way way : ways) {
            String name = at(callers, way.name());
            boolean rest = way.name().startsWith("rest-");
            String handedOver = at(callers, rest ? "rest-dispatcher" : "rpc-reader");
            String byCaller = at(callers, rest ? "rest-caller" : "rpc-caller");
            out.row(
                    way.title(),
                    Markdown.cell(figures, name + "/p50"),
                    Markdown.cell(figures, name + "/p99"),
                    Markdown.cell(figures, name + "/mean"),
                    Markdown.ratio(figures, name + "/mean", handedOver + "/mean"),
                    Markdown.ratio(figures, name + "/mean", byCaller + "/mean"));
        }
        out.line();
    }

    private static String at(int callers, String way) {
        return "remote/" + callers + "/" + way;
    }
}
