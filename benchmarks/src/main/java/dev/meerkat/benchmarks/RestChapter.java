package dev.meerkat.benchmarks;

import java.util.List;

/** Runs {@link RestDriver}, and the raw log of {@link DurableDriver} beside it. */
final class RestChapter implements Chapter.Measurement {
    /** What answers, and what it is called in the report. */
    private record Side(String name, String title) {}

    private static final List<Side> SIDES = List.of(
            new Side("jetty", "bare Jetty, echoes the body"),
            new Side("memory", "Meerkat, store in memory, events wait"),
            new Side("memory-consumed", "Meerkat, store in memory, turns consume"),
            new Side("sqlite", "Meerkat, SQLite store, events wait"));

    @Override
    public void measure(Options options, int round, Figures figures) throws Exception {
        for (int connections : connections(options)) {
            for (int i = 0; i < SIDES.size(); i++) {
                Side side = SIDES.get(round % 2 == 0 ? i : SIDES.size() - 1 - i);
                Arguments arguments = load(options)
                        .with("system", side.name())
                        .with("connections", connections)
                        .with("data", options.data());
                Child.run(options, "1g", "RestDriver", arguments, figures);
            }
            Arguments raw = load(options)
                    .with("system", "raw")
                    .with("producers", connections)
                    .with("data", options.data())
                    .with("environment", DurableDriver.PLAIN);
            Child.run(options, "1g", "DurableDriver", raw, figures);
        }
    }

    private static Arguments load(Options options) {
        return Arguments.of("warmup", options.quick() ? 1_000 : 12_000).with("measured", options.quick() ? 500 : 3_000);
    }

    private static List<Integer> connections(Options options) {
        return options.quick() ? List.of(4) : List.of(1, 16, 64);
    }

    @Override
    public void report(Options options, Figures figures, Markdown out) {
        out.heading("External events over REST");
        out.paragraph("""
                `POST /sessions/{id}/external-events` with %d bytes of payload to 64 sessions of a `MeerkatServer` in a
                process of its own, each connection sending its next event when the one before is answered (202), beside a
                bare Jetty server with the same settings that sends each body back. The load is the same bytes from bare
                sockets, on the same machine. Events wait in sessions that are not keep-alive; *turns consume* them in
                keep-alive ones, whose agent answers at once. *Raw log* is that of *Durable external events*, with as many
                producers. Aim: with the store in memory at least 0.7× of bare Jetty.
                """.formatted(DurableDriver.PAYLOAD_BYTES));
        for (int connections : connections(options)) {
            out.table(
                    connections + " connection(s)", "answered/s", "p50 µs", "p99 µs", "rate / Jetty", "rate / raw log");
            String base = at("jetty", connections) + "/rate";
            String raw = "durable/raw/" + connections + "/rate";
            for (Side side : SIDES) {
                String at = at(side.name(), connections);
                out.row(
                        side.title(),
                        Markdown.cell(figures, at + "/rate"),
                        Markdown.cell(figures, at + "/p50"),
                        Markdown.cell(figures, at + "/p99"),
                        Markdown.ratio(figures, at + "/rate", base),
                        side.name().equals("sqlite") ? Markdown.ratio(figures, at + "/rate", raw) : "-");
            }
            out.line();
        }
    }

    static String at(String side, int connections) {
        return "rest/" + side + "/" + connections;
    }
}
