package dev.meerkat.core.internal.session;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.core.internal.runtime.Kernel;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A wish to end a session, which its loop carries out. Thread-safe. */
final class Archiving {
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    void done() {
        done.complete(null);
    }

    void failed(Throwable reason) {
        done.completeExceptionally(reason);
    }

    void await(Duration wait, UUID session) throws InterruptedException {
        try {
            done.get(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new FailedException(
                    "session_busy",
                    "the running turn did not stop within " + wait + "; archiving goes on when it does",
                    e);
        } catch (ExecutionException e) {
            MeerkatException failure = Kernel.failure(e.getCause(), session);
            throw failure;
        }
    }
}
