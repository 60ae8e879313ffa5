package dev.meerkat.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;

/** Runs {@link YearDriver}. */
final class YearChapter implements Chapter.Measurement {
    @Override
    public void measure(Options options, int round, Figures figures) throws Exception {
        Path data = Files.createTempDirectory(options.data(), "year");
        Arguments arguments = Arguments.of("data", data).with("sessions", 20).with("events", events(options));
        Child.run(options, "2g", "YearDriver", arguments, figures);
        DurableDriver.delete(data);
    }

    private static int events(Options options) {
        return options.quick() ? 24_000 : 200_000;
    }

    @Override
    public void report(Options options, Figures figures, Markdown out) {
        out.heading("A store after a year");
        out.paragraph("""
                An SQLite store with 20 sessions that have taken %s external events of 500 bytes with keys, eight in a turn, over a
                year; then the same store after all but the last twelfth was removed, and the file has shrunk. Megabytes of the file;
                milliseconds to open it, to list and load all sessions, and to read the last 100 events and 100 entries of one
                (medians of 21, files in the page cache). Removing took %s ms in all, and its longest step %s ms, of which others that write
                wait for a part; the file had its new size after %s ms.
                """.formatted(
                        Markdown.number(events(options)),
                        Markdown.cell(figures, "year/trim"),
                        Markdown.cell(figures, "year/step"),
                        Markdown.cell(figures, "year/shrunk")));
        out.table("", "size, MB", "open, ms", "list, ms", "last page, ms");
        for (String state : new String[] {"before", "after"}) {
            String at = "year/" + state + "/";
            out.row(
                    state + " retention",
                    Markdown.cell(figures, at + "size"),
                    Markdown.cell(figures, at + "open"),
                    Markdown.cell(figures, at + "list"),
                    Markdown.cell(figures, at + "page"));
        }
        out.line();
    }
}
