package dev.meerkat.benchmarks;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.store.MemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Heap that stays in use per idle session and per idle actor. Arguments: system, count.
 *
 * <p>What only the runtime holds is what becomes free when the runtime is closed and its store is
 * kept; the rest is the store with the sessions' metadata, transcripts and events.
 */
final class MemoryDriver {
    private static final int WARMUP = 1_000;
    private static final int AT_A_TIME = 1_000;
    private static final int ROWS = 30;

    private MemoryDriver() {}

    static void run(Arguments arguments, Figures figures) throws Exception {
        if (arguments.text("system").equals("pekko")) {
            pekko(arguments.number("count"), figures);
        } else {
            meerkat(arguments.number("count"), figures);
        }
    }

    private static void meerkat(int count, Figures figures) throws Exception {
        MemoryStore store = MemoryStore.create();
        long empty;
        long full;
        Map<String, Long> classes;
        Map<String, Long> all;
        try (Meerkat meerkat = MeerkatRuntime.of(turn -> "Ready.")
                .store(store)
                .limits(RuntimeLimits.defaults().withSessions(count + WARMUP))
                .open()) {
            create(meerkat, "warm-", WARMUP);
            empty = Heap.used();
            classes = Heap.histogram();
            create(meerkat, "session-", count);
            full = Heap.used();
            all = Heap.histogram();
        }
        String name = "memory/meerkat/" + count;
        long stored = Heap.used();
        Map<String, Long> kept = Heap.histogram();
        // The sessions of the warm-up were in the runtime before, and are not now.
        double runtime = (full - stored) / (double) (count + WARMUP);
        double total = (full - empty) / (double) count;
        figures.add(name + "/total", total);
        figures.add(name + "/runtime", runtime);
        figures.add(name + "/store", total - runtime);
        figures.add(name + "/internal", internal(Heap.growth(classes, all, count)));
        print("held by the runtime alone, B per session", Heap.growth(kept, all, count + WARMUP));
        print("all, B per session", Heap.growth(classes, all, count));
        store.close();
    }

    private static double internal(Map<String, Double> growth) {
        return growth.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("dev.meerkat.core.internal."))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    private static void create(Meerkat meerkat, String prefix, int count) throws InterruptedException {
        for (int from = 0; from < count; from += AT_A_TIME) {
            List<Session> sessions = new ArrayList<>();
            for (int i = from; i < Math.min(count, from + AT_A_TIME); i++) {
                sessions.add(
                        meerkat.create(SessionSpec.ofPrompt("You are a worker.").withKeepAliveAs(prefix + i)));
            }
            for (Session session : sessions) {
                if (session.initialTurn()
                        .orElseThrow()
                        .await(Duration.ofMinutes(1))
                        .isEmpty()) {
                    throw new IllegalStateException("no first turn of " + session.id());
                }
            }
        }
    }

    private static void print(String title, Map<String, Double> growth) {
        System.out.println(title);
        growth.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
                .limit(ROWS)
                .forEach(entry -> System.out.println("  " + Markdown.number(entry.getValue()) + " " + entry.getKey()));
    }

    /** A message that an actor keeps until it gets the next. */
    record Prompt(String text, CountDownLatch taken) {}

    /** An actor with what a session's metadata would be at least: its name and its last message. */
    static Behavior<Prompt> idle(String name) {
        return Behaviors.setup(context -> new Idle(context, name).behavior());
    }

    private static final class Idle {
        private final ActorContext<Prompt> context;
        private final String name;
        private String last = "";

        Idle(ActorContext<Prompt> context, String name) {
            this.context = context;
            this.name = name;
        }

        Behavior<Prompt> behavior() {
            return Behaviors.receiveMessage(prompt -> {
                last = prompt.text();
                prompt.taken().countDown();
                return Behaviors.same();
            });
        }

        @Override
        public String toString() {
            return name + last + context;
        }
    }

    private static void pekko(int count, Figures figures) throws Exception {
        CountDownLatch[] ready = {new CountDownLatch(WARMUP), new CountDownLatch(count)};
        Behavior<Integer> parent = Behaviors.setup(context -> Behaviors.receiveMessage(step -> {
            String prefix = step == 0 ? "warm-" : "actor-";
            for (int i = 0; i < (step == 0 ? WARMUP : count); i++) {
                context.spawn(idle(prefix + i), prefix + i).tell(new Prompt("You are a worker.", ready[step]));
            }
            return Behaviors.same();
        }));
        try (Pekko<ActorRef<Integer>> pekko = Pekko.open(context -> context.spawn(parent, "parent"))) {
            pekko.actors().tell(0);
            expect(ready[0]);
            long empty = Heap.used();
            Map<String, Long> classes = Heap.histogram();
            pekko.actors().tell(1);
            expect(ready[1]);
            figures.add("memory/pekko/" + count + "/total", (Heap.used() - empty) / (double) count);
            print("all, B per actor", Heap.growth(classes, Heap.histogram(), count));
            Runtime.getRuntime().halt(finish(figures));
        }
    }

    /** Ends the process without stopping a million actors one by one. */
    private static int finish(Figures figures) {
        figures.print();
        System.out.flush();
        return 0;
    }

    private static void expect(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException("actors do not answer: " + latch.getCount());
        }
    }
}
