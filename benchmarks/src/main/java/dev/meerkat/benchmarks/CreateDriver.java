package dev.meerkat.benchmarks;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.store.MemoryStore;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Microseconds to create one session or one actor, on one thread. Arguments: system, warmup,
 * measured.
 *
 * <p>{@code call} is how long the call takes; {@code each} is the whole time, until the first turn of
 * each session has ended or each actor has taken its first message, divided by their number.
 */
final class CreateDriver {
    private CreateDriver() {}

    static void run(Arguments arguments, Figures figures) throws Exception {
        String system = arguments.text("system");
        int warmup = arguments.number("warmup");
        int measured = arguments.number("measured");
        switch (system) {
            case "pekko" -> pekko(warmup, measured, figures);
            case "deferred" -> deferred(warmup, measured, figures);
            case "started" -> started(warmup, measured, figures);
            default -> throw new IllegalArgumentException("no system is named " + system);
        }
    }

    private static void deferred(int warmup, int measured, Figures figures) throws Exception {
        try (Meerkat meerkat = MeerkatRuntime.of(turn -> "Ready.")
                .store(MemoryStore.create())
                .limits(RuntimeLimits.defaults().withSessions(warmup + measured))
                .open()) {
            create(meerkat, 0, warmup, true);
            report("deferred", create(meerkat, warmup, measured, true), figures);
        }
    }

    private static void started(int warmup, int measured, Figures figures) throws Exception {
        CountDownLatch[] turns = {new CountDownLatch(warmup), new CountDownLatch(warmup + measured)};
        try (Meerkat meerkat = MeerkatRuntime.of(turn -> {
                    turns[0].countDown();
                    turns[1].countDown();
                    return "Ready.";
                })
                .store(MemoryStore.create())
                .limits(RuntimeLimits.defaults().withSessions(warmup + measured))
                .open()) {
            create(meerkat, 0, warmup, false);
            expect(turns[0]);
            long start = System.nanoTime();
            Histogram calls = create(meerkat, warmup, measured, false);
            expect(turns[1]);
            figures.add("create/started/each", (System.nanoTime() - start) / 1e3 / measured);
            report("started", calls, figures);
        }
    }

    private static Histogram create(Meerkat meerkat, int from, int count, boolean deferred)
            throws InterruptedException {
        Histogram histogram = histogram();
        for (int i = from; i < from + count; i++) {
            SessionSpec spec = SessionSpec.ofPrompt("You are a worker.").withKeepAliveAs("session-" + i);
            long start = System.nanoTime();
            meerkat.create(deferred ? spec.withDeferredStart() : spec);
            histogram.recordValue(System.nanoTime() - start);
        }
        return histogram;
    }

    private static void pekko(int warmup, int measured, Figures figures) throws Exception {
        CountDownLatch[] ready = {new CountDownLatch(warmup), new CountDownLatch(measured)};
        Histogram[] calls = {histogram(), histogram()};
        Behavior<Integer> parent = Behaviors.setup(context -> Behaviors.receiveMessage(step -> {
            String prefix = "actor-" + step + "-";
            for (int i = 0; i < (step == 0 ? warmup : measured); i++) {
                long start = System.nanoTime();
                ActorRef<MemoryDriver.Prompt> actor = context.spawn(MemoryDriver.idle(prefix + i), prefix + i);
                calls[step].recordValue(System.nanoTime() - start);
                actor.tell(new MemoryDriver.Prompt("You are a worker.", ready[step]));
            }
            return Behaviors.same();
        }));
        try (Pekko<ActorRef<Integer>> pekko = Pekko.open(context -> context.spawn(parent, "parent"))) {
            pekko.actors().tell(0);
            expect(ready[0]);
            long start = System.nanoTime();
            pekko.actors().tell(1);
            expect(ready[1]);
            figures.add("create/pekko/each", (System.nanoTime() - start) / 1e3 / measured);
            report("pekko", calls[1], figures);
        }
    }

    private static Histogram histogram() {
        return new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
    }

    private static void report(String system, Histogram calls, Figures figures) {
        figures.add("create/" + system + "/call-p50", calls.getValueAtPercentile(50) / 1e3);
        figures.add("create/" + system + "/call-p99", calls.getValueAtPercentile(99) / 1e3);
        figures.add("create/" + system + "/call-mean", calls.getMean() / 1e3);
    }

    private static void expect(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException("missing first turns: " + latch.getCount());
        }
    }
}
