package dev.meerkat.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Runs {@link DeadReadersDriver}. */
final class DeadReadersChapter implements Chapter.Measurement {
    private static final double MOST = 2;

    @Override
    public void measure(Options options, int round, Figures figures) throws Exception {
        Arguments arguments = Arguments.of("readers", 200)
                .with("sessions", options.quick() ? 8 : 50)
                .with("connections", 100)
                .with("calls", options.quick() ? 4 : 50)
                .with("events", options.quick() ? 200 : 1_000)
                .with("rounds", options.quick() ? 2 : 5)
                .with("data", options.data());
        Child.run(options, "512m", "DeadReadersDriver", arguments, figures);
    }

    @Override
    public void report(Options options, Figures figures, Markdown out) {
        out.heading("Clients that do not read");
        out.paragraph("""
            Small events of one session, sent over REST one after the other to a server with a heap of %s and SQLite: alone;
            while other sessions get up to ten events of 1 MB each second; the same beside 200 readers of event streams that
            have stopped reading, half of them of one session; and the same beside 100 JSON-RPC connections, too, that ask for large
            answers and do not read them. In all but the first, a reader that reads gets its large events. Milliseconds
            that half of the small events take at most, and 99 of 100. It fails if the server runs out of memory,
            if an event or the reader that reads is refused, or if those that do not read more than double the time that
            99 of 100 take; the short form does not look at the time. It fails, too, if a connection is refused, or a small call of a
            client that reads, which asks for a session over JSON-RPC and REST after every ten small events.
            """.formatted(DeadReadersDriver.HEAP));
        out.table("", "p50, ms", "p99, ms");
        row(figures, out, "alone", "dead/alone");
        row(figures, out, "beside large events", "dead/large");
        row(figures, out, "and dead readers", "dead/readers");
        row(figures, out, "and dead connections", "dead/connections");
        out.line();
        out.paragraph("A stream is open after " + Markdown.cell(figures, "dead/open") + " ms. Refused of "
                + Markdown.cell(figures, "dead/calls") + " small calls, and of all connections: "
                + Markdown.cell(figures, "dead/refused") + ".");
    }

    private static void row(Figures figures, Markdown out, String title, String name) {
        out.row(title, Markdown.cell(figures, name + "/p50"), Markdown.cell(figures, name + "/p99"));
    }

    @Override
    public List<String> problems(Options options, Figures figures) {
        List<String> problems = new ArrayList<>();
        double refused = figures.median("dead/refused");
        if (!(refused == 0)) {
            problems.add("calls or connections that were refused and should not be: " + Markdown.number(refused));
        }
        if (!(figures.median("dead/calls") > 0)) {
            problems.add("no client that reads has called");
        }
        double ratio = figures.median("dead/readers/p99") / figures.median("dead/large/p99");
        // So few events as those of the short form say nothing about time.
        if (!options.quick() && ratio > MOST) {
            problems.add("readers that do not read slow others down by a factor of " + Markdown.number(ratio));
        }
        return problems;
    }
}
