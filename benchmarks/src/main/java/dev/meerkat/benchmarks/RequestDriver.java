package dev.meerkat.benchmarks;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.core.store.MemoryStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.MailboxSelector;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Requests of one plain thread, one in flight. Arguments: system, warmup, measured. */
final class RequestDriver {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private RequestDriver() {}

    /** Asks once and waits for the answer. */
    @FunctionalInterface
    private interface Call {
        void once() throws Exception;
    }

    static void run(Arguments arguments, Figures figures) throws Exception {
        switch (arguments.text("system")) {
            case "hand-off" -> handOff(arguments, figures);
            case "pekko-ask" -> pekko(arguments, figures);
            default -> meerkat(arguments, figures);
        }
    }

    /** To another thread and back, with nothing to do there: what waiting for another thread costs at least. */
    private static void handOff(Arguments arguments, Figures figures) throws Exception {
        ForkJoinPool pool = new ForkJoinPool(Runtime.getRuntime().availableProcessors());
        try {
            measure(arguments, figures, () -> {
                CompletableFuture<String> answer = new CompletableFuture<>();
                pool.execute(() -> answer.complete("ok"));
                answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            });
        } finally {
            pool.shutdownNow();
        }
    }

    private static void measure(Arguments arguments, Figures figures, Call call) throws Exception {
        for (int i = 0; i < arguments.number("warmup"); i++) {
            call.once();
        }
        Histogram histogram = new Histogram(TimeUnit.SECONDS.toNanos(20), 3);
        long cpu = Machine.cpuNanos();
        for (int i = 0; i < arguments.number("measured"); i++) {
            long start = System.nanoTime();
            call.once();
            histogram.recordValue(System.nanoTime() - start);
        }
        String name = "requests/" + arguments.text("system");
        figures.add(name + "/cpu", (Machine.cpuNanos() - cpu) / 1e3 / arguments.number("measured"));
        figures.add(name + "/p50", histogram.getValueAtPercentile(50) / 1e3);
        figures.add(name + "/p99", histogram.getValueAtPercentile(99) / 1e3);
        figures.add(name + "/p99.9", histogram.getValueAtPercentile(99.9) / 1e3);
        figures.add(name + "/mean", histogram.getMean() / 1e3);
    }

    private static void meerkat(Arguments arguments, Figures figures) throws Exception {
        try (Runtimes runtime = Runtimes.open(
                arguments.text("system"),
                RequestDriver::answer,
                MemoryStore.retaining(MessageSystem.KEPT),
                Runtimes.limits())) {
            runtime.meerkat()
                    .create(SessionSpec.ofPrompt("Answer requests.")
                            .withKeepAliveAs("answers")
                            .withDeferredStart());
            Session asker = runtime.meerkat()
                    .create(SessionSpec.ofPrompt("Ask.").withKeepAliveAs("asks").withDeferredStart());
            CommsCommand.PeerRequest request = CommsCommand.PeerRequest.to("answers", "echo", Json.EMPTY_OBJECT);
            measure(arguments, figures, () -> {
                if (asker.request(request).await(PATIENCE).isEmpty()) {
                    throw new IllegalStateException("no reply");
                }
            });
        }
    }

    private static String answer(TurnContext turn) {
        for (AdmittedInput input : turn.inputs()) {
            if (input.body() instanceof InputBody.PeerRequest) {
                turn.comms().respond(input, Json.EMPTY_OBJECT);
            }
        }
        return "ok";
    }

    private record Question(String body, ActorRef<String> replyTo) {}

    private static void pekko(Arguments arguments, Figures figures) throws Exception {
        Behavior<Question> answers = Behaviors.receiveMessage(question -> {
            question.replyTo().tell(question.body());
            return Behaviors.same();
        });
        try (Pekko<ActorRef<Question>> pekko = Pekko.open(
                context -> context.spawn(answers, "answers", MailboxSelector.bounded(MessageSystem.BOUND)))) {
            measure(arguments, figures, () -> {
                CompletionStage<String> answer = AskPattern.ask(
                        pekko.actors(),
                        replyTo -> new Question("{}", replyTo),
                        PATIENCE,
                        pekko.system().scheduler());
                answer.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            });
        }
    }
}
