package dev.meerkat.testkit;

import dev.meerkat.api.StoreException;
import dev.meerkat.core.Health;
import dev.meerkat.core.store.SessionStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A store whose writes fail as told. Thread-safe.
 *
 * <p>After a write whose outcome is unknown it refuses all further writes, and is not healthy, until {@link #mend}.
 */
public final class FaultyStore extends StoreWrapper {
    /** When a write fails. */
    public enum Moment {
        /** Before anything is stored: refused, surely not done. */
        BEFORE,
        /** After it was stored: its outcome is unknown. */
        AFTER
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Moment> faults = new HashMap<>();
    private long writes;
    private boolean broken;

    private FaultyStore(SessionStore inner) {
        super(inner);
    }

    /**
     * A store that fails only when told.
     *
     * @param inner does the work; closed with this one
     * @return a new wrapper
     */
    public static FaultyStore around(SessionStore inner) {
        return new FaultyStore(inner);
    }

    /**
     * Makes one of the next writes fail.
     *
     * @param number which one: 1 is the next, counting all kinds of writes of all sessions
     * @param moment before or after it is stored
     * @return this
     */
    public FaultyStore failWrite(long number, Moment moment) {
        if (number < 1) {
            throw new IllegalArgumentException("number must be at least 1: " + number);
        }
        lock.lock();
        try {
            faults.put(writes + number, moment);
            return this;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all faults and takes writes again. */
    public void mend() {
        lock.lock();
        try {
            faults.clear();
            broken = false;
        } finally {
            lock.unlock();
        }
    }

    /**
     * How many writes were asked for.
     *
     * @return refused ones too
     */
    public long writes() {
        lock.lock();
        try {
            return writes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Health health() {
        lock.lock();
        try {
            return broken
                    ? new Health(List.of(Health.Problem.ofAll(
                            StoreException.CODE, "the test lets the store " + describe() + " take no writes")))
                    : super.health();
        } finally {
            lock.unlock();
        }
    }

    private enum Plan {
        DO,
        REFUSE,
        DO_AND_FAIL
    }

    private Plan plan() {
        lock.lock();
        try {
            Moment fault = faults.remove(++writes);
            if (broken || fault == Moment.BEFORE) {
                return Plan.REFUSE;
            }
            broken = fault == Moment.AFTER;
            return broken ? Plan.DO_AND_FAIL : Plan.DO;
        } finally {
            lock.unlock();
        }
    }

    @Override
    <T> CompletionStage<T> write(Supplier<CompletionStage<T>> write) {
        return switch (plan()) {
            case DO -> write.get();
            case REFUSE ->
                CompletableFuture.failedFuture(
                        new StoreException("the test lets this write to " + describe() + " fail", null));
            case DO_AND_FAIL ->
                write.get()
                        .thenCompose(done -> CompletableFuture.failedFuture(
                                new IOException("the test lets the outcome of this write be unknown")));
        };
    }
}
