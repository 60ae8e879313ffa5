package dev.meerkat.benchmarks;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Many sessions that answer at once with a model that takes its time; fails if an answer is missing. Arguments: sessions,
 * running (turns that may run at once), millis (of the model).
 */
final class AgentSessionsDriver {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int PROMPTERS = 8;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private AgentSessionsDriver() {}

    static void run(Arguments arguments, Figures figures) throws Exception {
        int running = arguments.number("running");
        RuntimeLimits limits = RuntimeLimits.defaults()
                .withTurns(new RuntimeLimits.Turns(running, 1_024, Optional.of(Duration.ofHours(1))));
        try (SlowModel model = new SlowModel(arguments.number("millis"));
                Meerkat meerkat =
                        MeerkatRuntime.of(ChatAgent.of(model)).limits(limits).open()) {
            answerAll(sessions(meerkat, arguments.number("sessions")), "agents/" + running, figures);
            figures.add("agents/" + running + "/at-once", model.most());
        }
    }

    private static List<Session> sessions(Meerkat meerkat, int count) throws InterruptedException {
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sessions.add(meerkat.create(SessionSpec.ofPrompt("Begin.")
                    .withSystemPrompt(Prices.SYSTEM_PROMPT)
                    .withKeepAliveAs("seller-" + i)
                    .withDeferredStart()));
        }
        return sessions;
    }

    private static void answerAll(List<Session> sessions, String name, Figures figures) throws Exception {
        long heap = Heap.used();
        pools().forEach(MemoryPoolMXBean::resetPeakUsage);
        figures.add(
                name + "/resident-before",
                mebi(ProcessMemory.resident(ProcessHandle.current().pid())));
        figures.add(name + "/threads-before", THREADS.getThreadCount());
        THREADS.resetPeakThreadCount();
        long cpu = Machine.cpuNanos();
        long start = System.nanoTime();
        List<Turn> turns = prompt(sessions);
        figures.add(name + "/started", (System.nanoTime() - start) / 1e9);
        int answered = 0;
        for (Turn turn : turns) {
            Optional<TurnOutcome> outcome = turn.await(PATIENCE);
            if (outcome.orElse(null) instanceof TurnOutcome.Completed completed) {
                Prices.check(completed.text());
                answered++;
            } else {
                throw new IllegalStateException(answered + " answered, and then " + outcome);
            }
        }
        figures.add(name + "/seconds", (System.nanoTime() - start) / 1e9);
        figures.add(name + "/cpu", (Machine.cpuNanos() - cpu) / 1e3 / sessions.size());
        figures.add(name + "/answered", answered);
        figures.add(name + "/threads", THREADS.getPeakThreadCount());
        figures.add(
                name + "/resident",
                mebi(ProcessMemory.mostResident(ProcessHandle.current().pid())));
        figures.add(
                name + "/heap-peak",
                mebi(pools().stream()
                        .mapToLong(pool -> pool.getPeakUsage().getUsed())
                        .sum()));
        figures.add(name + "/heap-before", mebi(heap));
        figures.add(name + "/heap-after", mebi(Heap.used()));
    }

    /** From several threads: one alone would wait for the start of each thread of a turn. */
    private static List<Turn> prompt(List<Session> sessions) throws Exception {
        ExecutorService prompters = Executors.newFixedThreadPool(PROMPTERS);
        try {
            List<Future<Turn>> prompted = new ArrayList<>();
            for (Session session : sessions) {
                prompted.add(prompters.submit(() -> session.startTurn(Prices.QUESTION)));
            }
            List<Turn> turns = new ArrayList<>();
            for (Future<Turn> turn : prompted) {
                turns.add(turn.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            }
            return turns;
        } finally {
            prompters.shutdownNow();
        }
    }

    private static List<MemoryPoolMXBean> pools() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
    }

    private static double mebi(long bytes) {
        return bytes / (double) (1 << 20);
    }
}
