package dev.meerkat.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Sessions in PostgreSQL: durable writes, turns over several nodes, wake-up, takeover and idleness. */
final class PostgresChapter implements Chapter.Measurement {
    private static final List<String> SYSTEMS = List.of("bare", "events", "keyed", "db-scheduler", "dbos");
    private static final Map<String, String> TITLES = Map.of(
            "bare", "bare insert by groups",
            "events", "64 sessions, events wait",
            "keyed", "64 sessions, events wait, unique keys",
            "dbos", "DBOS Transact 1.1.0-m6, send",
            "db-scheduler", "db-scheduler 16.7.1, one-time tasks");
    private static final int NODES = 3;
    private static final int SLOTS = 4;
    private static final int PRODUCERS = 16;

    @Override
    public void measure(Options options, int round, Figures figures) throws Exception {
        try (PostgresServer server = PostgresServer.start(options.data())) {
            appends(options, round, server.url(), figures);
            turns(options, round, server.url(), figures);
            Arguments base = Arguments.of("url", server.url());
            for (boolean hints : new boolean[] {true, false}) {
                Child.run(
                        options,
                        "1g",
                        "WakeDriver",
                        copy(base)
                                .with("schema", "wake_" + hints + round)
                                .with("hints", hints)
                                .with("events", options.quick() ? 50 : hints ? 1_000 : 400)
                                .with("pause", options.quick() ? 10 : hints ? 10 : 40),
                        figures);
            }
            Child.run(
                    options,
                    "1g",
                    "OutageDriver",
                    copy(base).with("schema", "outage" + round).with("rounds", options.quick() ? 1 : 3),
                    figures);
            Child.run(
                    options,
                    "1g",
                    "IdleDriver",
                    copy(base)
                            .with("schema", "idle" + round)
                            .with("sessions", options.quick() ? 1_000 : 100_000)
                            .with("measured", options.quick() ? 2_000 : 20_000),
                    figures);
        }
    }

    private static Arguments copy(Arguments base) {
        return Arguments.parse(base.words(), 0);
    }

    private static void appends(Options options, int round, String url, Figures figures) throws Exception {
        for (int producers : producers(options)) {
            for (int i = 0; i < SYSTEMS.size(); i++) {
                append(
                        options,
                        url,
                        SYSTEMS.get(round % 2 == 0 ? i : SYSTEMS.size() - 1 - i),
                        producers,
                        1,
                        figures,
                        round);
            }
            if (producers >= NODES) {
                append(options, url, "events", producers, NODES, figures, round);
                append(options, url, "keyed", producers, NODES, figures, round);
            }
        }
    }

    private static List<Integer> producers(Options options) {
        return options.quick() ? List.of(64) : List.of(1, 64, 256);
    }

