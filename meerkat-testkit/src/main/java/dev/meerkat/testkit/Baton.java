package dev.meerkat.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Who may run: the state of a {@link SerialTurnExecutor}, confined to its lock.
 *
 * <p>Waits that are over are looked for only when the baton changes hands or a task is added, and in
 * order of making; when a thread really wakes makes no difference. So the order of runnable tasks
 * depends on what tasks do, not on the machine.
 */
final class Baton {
    private static final int UNLIMITED = Integer.MAX_VALUE;

    private final IntUnaryOperator pick;

    /** All that have not ended, in order of their making. */
    private final List<SerialWorker> alive = new ArrayList<>();

    /** Who may be given the baton, in the order in which that became known. */
    private final List<SerialWorker> runnable = new ArrayList<>();

    private @Nullable SerialWorker holder;
    private boolean held;
    private int permits;

    Baton(IntUnaryOperator pick) {
        this.pick = pick;
    }

    void add(SerialWorker worker) {
        alive.add(worker);
        sweep();
        runnable.add(worker);
        pass();
    }

    /** Adds one that is not part of the order. */
    void addFree(SerialWorker worker) {
        alive.add(worker);
        worker.free();
    }

    void addAbandoned(SerialWorker worker) {
        alive.add(worker);
        worker.abandon();
    }

    void remove(SerialWorker worker) {
        alive.remove(worker);
        giveAway(worker);
    }

    /** The worker waits or has ended; does nothing but look on if it does not hold the baton. */
    void giveAway(SerialWorker worker) {
        if (holder == worker) {
            holder = null;
        }
        pass();
    }

    /** Gives the baton to the next one, if it is free and somebody may have it. */
    void pass() {
        if (holder != null) {
            return;
        }
        sweep();
        if (runnable.isEmpty() || (held && permits == 0)) {
            return;
        }
        if (held && permits != UNLIMITED) {
            permits--;
        }
        SerialWorker next = runnable.remove(pick.applyAsInt(runnable.size()));
        holder = next;
        next.grant();
    }

    private void sweep() {
        for (SerialWorker worker : alive) {
            if (worker.becameRunnable()) {
                runnable.add(worker);
            }
        }
    }

    /** Frees all from the order, and lets them run to their ends. */
    List<SerialWorker> abandon() {
        alive.forEach(SerialWorker::abandon);
        runnable.clear();
        holder = null;
        return List.copyOf(alive);
    }

    boolean mayRun(SerialWorker worker) {
        return holder == worker || worker.isFree();
    }

    boolean paused() {
        return holder == null;
    }

    /** Whether nobody runs and nobody could. */
    boolean idle() {
        pass();
        return holder == null && runnable.isEmpty() && alive.stream().allMatch(SerialWorker::restsOrOrdered);
    }

    boolean held() {
        return held;
    }

    void hold() {
        held = true;
        permits = 0;
    }

    void release() {
        held = false;
        permits = 0;
        pass();
    }

    /** Lets one run; returns whether there was one. */
    boolean runOne() {
        permits = 1;
        pass();
        boolean ran = permits == 0;
        permits = 0;
        return ran;
    }

    void runAll() {
        permits = UNLIMITED;
        pass();
    }

    void runNoMore() {
        permits = 0;
    }

    List<String> names() {
        return alive.stream().map(Thread::getName).toList();
    }

    String describe() {
        StringBuilder text = new StringBuilder(held ? "manual mode, " : "automatic mode, ")
                .append(alive.size())
                .append(" tasks");
        alive.forEach(worker -> worker.describe(text, worker == holder));
        return text.toString();
    }
}
