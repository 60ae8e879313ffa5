package dev.meerkat.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What it costs when telemetry listens: messages and durable events, with nobody, Micrometer and OpenTelemetry. */
final class TelemetryChapter implements Chapter.Measurement {
    private static final List<String> ENVIRONMENTS =
            List.of(DurableDriver.PLAIN, "meerkat-micrometer", "meerkat-opentelemetry");
    private static final List<String> DURABLE = List.of("events-64", "consumed-64");
    private static final int PRODUCERS = 64;
    private static final int CLIENTS = 2;

    @Override
    public void measure(Options options, int round, Figures figures) throws Exception {
        List<String> environments = new ArrayList<>(ENVIRONMENTS);
        if (round % 2 == 1) {
            Collections.reverse(environments);
        }
        for (String environment : environments) {
            MessageChapter.run(options, round, "pairs", Integer.toString(CLIENTS), environment, figures);
            MessageChapter.run(options, round, "hot", Integer.toString(CLIENTS), environment, figures);
        }
        for (String system : DURABLE) {
            for (String environment : environments) {
                Arguments arguments = Arguments.of("system", system)
                        .with("producers", PRODUCERS)
                        .with("warmup", options.quick() ? 300 : 1_500)
                        .with("measured", options.quick() ? 300 : 2_500)
                        .with("data", options.data())
                        .with("environment", environment);
                Child.run(options, "2g", "DurableDriver", arguments, figures);
            }
        }
    }

    @Override
    public void report(Options options, Figures figures, Markdown out) {
        out.heading("Telemetry");
        out.paragraph("""
                The same as in the chapters on messages and on durable events, while somebody listens: *Micrometer* with its simple
                registry, *OpenTelemetry* with its SDK, which makes every span and gathers it in batches that are dropped where they
                would leave the process. An agent of these turns does nothing, so this is the most that it can cost.
                """);
        out.table("", "nobody", "Micrometer", "OpenTelemetry", "Micrometer / nobody", "OpenTelemetry / nobody");
        for (String shape : List.of("pairs", "hot")) {
            String title = (shape.equals("pairs") ? "256 pairs" : "8 senders to one") + ", " + CLIENTS + " threads";
            row(figures, out, title + ": messages/s", shape, "");
            row(figures, out, title + ": processor time, µs each", shape, "/cpu");
        }
        for (String system : DURABLE) {
            List<String> names = ENVIRONMENTS.stream()
                    .map(environment -> DurableDriver.name(environment, system, PRODUCERS) + "/rate")
                    .toList();
            String title = system.startsWith("events") ? "durable events that wait" : "durable events, turns consume";
            row(figures, out, title + ", " + PRODUCERS + " producers: acknowledged/s", names);
        }
        out.line();
    }

    private static void row(Figures figures, Markdown out, String title, String shape, String figure) {
        row(
                figures,
                out,
                title,
                ENVIRONMENTS.stream()
                        .map(environment -> MessageChapter.at(shape, Integer.toString(CLIENTS)) + environment + figure)
                        .toList());
    }

    private static void row(Figures figures, Markdown out, String title, List<String> names) {
        out.row(
                title,
                Markdown.cell(figures, names.get(0)),
                Markdown.cell(figures, names.get(1)),
                Markdown.cell(figures, names.get(2)),
                Markdown.ratio(figures, names.get(1), names.get(0)),
                Markdown.ratio(figures, names.get(2), names.get(0)));
    }
}
