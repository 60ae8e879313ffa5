package dev.meerkat.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Runs {@link RestartFill} once and {@link RestartDriver} on a copy for each fork. */
final class RestartChapter implements Chapter.Measurement {
    /** How many sessions share the waiting events. */
    private record Shape(int sessions, int events) {}

    private static List<Shape> shapes(Options options) {
        return options.quick()
                ? List.of(new Shape(100, 100), new Shape(1, 10_000))
                : List.of(new Shape(1_000, 1_000), new Shape(1, 1_000_000));
    }

    @Override
    public void measure(Options options, int round, Figures figures) throws Exception {
        for (Shape shape : shapes(options)) {
            Path filled = options.data().resolve("restart-" + shape.sessions());
            if (round == 0) {
                Files.createDirectory(filled);
                Child.run(options, "2g", "RestartFill", arguments(shape, filled), figures);
            }
            Path copy = Files.createTempDirectory(options.data(), "restart");
            copy(filled, copy);
            Arguments arguments = arguments(shape, copy).with("consume", options.quick() ? 200 : 3_000);
            Child.run(options, "2g", "RestartDriver", arguments, figures);
            DurableDriver.delete(copy);
            if (round == options.forks() - 1) {
                DurableDriver.delete(filled);
            }
        }
    }

    private static Arguments arguments(Shape shape, Path data) {
        return Arguments.of("sessions", shape.sessions())
                .with("events", shape.events())
                .with("data", data);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName().toString()));
            }
        }
    }

    @Override
    public void report(Options options, Figures figures, Markdown out) {
        out.heading("Restart with waiting events");
        out.paragraph("""
                Milliseconds since the store was opened by a new process (its files in the page cache), with external events
                of %d bytes of payload waiting in keep-alive sessions: until the store is open, until the runtime is
                open, until the first turn begins, until every session has begun a turn. Then events consumed by turns
                per second. Beside it, in the same process: the raw log with as many payloads, read and checked from
                start to end, and one SQL table with as many rows, opened and its first 64 read.
                """.formatted(DurableDriver.PAYLOAD_BYTES));
        out.table(
                "waiting",
                "store open",
                "runtime open",
                "first turn",
                "every session",
                "then consumed/s",
                "raw log read",
                "SQL table, 64 rows");
        for (Shape shape : shapes(options)) {
            String at = "restart/" + shape.sessions() + "/";
            out.row(
                    String.format(Locale.ROOT, "%,d × %,d", shape.sessions(), shape.events()),
                    Markdown.cell(figures, at + "store"),
                    Markdown.cell(figures, at + "runtime"),
                    Markdown.cell(figures, at + "first"),
                    Markdown.cell(figures, at + "everyone"),
                    Markdown.cell(figures, at + "consumed"),
                    Markdown.cell(figures, at + "raw"),
                    Markdown.cell(figures, at + "jdbc"));
        }
        out.line();
    }
}
