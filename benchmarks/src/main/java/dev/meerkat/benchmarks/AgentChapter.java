package dev.meerkat.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs {@link AgentDriver} and {@link AgentSessionsDriver}. */
final class AgentChapter implements Chapter.Measurement {
    private static final List<Integer> LENGTHS = List.of(1, 10, 100);
    private static final int DEFAULT_RUNNING = 256;
    private static final Map<String, String> SIDES = new LinkedHashMap<>();

    static {
        SIDES.put("ai-services", "LangChain4j `AiServices`");
        SIDES.put("ai-services-limited", "the same, its tool on a thread of its own, with a time limit");
        SIDES.put("session", "turn of a session, `ChatAgent`");
        SIDES.put("session-langchain4j", "turn of a session, on LangChain4j's model and tool");
        SIDES.put("loop", "`ChatAgent` alone, no runtime");
        SIDES.put("bare-session", "turn of a session, agent without model or tool");
        SIDES.put("hand-off", "hand-off");
    }

    @Override
    public void measure(Options options, int round, Figures figures) throws Exception {
        for (int length : lengths(options)) {
            Arguments turns = Arguments.of("length", length)
                    .with("warmup", options.quick() ? 5 : 10_000 / length)
                    .with("measured", options.quick() ? 5 : 20_000 / length);
            Child.run(options, "2g", "AgentDriver", turns, figures);
        }
        for (int running : running(options)) {
            Arguments sessions = Arguments.of("sessions", sessions(options))
                    .with("running", running)
                    .with("millis", 1_000);
            Child.run(options, "2g", "AgentSessionsDriver", sessions, figures);
        }
    }

    private static List<Integer> lengths(Options options) {
        return options.quick() ? List.of(10) : LENGTHS;
    }

    private static int sessions(Options options) {
        return options.quick() ? 200 : 10_000;
    }

    private static List<Integer> running(Options options) {
        return options.quick() ? List.of(DEFAULT_RUNNING) : List.of(DEFAULT_RUNNING, sessions(options));
    }

    @Override
    public void report(Options options, Figures figures, Markdown out) {
        out.heading("Turns of chat agents");
        out.paragraph("""
                Microseconds of one turn on a model that takes no time, stored in memory, one turn in flight: the model asks
                for a tool, the tool answers, the model answers. All sides take turns in one process, a conversation each; model
                and tool do the same on all sides, two calls of the one and one of the other. Aims: at most 50 µs, and 1.0× of
                `AiServices`. The sides do not do the same work:

                - `AiServices` does all in the thread that calls it, with a model that answers as a whole. It keeps the messages
                  in a memory per conversation of which nothing is cut, and gives a tool no time limit. *Its tool on a thread of
                  its own* has one, as each tool of `ChatAgent` has, so that one which does not end is left behind.
                - `ChatAgent` alone has a list in place of a session. It takes the model's answer in pieces, counts its budgets,
                  and runs the tool on a thread of its own with a time limit.
                - A turn of a session is all from `startTurn` on a plain thread to its outcome there. Beside the agent's work
                  it stores the prompt, the start of the turn, the model's step before the tool runs, the tool's result, and
                  the answer: five writes, with 6 events for readers, so that another process could go on from each of them. The
                  turn runs on a thread of its own, so that its caller may leave and others may steer or interrupt it.
                - *Hand-off* is to a thread of a pool and back: a turn of a session has one, and a tool on a thread of its own
                  another.
                """);
        for (int length : lengths(options)) {
            out.table(
                    "turns of a conversation: " + length,
                    "p50",
                    "p99",
                    "mean",
                    "p50 / AiServices",
                    "mean / AiServices",
                    "processor time each");
            String base = "agent/" + length + "/ai-services/";
            SIDES.forEach((side, title) -> {
                String at = "agent/" + length + "/" + side + "/";
                out.row(
                        title,
                        Markdown.cell(figures, at + "p50"),
                        Markdown.cell(figures, at + "p99"),
                        Markdown.cell(figures, at + "mean"),
                        Markdown.ratio(figures, at + "p50", base + "p50"),
                        Markdown.ratio(figures, at + "mean", base + "mean"),
                        Markdown.cell(figures, at + "cpu"));
            });
            out.line();
        }
        sessions(options, figures, out);
    }

    private static void sessions(Options options, Figures figures, Markdown out) {
        out.paragraph("""
                Keep-alive sessions of one runtime, each of which gets a prompt from one of 8 threads, on a model that answers after
                1 s and holds no thread meanwhile. *Running* is `turns.running`, 256 by default: so many turns run at once, on a
                thread each. Seconds until all have answered; most threads of the process; MiB of heap, at most and after full
                collections, and of resident memory.
                """);
        out.table(
                "sessions, running",
                "answered",
                "all started, s",
                "all answered, s",
                "calls at once",
                "threads before",
                "threads, most",
                "heap, most",
                "heap in use before",
                "heap in use after",
                "resident before",
                "resident, most",
                "processor time each, µs");
        for (int running : running(options)) {
            String at = "agents/" + running + "/";
            out.row(
                    Markdown.number(sessions(options)) + ", " + Markdown.number(running),
                    Markdown.cell(figures, at + "answered"),
                    Markdown.cell(figures, at + "started"),
                    Markdown.cell(figures, at + "seconds"),
                    Markdown.cell(figures, at + "at-once"),
                    Markdown.cell(figures, at + "threads-before"),
                    Markdown.cell(figures, at + "threads"),
                    Markdown.cell(figures, at + "heap-peak"),
                    Markdown.cell(figures, at + "heap-before"),
                    Markdown.cell(figures, at + "heap-after"),
                    Markdown.cell(figures, at + "resident-before"),
                    Markdown.cell(figures, at + "resident"),
                    Markdown.cell(figures, at + "cpu"));
        }
        out.line();
    }
}
