package dev.meerkat.benchmarks;

import java.util.List;
import java.util.Locale;

/** A measurement of the report. */
enum Chapter {
    MESSAGES,
    REQUESTS,
    MEMORY,
    DURABLE,
    RESTART,
    YEAR,
    REMOTE,
    REST,
    STDIO,
    STREAMS,
    AGENT,
    DEAD_READERS,
    TELEMETRY,
    POSTGRES;

    Measurement measurement() {
        return switch (this) {
            case MESSAGES -> new MessageChapter();
            case REQUESTS -> new RequestChapter();
            case MEMORY -> new MemoryChapter();
            case DURABLE -> new DurableChapter();
            case RESTART -> new RestartChapter();
            case YEAR -> new YearChapter();
            case REMOTE -> new RemoteChapter();
            case REST -> new RestChapter();
            case STDIO -> new StdioChapter();
            case STREAMS -> new StreamsChapter();
            case AGENT -> new AgentChapter();
            case DEAD_READERS -> new DeadReadersChapter();
            case TELEMETRY -> new TelemetryChapter();
            case POSTGRES -> new PostgresChapter();
        };
    }

    static Chapter named(String name) {
        for (Chapter chapter : values()) {
            if (chapter.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(name)) {
                return chapter;
            }
        }
        throw new IllegalArgumentException("no measurement is named " + name + "\n" + Options.USAGE);
    }

    /** What a chapter measures and how it tells it. */
    interface Measurement {
        /**
         * Measures everything of the chapter once, each side in a process of its own.
         *
         * @param options the command line
         * @param round 0 for the first; sides take turns in going first
         * @param figures where the samples go
         */
        void measure(Options options, int round, Figures figures) throws Exception;

        /** Writes the chapter's part of the report. */
        void report(Options options, Figures figures, Markdown out);

        /** What must not be as it was measured; told after the report. */
        default List<String> problems(Options options, Figures figures) {
            return List.of();
        }
    }
}
