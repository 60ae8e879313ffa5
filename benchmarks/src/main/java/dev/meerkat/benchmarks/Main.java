package dev.meerkat.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs all measurements and prints the report. */
public final class Main {
    private Main() {}

    /**
     * Runs the measurements that the command line asks for.
     *
     * @param args see {@link Options#USAGE}
     * @throws Exception if a measurement fails
     */
    public static void main(String[] args) throws Exception {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        long start = System.nanoTime();
        Instant date = Instant.now();
        String load = Machine.load();
        Files.createDirectories(options.data());
        Figures figures = new Figures();
        List<String> problems = new ArrayList<>();
        for (int round = 0; round < options.forks(); round++) {
            for (Chapter chapter : options.chapters()) {
                System.err.println("round " + (round + 1) + " of " + options.forks() + ": " + chapter);
                try {
                    chapter.measurement().measure(options, round, figures);
                } catch (IOException | IllegalStateException e) {
                    // The figures that there are must be seen all the same.
                    problems.add(chapter + ": " + e.getMessage());
                }
            }
        }
        Markdown out = new Markdown();
        Machine.describe(out, options, args, date, load, Duration.ofNanos(System.nanoTime() - start));
        report(options, figures, out, problems);
        publish(out, options.report());
        problems.forEach(problem -> System.err.println("FAILED: " + problem));
        // The watchdogs of processes that have ended are of no use.
        System.exit(problems.isEmpty() ? 0 : 1);
    }

    private static void report(Options options, Figures figures, Markdown out, List<String> problems) {
        for (Chapter chapter : options.chapters()) {
            try {
                chapter.measurement().report(options, figures, out);
                chapter.measurement()
                        .problems(options, figures)
                        .forEach(problem -> problems.add(chapter + ": " + problem));
            } catch (IllegalArgumentException e) {
                problems.add(chapter + ": " + e.getMessage());
            }
        }
    }

    private static void publish(Markdown out, @Nullable Path file) throws IOException {
        System.out.println(out);
        if (file != null) {
            Files.writeString(file, out.toString());
        }
    }
}
