package dev.meerkat.testkit;

import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;

/** The thread of one task of a {@link SerialTurnExecutor}; its state is guarded by the executor's lock. */
final class SerialWorker extends Thread {
    private enum State {
        /** Not begun, or not in a wait. */
        ACTIVE,
        /** In an announced wait. */
        PARKED,
        /** Its wait is over, as its {@code ready} or its return has shown. */
        WOKEN
    }

    private static final int SHOWN_FRAMES = 12;

    final SerialTurnExecutor executor;

    /** Signalled when it gets the baton or is freed. */
    final Condition granted;

    private final Runnable task;
    private State state = State.ACTIVE;
    private BooleanSupplier ready = () -> false;
    private boolean returned;
    private boolean begun;
    private boolean free;
    private boolean abandoned;

    /** Not guarded: set by whoever interrupts, so that a wait that an interrupt ends counts as over at once. */
    private volatile boolean wasInterrupted;

    SerialWorker(SerialTurnExecutor executor, Condition granted, int number, Runnable task) {
        super(Threads.PREFIX + "turn-" + number);
        this.executor = executor;
        this.granted = granted;
        this.task = task;
        setDaemon(true);
    }

    @Override
    public void run() {
        Throwable failure = null;
        try {
            task.run();
        } catch (Throwable e) {
            failure = e;
        } finally {
            executor.ended(this, failure);
        }
    }

    @Override
    public void interrupt() {
        wasInterrupted = true;
        super.interrupt();
    }

    void park(BooleanSupplier ready) {
        this.ready = ready;
        state = State.PARKED;
        returned = false;
        wasInterrupted = isInterrupted();
    }

    /** Its thread is back from the wait. */
    void arrive() {
        returned = true;
    }

    /** Its thread goes on. */
    void goOn() {
        state = State.ACTIVE;
        ready = () -> false;
    }

    /** Whether its wait is over; true once per wait, and never for one that is not part of the order. */
    boolean becameRunnable() {
        if (free || state != State.PARKED || !waitIsOver()) {
            return false;
        }
        state = State.WOKEN;
        return true;
    }

    /** Of one that is not part of the order: whether it waits. Of the others the baton knows. */
    boolean restsOrOrdered() {
        return !free || (state == State.PARKED && !waitIsOver());
    }

    private boolean waitIsOver() {
        return returned || wasInterrupted || ready.getAsBoolean();
    }

    /** Hands over the baton. */
    void grant() {
        if (begun) {
            granted.signalAll();
        } else {
            begun = true;
            start();
        }
    }

    /** Takes it out of the order for good. */
    void free() {
        free = true;
        grant();
    }

    /** Takes it out of the order, and no longer minds how it ends. */
    void abandon() {
        abandoned = true;
        free = true;
        grant();
    }

    boolean isFree() {
        return free;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    void describe(StringBuilder text, boolean holds) {
        text.append("\n  ").append(getName()).append(": ").append(what(holds));
        StackTraceElement[] stack = getStackTrace();
        for (int i = 0; i < Math.min(stack.length, SHOWN_FRAMES); i++) {
            text.append("\n      at ").append(stack[i]);
        }
    }

    private String what(boolean holds) {
        if (abandoned) {
            return "abandoned, has not ended";
        }
        return switch (state) {
            case ACTIVE -> holds || free ? "running" : "not begun";
            case PARKED -> "waiting";
            case WOKEN -> holds ? "told to go on, not back from its wait" : "runnable";
        };
    }
}
