package dev.meerkat.benchmarks;

import java.util.List;

/** Runs {@link MemoryDriver} and {@link CreateDriver}. */
final class MemoryChapter implements Chapter.Measurement {

    @Override
    public void measure(Options options, int round, Figures figures) throws Exception {
        for (int count : counts(options)) {
            // Sizes do not vary, so the large ones need no repetition.
            if (round > 0 && count > 100_000) {
                continue;
            }
            String heap = count > 100_000 ? "6g" : "2g";
            for (String system : List.of("meerkat", "pekko")) {
                Child.run(
                        options,
                        heap,
                        "MemoryDriver",
                        Arguments.of("system", system).with("count", count),
                        figures);
            }
        }
        List<String> systems = List.of("deferred", "started", "pekko");
        for (int i = 0; i < systems.size(); i++) {
            Arguments arguments = Arguments.of("system", systems.get((i + round) % systems.size()))
                    .with("warmup", options.quick() ? 2_000 : 50_000)
                    .with("measured", options.quick() ? 2_000 : 100_000);
            Child.run(options, "4g", "CreateDriver", arguments, figures);
        }
    }

    private static List<Integer> counts(Options options) {
        return options.quick() ? List.of(10_000) : List.of(100_000, 1_000_000);
    }

    @Override
    public void report(Options options, Figures figures, Markdown out) {
        out.heading("Idle sessions");
        out.paragraph("""
                Bytes of heap in use per idle keep-alive session after its first turn, after full collections, beside an
                idle typed actor that keeps its name and its last message. *Runtime* is what becomes free when the
                runtime is closed and its store in memory is kept; *store* is the rest: name, spec, identity, transcript,
                events. *Internal classes* counts the instances of the runtime's own classes alone. Aims: runtime at most
                512, in all at most 2,048.
                """);
        out.table("sessions", "runtime", "internal classes", "store", "in all", "Pekko actor");
        for (int count : counts(options)) {
            String at = "memory/meerkat/" + count;
            out.row(
                    Markdown.number(count),
                    Markdown.plain(figures, at + "/runtime"),
                    Markdown.plain(figures, at + "/internal"),
                    Markdown.plain(figures, at + "/store"),
                    Markdown.plain(figures, at + "/total"),
                    Markdown.plain(figures, "memory/pekko/" + count + "/total"));
        }
        out.line();
        out.paragraph("""
                Microseconds to create one on one thread, without durability. *Each* is the whole time until all first
                turns have begun, or all actors have taken their first message, divided by their number. Aim: at most
                15 µs.
                """);
        out.table("", "call p50", "call p99", "call mean", "each");
        row(figures, out, "session, deferred", "create/deferred/");
        row(figures, out, "session with first turn", "create/started/");
        row(figures, out, "Pekko actor, spawned by its parent", "create/pekko/");
        out.line();
    }

    private static void row(Figures figures, Markdown out, String title, String at) {
        out.row(
                title,
                Markdown.cell(figures, at + "call-p50"),
                Markdown.cell(figures, at + "call-p99"),
                Markdown.cell(figures, at + "call-mean"),
                Markdown.cell(figures, at + "each"));
    }
}
