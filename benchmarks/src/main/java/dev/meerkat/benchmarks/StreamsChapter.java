package dev.meerkat.benchmarks;

/** Runs {@link StreamsDriver}. */
final class StreamsChapter implements Chapter.Measurement {
    @Override
    public void measure(Options options, int round, Figures figures) throws Exception {
        Child.run(options, "1g", "StreamsDriver", Arguments.of("count", count(options)), figures);
    }

    private static int count(Options options) {
        return options.quick() ? 300 : 10_000;
    }

    @Override
    public void report(Options options, Figures figures, Markdown out) {
        out.heading("Idle event streams");
        out.paragraph("""
                Readers of `GET /sessions/{id}/events`, each on a connection and a session of its own, of a `MeerkatServer`
                in a process of its own with the store in memory. Bytes per stream are what the process has more than with
                the same sessions and the first %d streams: heap after full collections, and resident memory, which also
                holds what the collector has not given back. Threads are all of the process, before and after. Then every
                session runs a turn; *all told* is when the last stream has brought its end. Aim: at most 20 KB each.
                """.formatted(StreamsDriver.FIRST));
        out.table(
                "streams",
                "heap B each",
                "resident B each",
                "threads with the first",
                "threads with all",
                "all told, ms");
        out.row(
                Markdown.number(count(options)),
                Markdown.cell(figures, "streams/heap"),
                Markdown.cell(figures, "streams/resident"),
                Markdown.cell(figures, "streams/threads-before"),
                Markdown.cell(figures, "streams/threads-after"),
                Markdown.cell(figures, "streams/told"));
        out.line();
    }
}
