package dev.meerkat.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param quick whether to prove only that all measurements work
 * @param forks how many processes measure each thing
 * @param data where durable measurements write; on the disk that is to be measured
 * @param report where the report goes, besides standard output
 * @param chapters which measurements
 * @param profile where flight recordings of the measuring processes go, or null for none
 */
record Options(
        boolean quick,
        int forks,
        Path data,
        @Nullable Path report,
        List<Chapter> chapters,
        @Nullable Path profile) {

    static final String USAGE = """
            options: --short                 prove in about a minute that all measurements work
                     --only=NAME[,NAME]      messages, requests, memory, durable, restart, year, remote, rest, stdio,
                                             streams, agent, dead-readers, telemetry, postgres
                     --forks=N               processes per measurement, default 3, with --short 1
                     --data=DIRECTORY        where durable measurements write, default target/data
                     --report=FILE           where the report goes, besides standard output
                     --profile=DIRECTORY     record each measuring process and print its hot spots
            """;

    static Options parse(String[] args) {
        boolean quick = List.of(args).contains("--short");
        int forks = quick ? 1 : 3;
        Path data = Path.of("target", "data");
        Path report = null;
        Path profile = null;
        List<Chapter> chapters = List.of(Chapter.values());
        for (String arg : args) {
            String value = arg.substring(arg.indexOf('=') + 1);
            switch (arg.contains("=") ? arg.substring(0, arg.indexOf('=')) : arg) {
                case "--short" -> {}
                case "--forks" -> forks = Integer.parseInt(value);
                case "--data" -> data = Path.of(value);
                case "--report" -> report = Path.of(value);
                case "--profile" -> profile = Path.of(value);
                case "--only" -> chapters = chapters(value);
                default -> throw new IllegalArgumentException("unknown option " + arg + "\n" + USAGE);
            }
        }
        if (forks < 1) {
            throw new IllegalArgumentException("--forks must be at least 1: " + forks);
        }
        return new Options(quick, forks, data.toAbsolutePath(), report, chapters, profile);
    }

    private static List<Chapter> chapters(String names) {
        List<Chapter> chapters = new ArrayList<>();
        for (String name : names.split(",", -1)) {
            chapters.add(Chapter.named(name));
        }
        return chapters;
    }
}
