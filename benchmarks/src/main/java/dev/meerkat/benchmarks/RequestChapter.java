package dev.meerkat.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Runs {@link RequestDriver}. */
final class RequestChapter implements Chapter.Measurement {
    private static final List<String> SYSTEMS = List.of("meerkat", "pekko-ask", "meerkat-pool", "hand-off");

    @Override
    public void measure(Options options, int round, Figures figures) throws Exception {
        List<String> systems = new ArrayList<>(SYSTEMS);
        if (round % 2 == 1) {
            Collections.reverse(systems);
        }
        for (String system : systems) {
            Arguments arguments = Arguments.of("system", system)
                    .with("warmup", options.quick() ? 2_000 : 60_000)
                    .with("measured", options.quick() ? 2_000 : 100_000);
            Child.run(options, "1g", "RequestDriver", arguments, figures);
        }
    }

    @Override
    public void report(Options options, Figures figures, Markdown out) {
        out.heading("Request and reply");
        out.paragraph("""
                Microseconds from `session.request(...)` on a plain thread to its reply, one request in flight, stored in
                memory; beside `ask` of a typed actor with a bounded mailbox, awaited on a plain thread. *hand-off*
                is the least that both pay: to a thread of a pool and back, with nothing done there. Aim: p50 at most
                0.5× of the actor's.
                """);
        out.table("", "p50", "p99", "p99.9", "mean", "p50 / Pekko", "processor time each");
        for (String system : SYSTEMS) {
            String at = "requests/" + system + "/";
            out.row(
                    system,
                    Markdown.cell(figures, at + "p50"),
                    Markdown.cell(figures, at + "p99"),
                    Markdown.cell(figures, at + "p99.9"),
                    Markdown.cell(figures, at + "mean"),
                    Markdown.ratio(figures, at + "p50", "requests/pekko-ask/p50"),
                    Markdown.cell(figures, at + "cpu"));
        }
        out.line();
    }
}
