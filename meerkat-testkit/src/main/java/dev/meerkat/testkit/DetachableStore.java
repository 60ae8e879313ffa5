package dev.meerkat.testkit;

import dev.meerkat.api.StoreException;
import dev.meerkat.core.store.SessionStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * One runtime's view of a store, which can be taken from it: then nothing more that the runtime does
 * reaches the store, and it learns nothing more from it, as if its process had died.
 *
 * <p>When {@code inStep}, a write returns once the store has done it, so that a store with a thread
 * of its own does not add an order that no seed controls.
 */
final class DetachableStore extends StoreWrapper {
    private static final Duration GUARD = Duration.ofSeconds(30);

    /** Held to read while a write is handed over, so that none is when {@link #detach} has returned. */
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    private final boolean inStep;
    private volatile boolean detached;

    DetachableStore(SessionStore inner, boolean inStep) {
        super(inner);
        this.inStep = inStep;
    }

    void detach() {
        lock.writeLock().lock();
        try {
            detached = true;
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    <T> CompletionStage<T> write(Supplier<CompletionStage<T>> write) {
        CompletionStage<T> stage;
        lock.readLock().lock();
        try {
            if (detached) {
                return CompletableFuture.failedFuture(gone());
            }
            stage = write.get();
        } finally {
            lock.readLock().unlock();
        }
        if (inStep) {
            awaitDone(stage.toCompletableFuture());
        }
        return stage.thenApply(result -> {
            if (detached) {
                throw new CompletionException(new IllegalStateException("the runtime died before it learned of this"));
            }
            return result;
        });
    }

    @Override
    <T> T read(Supplier<T> read) {
        if (detached) {
            throw gone();
        }
        return read.get();
    }

    /** Only the view is closed: the store belongs to whoever opened it. */
    @Override
    public void close() {
        detach();
    }

    private static void awaitDone(CompletableFuture<?> done) {
        boolean interrupted = false;
        while (!done.isDone()) {
            try {
                done.get(GUARD.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                break;
            } catch (TimeoutException e) {
                throw new AssertionError("the store did not finish a write within " + GUARD.toSeconds() + " s", e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static StoreException gone() {
        return new StoreException("the runtime that asks is dead, as the test wanted", null);
    }
}
