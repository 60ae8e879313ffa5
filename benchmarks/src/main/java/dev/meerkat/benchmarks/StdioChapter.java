package dev.meerkat.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Runs {@link StdioDriver}. */
final class StdioChapter implements Chapter.Measurement {
    private static final List<Integer> IN_FLIGHT = List.of(1, 16, 64);

    @Override
    public void measure(Options options, int round, Figures figures) throws Exception {
        List<StdioProgram> programs = new ArrayList<>(StdioProgram.installed());
        for (int i = 0; i < programs.size(); i++) {
            StdioProgram program = programs.get(round % 2 == 0 ? i : programs.size() - 1 - i);
            boolean ours = program.name().equals(StdioProgram.MEERKAT);
            for (int inFlight : IN_FLIGHT) {
                Arguments arguments = of(program, options, "events").with("in-flight", inFlight);
                Child.run(
                        options,
                        "1g",
                        "StdioDriver",
                        arguments.with("count", events(options, ours, inFlight)),
                        figures);
            }
            Arguments sessions = of(program, options, "sessions");
            int count = options.quick() ? ours ? 200 : 4 : ours ? 20_000 : 60;
            Child.run(options, "1g", "StdioDriver", sessions.with("count", count), figures);
        }
        for (int inFlight : IN_FLIGHT) {
            Arguments raw = Arguments.of("warmup", options.quick() ? 100 : 1_000)
                    .with("measured", options.quick() ? 100 : 3_000)
                    .with("system", "raw")
                    .with("producers", inFlight)
                    .with("data", options.data())
                    .with("environment", DurableDriver.PLAIN);
            Child.run(options, "1g", "DurableDriver", raw, figures);
        }
    }

    private static Arguments of(StdioProgram program, Options options, String task) {
        return Arguments.of("program", program.name()).with("task", task).with("data", options.data());
    }

    private static int events(Options options, boolean ours, int inFlight) {
        if (options.quick()) {
            return ours ? 500 : 20;
        }
        return ours ? inFlight == 1 ? 20_000 : 100_000 : inFlight == 1 ? 300 : 800;
    }

    @Override
    public void report(Options options, Figures figures, Markdown out) {
        out.heading("JSON-RPC over stdio");
        out.paragraph("""
                `meerkat-rpc` of this repository, as it is packaged, and `rkat-rpc` 0.9.8 where it is installed, each started
                with a new SQLite realm and given the same lines through pipes by one thread, which writes the next request
                when an answer comes. Events are `session/external_event` with %d bytes of payload, durable when answered, to
                %d sessions without `keep_alive`, where they wait; *begin* and *end* are the rates of the first and the last
                tenth. *Raw log* is that of *Durable external events*, one producer for each event in flight. Aims: 80× one
                at a time, 300× with 64 in flight, flat as events wait.
                """.formatted(DurableDriver.PAYLOAD_BYTES, StdioDriver.SESSIONS));
        out.table(
                "program, in flight",
                "events",
                "acknowledged/s",
                "p50 µs",
                "p99 µs",
                "begin/s",
                "end/s",
                "rate / rkat-rpc");
        for (int inFlight : IN_FLIGHT) {
            for (StdioProgram program : StdioProgram.installed()) {
                String at = "stdio/" + program.name() + "/" + inFlight;
                out.row(
                        program.title() + ", " + inFlight,
                        Markdown.plain(figures, at + "/events"),
                        Markdown.cell(figures, at + "/rate"),
                        Markdown.cell(figures, at + "/p50"),
                        Markdown.cell(figures, at + "/p99"),
                        Markdown.cell(figures, at + "/begin"),
                        Markdown.cell(figures, at + "/end"),
                        Markdown.ratio(figures, at + "/rate", "stdio/" + StdioProgram.RKAT + "/" + inFlight + "/rate"));
            }
            if (figures.has("durable/raw/" + inFlight + "/rate")) {
                String raw = "durable/raw/" + inFlight;
                String base = "stdio/" + StdioProgram.RKAT + "/" + inFlight + "/rate";
                out.row(
                        "raw log, " + inFlight,
                        "-",
                        Markdown.cell(figures, raw + "/rate"),
                        Markdown.cell(figures, raw + "/p50"),
                        Markdown.cell(figures, raw + "/p99"),
                        "-",
                        "-",
                        Markdown.ratio(figures, raw + "/rate", base));
            }
        }
        out.line();
        out.paragraph("""
                Milliseconds from the start of the process to the answer to `initialize`, the median of several starts; and
                keep-alive sessions with a first turn, created one at a time: milliseconds each, and bytes by which the
                resident memory of the process grew for each. Aims: 400 ms, and 1/100 of the memory.
                """);
        out.table("program", "initialize ms", "sessions", "create ms each", "resident B each");
        for (StdioProgram program : StdioProgram.installed()) {
            String at = "stdio/" + program.name() + "/";
            out.row(
                    program.title(),
                    Markdown.cell(figures, at + "initialize"),
                    Markdown.plain(figures, at + "sessions"),
                    Markdown.cell(figures, at + "create"),
                    Markdown.cell(figures, at + "resident"));
        }
        out.line();
    }
}
