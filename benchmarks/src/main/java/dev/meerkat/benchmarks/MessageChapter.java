package dev.meerkat.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs {@link MessageBenchmark}. */
final class MessageChapter implements Chapter.Measurement {
    private static final List<String> SYSTEMS =
            List.of("meerkat", "pekko-client", "meerkat-pool", "meerkat-turn", "pekko-actor", "pekko-tell");

    private static final List<String> SHAPES = List.of("pairs", "hot");

    @Override
    public void measure(Options options, int round, Figures figures) throws Exception {
        List<String> systems = new ArrayList<>(SYSTEMS);
        if (round % 2 == 1) {
            Collections.reverse(systems);
        }
        for (String shape : SHAPES) {
            for (String clients : clients(options)) {
                for (String system : systems) {
                    if (system.equals("meerkat-turn") && shape.equals("hot")) {
                        // A turn would send more at once than the receiver's lane has room for.
                        continue;
                    }
                    run(options, round, shape, clients, system, figures);
                }
            }
        }
    }

    /** Measures one system in one shape, as {@code messages/...}. */
    static void run(Options options, int round, String shape, String clients, String system, Figures figures)
            throws Exception {
        String file = String.join("-", "messages", shape, clients, system, Integer.toString(round));
        List<String> jvm = new ArrayList<>(List.of("-Xms2g", "-Xmx2g"));
        Path recording = null;
        if (options.profile() != null) {
            Files.createDirectories(options.profile());
            recording = options.profile().resolve(file + ".jfr");
            jvm.addAll(HotSpots.recordInto(recording));
        }
        // In a process of its own for figures; in this one, faster, to prove that it works.
        boolean inside = options.quick() && recording == null;
        ChainedOptionsBuilder jmh = new OptionsBuilder()
                .include(MessageBenchmark.class.getName() + ".batch")
                .forks(inside ? 0 : 1)
                .param("shape", shape)
                .param("clients", clients)
                .param("system", system)
                .warmupIterations(options.quick() ? 1 : 4)
                .warmupTime(TimeValue.milliseconds(options.quick() ? 200 : 700))
                .measurementIterations(options.quick() ? 2 : 5)
                .measurementTime(TimeValue.milliseconds(options.quick() ? 200 : 700))
                .jvmArgs(jvm.toArray(String[]::new))
                .shouldFailOnError(true)
                .output(options.data().resolve(file + ".log").toString());
        for (RunResult result : new Runner(jmh.build()).run()) {
            String name = at(shape, clients) + system;
            figures.add(name, medianOf(result));
            figures.add(name + "/refused", 100 * perMessage(result, "refused"));
            figures.add(name + "/cpu", perMessage(result, "cpuNanos") / 1e3);
        }
        if (recording != null) {
            System.err.println(HotSpots.of(recording));
        }
    }

    private static List<String> clients(Options options) {
        return options.quick() ? List.of("2") : List.of("2", "8");
    }

    private static double medianOf(RunResult result) {
        return Figures.median(result.getAggregatedResult().getIterationResults().stream()
                .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
                .toArray());
    }

    /** A counter over all measured iterations, per message. */
    private static double perMessage(RunResult result, String counter) {
        double count = 0;
        double messages = 0;
        for (IterationResult iteration : result.getAggregatedResult().getIterationResults()) {
            count += Objects.requireNonNull(iteration.getSecondaryResults().get(counter))
                    .getScore();
            messages += iteration.getMetadata().getMeasuredOps();
        }
        return messages == 0 ? 0 : count / messages;
    }

    @Override
    public void report(Options options, Figures figures, Markdown out) {
        out.heading("Peer messages");
        out.paragraph("""
                Messages per second, counted when a turn of the receiver has consumed them, each once and in the order
                of its sender. Bodies are 64 bytes, receivers wait for at most %,d messages and keep the newest %d.
                *Meerkat* is `session.send` from plain threads on a store in memory, each send acknowledged before the
                next; *pool* the same with turns on a fork-join pool of one worker per processor instead of the default
                threads; *turns* lets turns of the senders send them, one turn for each batch of a sender, whose messages
                leave when its step is stored. *Pekko, client* is the same shape on typed actors: plain threads, a bounded
                mailbox, each send acknowledged before the thread's next. *Pekko, actor* lets sending actors do it, one message
                unacknowledged per sender, so that no thread waits. *Pekko, tell* is unacknowledged and unbounded.
                Aims: at least 1.0× for pairs and 1.3× for the hot receiver.
                """.formatted(MessageSystem.BOUND, MessageSystem.KEPT));
        rates(options, figures, out);
        out.paragraph("""
                Microseconds of processor time per message, of both sides and all threads of the process together. Other
                load on the machine changes this less than the rates.
                """);
        out.table("shape, sending threads", "Meerkat", "pool", "turns", "Pekko, client", "Pekko, actor", "Pekko, tell");
        for (String shape : SHAPES) {
            for (String clients : clients(options)) {
                String at = at(shape, clients);
                out.row(
                        title(shape, clients),
                        Markdown.cell(figures, at + "meerkat/cpu"),
                        Markdown.cell(figures, at + "meerkat-pool/cpu"),
                        Markdown.cell(figures, at + "meerkat-turn/cpu"),
                        Markdown.cell(figures, at + "pekko-client/cpu"),
                        Markdown.cell(figures, at + "pekko-actor/cpu"),
                        Markdown.cell(figures, at + "pekko-tell/cpu"));
            }
        }
        out.line();
    }

    private static void rates(Options options, Figures figures, Markdown out) {
        out.table(
                "shape, sending threads",
                "Meerkat",
                "pool",
                "turns",
                "Pekko, client",
                "Pekko, actor",
                "Pekko, tell",
                "Meerkat / client",
                "Meerkat / actor",
                "turns / actor",
                "pool / client",
                "pool / actor",
                "Meerkat refused and retried, %");
        for (String shape : SHAPES) {
            for (String clients : clients(options)) {
                String at = at(shape, clients);
                out.row(
                        title(shape, clients),
                        Markdown.cell(figures, at + "meerkat"),
                        Markdown.cell(figures, at + "meerkat-pool"),
                        Markdown.cell(figures, at + "meerkat-turn"),
                        Markdown.cell(figures, at + "pekko-client"),
                        Markdown.cell(figures, at + "pekko-actor"),
                        Markdown.cell(figures, at + "pekko-tell"),
                        Markdown.ratio(figures, at + "meerkat", at + "pekko-client"),
                        Markdown.ratio(figures, at + "meerkat", at + "pekko-actor"),
                        Markdown.ratio(figures, at + "meerkat-turn", at + "pekko-actor"),
                        Markdown.ratio(figures, at + "meerkat-pool", at + "pekko-client"),
                        Markdown.ratio(figures, at + "meerkat-pool", at + "pekko-actor"),
                        Markdown.plain(figures, at + "meerkat/refused"));
            }
        }
        out.line();
    }

    static String at(String shape, String clients) {
        return "messages/" + shape + "/" + clients + "/";
    }

    private static String title(String shape, String clients) {
        return shape.equals("pairs")
                ? MessageBenchmark.PAIRS + " pairs, " + clients
                : MessageBenchmark.HOT_SENDERS + " senders to one, " + clients;
    }
}