    private static void append(
            Options options, String url, String system, int producers, int nodes, Figures figures, int round)
            throws Exception {
        List<Arguments> each = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            each.add(Arguments.of("system", system)
                    .with("url", url)
                    .with("schema", system + producers + "x" + nodes + "r" + round)
                    .with("node", "n" + i)
                    .with("producers", (producers + nodes - 1 - i) / nodes)
                    .with("warmup", options.quick() ? 500 : 3_000)
                    .with("measured", options.quick() ? 300 : 3_000));
        }
        Figures sum = together(options, "AppendDriver", each);
        String name = "append/" + system + "/" + producers + "x" + nodes;
        figures.add(name + "/rate", sum.median(system + "/rate") * nodes);
        figures.add(name + "/p50", sum.median(system + "/p50"));
        figures.add(name + "/p99", sum.median(system + "/p99"));
    }

    /** Runs processes at the same time, and returns the means of their figures. */
    private static Figures together(Options options, String driver, List<Arguments> each) throws Exception {
        List<CompletableFuture<Figures>> all = new ArrayList<>();
        for (Arguments arguments : each) {
            CompletableFuture<Figures> done = new CompletableFuture<>();
            all.add(done);
            new Thread(() -> {
                        Figures own = new Figures();
                        try {
                            Child.run(options, "1g", driver, arguments, own);
                            done.complete(own);
                        } catch (Exception e) {
                            done.completeExceptionally(e);
                        }
                    })
                    .start();
        }
        List<Figures> own = new ArrayList<>();
        for (CompletableFuture<Figures> done : all) {
            own.add(done.get());
        }
        Figures means = new Figures();
        for (String name : own.get(0).names()) {
            means.add(
                    name,
                    own.stream().mapToDouble(one -> one.median(name)).average().orElseThrow());
        }
        return means;
    }

    private static void turns(Options options, int round, String url, Figures figures) throws Exception {
        for (int nodes : round % 2 == 0 ? new int[] {1, NODES} : new int[] {NODES, 1}) {
            List<Arguments> each = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                each.add(Arguments.of("url", url)
                        .with("schema", "turns" + nodes + "r" + round)
                        .with("node", "n" + i)
                        .with("slots", SLOTS)
                        .with("producers", PRODUCERS)
                        .with("first", i * PRODUCERS)
                        .with("warmup", options.quick() ? 2_000 : 8_000)
                        .with("measured", options.quick() ? 500 : 6_000));
            }
            Figures means = together(options, "NodeTurnsDriver", each);
            figures.add("turns/" + nodes + "/rate", means.median("turns/rate") * nodes);
            figures.add("turns/" + nodes + "/p50", means.median("turns/p50") / 1e3);
            figures.add("turns/" + nodes + "/p99", means.median("turns/p99") / 1e3);
        }
    }

    @Override
    public void report(Options options, Figures figures, Markdown out) {
        out.heading("Sessions in PostgreSQL");
        out.paragraph("""
                PostgreSQL 18 on the same machine and disk, with `fsync` and `synchronous_commit` on; it shares the processors with
                what is measured. Events acknowledged per second through `session.sendExternalEvent`, %d bytes of payload, each
                producer sending its next event when the one before is acknowledged. *Bare* is one `INSERT ... SELECT FROM
                unnest` of the driver for whatever arrived meanwhile, without sessions, limits or keys. With three nodes, three
                processes have a third of the producers each, and the rate is their sum. DBOS and db-scheduler write each message in
                a transaction of its own, over a pool of 10 connections as the nodes have. Aims: 0.65× of bare with 64 and 256
                producers, 0.55× with keys, 0.7× with one producer; 3× of DBOS and db-scheduler.
                """.formatted(DurableDriver.PAYLOAD_BYTES));
        for (int producers : producers(options)) {
            out.table(producers + " producer(s)", "acknowledged/s", "p50 µs", "p99 µs", "rate / bare");
            for (String system : SYSTEMS) {
                row(figures, out, TITLES.getOrDefault(system, system), system, producers, 1);
            }
            if (producers >= NODES) {
                row(figures, out, TITLES.get("events") + ", three nodes", "events", producers, NODES);
                row(figures, out, TITLES.get("keyed") + ", three nodes", "keyed", producers, NODES);
            }
            out.line();
        }
        out.paragraph("""
                Turns per second that callers were told the end of, whichever node ran them: each node runs at most %d turns at a
                time, each turn waits for %d ms, and each node has %d callers, which ask sessions of all nodes for a turn after the
                other. So one node can run at most %d turns a second. Aim: 2.4× with three nodes.
                """.formatted(
                        SLOTS, NodeTurnsDriver.WAIT_MILLIS, PRODUCERS, SLOTS * 1_000 / NodeTurnsDriver.WAIT_MILLIS));
        out.table("nodes", "turns/s", "p50 ms", "p99 ms", "rate / one node");
        for (int nodes : new int[] {1, NODES}) {
            String at = "turns/" + nodes;
            out.row(
                    nodes,
                    Markdown.cell(figures, at + "/rate"),
                    Markdown.cell(figures, at + "/p50"),
                    Markdown.cell(figures, at + "/p99"),
                    Markdown.ratio(figures, at + "/rate", "turns/1/rate"));
        }
        out.line();
        out.paragraph("""
                Milliseconds from the acknowledgement of an event at one node to the beginning of its turn at the other, both in one
                process, one event at a time. *By looking* is without `NOTIFY`, as behind PgBouncer. Aims: p50 at most 5 with hints,
                1,500 without.
                """);
        out.table("", "events", "p50 ms", "p99 ms");
        waits(figures, out, "with hints", "wake/hints", "events");
        waits(figures, out, "by looking", "wake/looking", "events");
        out.line();
        out.paragraph("""
                Milliseconds without service: the longest time between two ends of turns of a session that the other of two nodes
                owned, which was killed with a lease of 10 s, or closed. Callers ask each of 32 sessions for a turn every 20 ms. The
                sessions that stay at their node have the same time without a takeover. Aims: p99 at most 12,000 when killed, 500
                when closed.
                """);
        out.table("", "sessions", "p50 ms", "p99 ms");
        waits(figures, out, "owner killed", "outage/killed", "sessions");
        waits(figures, out, "those that stay meanwhile", "outage/killed/stayed", "sessions");
        waits(figures, out, "owner closed", "outage/drained", "sessions");
        waits(figures, out, "those that stay meanwhile", "outage/drained/stayed", "sessions");
        out.line();
        out.paragraph("""
                %s idle keep-alive sessions on three nodes cost %s transactions of the database per second in all, and %s %% of a
                processor in the three nodes together.
                """.formatted(
                        options.quick() ? "1,000" : "100,000",
                        Markdown.cell(figures, "idle/transactions"),
                        Markdown.cell(figures, "idle/cpu")));
    }

    private static void row(Figures figures, Markdown out, String title, String system, int producers, int nodes) {
        String at = "append/" + system + "/" + producers + "x" + nodes;
        out.row(
                title,
                Markdown.cell(figures, at + "/rate"),
                Markdown.cell(figures, at + "/p50"),
                Markdown.cell(figures, at + "/p99"),
                Markdown.ratio(figures, at + "/rate", "append/bare/" + producers + "x1/rate"));
    }

    private static void waits(Figures figures, Markdown out, String title, String at, String count) {
        out.row(
                title,
                Markdown.plain(figures, at + "/" + count),
                Markdown.cell(figures, at + "/p50"),
                Markdown.cell(figures, at + "/p99"));
    }
}
