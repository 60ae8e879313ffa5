package dev.meerkat.benchmarks;

import java.util.List;
import java.util.Map;

/** Runs {@link DurableDriver}. */
final class DurableChapter implements Chapter.Measurement {
    private static final List<String> SYSTEMS =
            List.of("raw", "events-64", "keyed-64", "events-1", "consumed-64", "jdbc");
    private static final Map<String, String> TITLES = Map.of(
            "raw", "raw log",
            "events-64", "64 sessions, events wait",
            "keyed-64", "64 sessions, events wait, unique keys",
            "events-1", "1 session, events wait",
            "consumed-64", "64 keep-alive sessions, turns consume meanwhile",
            "jdbc", "one SQL table");

    @Override
    public void measure(Options options, int round, Figures figures) throws Exception {
        for (int producers : producers(options)) {
            for (int i = 0; i < SYSTEMS.size(); i++) {
                String system = SYSTEMS.get(round % 2 == 0 ? i : SYSTEMS.size() - 1 - i);
                Arguments arguments = Arguments.of("system", system)
                        .with("producers", producers)
                        .with("warmup", options.quick() ? 300 : 10_000)
                        .with("measured", options.quick() ? 300 : 2_500)
                        .with("data", options.data())
                        .with("environment", DurableDriver.PLAIN);
                Child.run(options, "2g", "DurableDriver", arguments, figures);
            }
        }
    }

    private static List<Integer> producers(Options options) {
        return options.quick() ? List.of(64) : List.of(1, 64, 256);
    }

    @Override
    public void report(Options options, Figures figures, Markdown out) {
        out.heading("Durable external events");
        out.paragraph("""
                Events acknowledged per second through `session.sendExternalEvent` on the SQLite store, %d bytes of payload,
                each producer sending its next event when the one before is acknowledged as durable. *Raw log* is the
                least that can be: length, checksum and payload appended to a file by one thread that syncs
                (`FileChannel.force(false)`) whatever arrived meanwhile. *One SQL table* is the same with SQLite in
                place of the file. All on the same disk, each in a process of its own, one after the other. Events
                that wait are sent to sessions that are not keep-alive; where turns consume them, the turns' own
                commits share the disk. Aim: at least 0.8× of the raw log.
                """.formatted(DurableDriver.PAYLOAD_BYTES));
        for (int producers : producers(options)) {
            out.table(producers + " producer(s)", "acknowledged/s", "p50 µs", "p99 µs", "rate / raw log");
            for (String system : SYSTEMS) {
                String at = "durable/" + system + "/" + producers;
                out.row(
                        TITLES.getOrDefault(system, system),
                        Markdown.cell(figures, at + "/rate"),
                        Markdown.cell(figures, at + "/p50"),
                        Markdown.cell(figures, at + "/p99"),
                        Markdown.ratio(figures, at + "/rate", "durable/raw/" + producers + "/rate"));
            }
            out.line();
        }
    }
}
