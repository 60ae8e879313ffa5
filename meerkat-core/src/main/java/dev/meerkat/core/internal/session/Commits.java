package dev.meerkat.core.internal.session;

import dev.meerkat.api.StoreException;
import dev.meerkat.core.internal.runtime.Activity;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.store.Fenced;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.TurnRecord;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commits of one session, one after the other: the steps of its loop, and between them the changes
 * that belong to no turn. Thread-safe.
 */
public final class Commits {
    private static final Logger LOG = LoggerFactory.getLogger(Commits.class);

    private final SessionState session;
    private final Kernel kernel;
    private final SessionOutbox outbox;
    private final Activity.Worker loop;
    private final CommitGate gate = new CommitGate();

    Commits(SessionState session, SessionOutbox outbox, Activity.Worker loop) {
        this.session = session;
        this.kernel = session.kernel;
        this.outbox = outbox;
        this.loop = loop;
    }

    /** Commits a step on the loop's thread; when this returns, it is stored and its messages are leaving. */
    public void step(Step step, LongFunction<SessionProgress> next) {
        enter();
        try {
            if (kernel.activity.closed()) {
                throw new StoreFault("the runtime is closed", null);
            }
            session.fence.checkOwned();
            SessionProgress reached = next.apply(session.messageCount());
            session.committed(step, reached, stored(step, reached));
        } finally {
            gate.leave();
        }
        session.goesOn();
        session.signal();
        step.outbox.forEach(kernel.listeners::sent);
        outbox.committed(step.outbox);
    }

    private StepResult.Committed stored(Step step, SessionProgress reached) {
        if (step.outbox.isEmpty()) {
            return stored(session.onTop(step, reached));
        }
        Outbox leaving = outbox.get();
        try {
            leaving.committing(step.outbox);
            return stored(session.onTop(step, reached));
        } catch (StoreException e) {
            throw new StoreFault("the step's messages have no place in the outbox", e);
        } catch (StoreFault e) {
            leaving.uncertain();
            throw e;
        }
    }

    private StepResult.Committed stored(StepCommit commit) {
        StepResult result = join(kernel.store.commit(commit));
        if (result instanceof StepResult.Committed committed) {
            kernel.warnings.stored();
            return committed;
        }
        if (result instanceof Fenced fenced) {
            throw new FencedFault(session.id, fenced);
        }
        throw new StoreFault("session " + session.id + " was changed by another writer: " + result, null);
    }

    private void enter() {
        CompletableFuture<Boolean> place = gate.enter();
        boolean entered = false;
        try {
            entered = join(place);
        } finally {
            if (!entered) {
                gate.giveUp(place);
            }
        }
    }

    /** Waits on the loop's own thread, which an agent may need elsewhere meanwhile. */
    private <T> T join(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        boolean done = future.isDone();
        if (!done) {
            kernel.beforeWait(future::isDone);
        }
        try {
            return future.get(kernel.limits.waits().store().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            kernel.failed(e.getCause());
            throw new StoreFault("the store refused a step: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new StoreFault("the store did not answer within its wait", e);
        } catch (InterruptedException e) {
            throw new StoreFault("interrupted while waiting for the store", e);
        } finally {
            if (!done) {
                kernel.afterWait();
            }
        }
    }

    /** Commits a change that belongs to no turn, from any thread, and without waiting on it. */
    CompletionStage<StepResult> aside(Step change) {
        return gate.enter()
                .thenCompose(entered -> {
                    kernel.checkOpen();
                    return kernel.store.commit(session.onTop(change, reached(change)));
                })
                .whenComplete((result, failure) -> ended(change, result));
    }

    private SessionProgress reached(Step aside) {
        return aside.unparks ? session.progress().unparked() : session.progress();
    }

    /** On the store's thread, or the caller's. */
    private void ended(Step change, @Nullable StepResult result) {
        if (result instanceof StepResult.Committed committed) {
            session.changed(change, reached(change), committed);
            gate.leave();
            if (change.unparks) {
                session.tellParked();
            }
            loop.wake();
            session.signal();
        } else if (result instanceof StepResult.KeyTaken) {
            gate.leave();
        } else if (result instanceof Fenced fenced) {
            gate.leave();
            loop.fenced(fenced);
        } else {
            // What is stored must be read, and not on a thread that must not block.
            readLater();
        }
    }

    private void readLater() {
        try {
            kernel.env.executor().execute(() -> {
                try {
                    boolean unused = read();
                } finally {
                    gate.leave();
                }
                loop.wake();
            });
        } catch (RuntimeException | Error e) {
            // The next commit finds out that it must read first.
            gate.leave();
            throw e;
        }
    }

    /**
     * The attempt that the loop's thread still makes did not happen. For a runtime that is closed, which refuses the
     * commits of that thread.
     */
    CompletionStage<?> putAside() {
        return gate.enter().thenCompose(entered -> putAsideNow().whenComplete((result, failure) -> gate.leave()));
    }

    private CompletionStage<?> putAsideNow() {
        SessionProgress reached = session.progress();
        TurnRecord open = reached.turn();
        if (open == null || open.notBefore() != null) {
            return CompletableFuture.completedFuture(true);
        }
        SessionProgress aside = new SessionProgress(
                reached.consumed(),
                open.putAside(open.used(), open.spent()),
                reached.soloUpTo(),
                reached.spent(),
                reached.parked());
        return kernel.store.commit(session.onTop(new Step(), aside));
    }

    /** After a fault nobody knows what is stored: reads it, on the loop's thread; false if that cannot be read. */
    boolean readAgain() {
        try {
            enter();
        } catch (StoreFault e) {
            kernel.warnings.failed(LOG, session.id, "another change is not stored yet", e);
            return false;
        }
        try {
            return read();
        } finally {
            gate.leave();
        }
    }

    private boolean read() {
        try {
            @Nullable TurnRecord open = session.progress().turn();
            kernel.store.load(session.id).ifPresent(session::reload);
            if (session.progress().parked() != null) {
                session.tellParked();
            }
            outbox.readAgain();
            @Nullable TurnRecord stored = session.progress().turn();
            if (open != null && (stored == null || !stored.id().equals(open.id()))) {
                new EndedTurn(session, open).tell();
            }
            return true;
        } catch (RuntimeException | Error e) {
            kernel.warnings.failed(LOG, session.id, "it cannot be read now", e);
            return false;
        }
    }
}
