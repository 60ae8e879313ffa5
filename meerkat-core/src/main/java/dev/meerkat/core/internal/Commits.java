package dev.meerkat.core.internal;

import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.StoredSession;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commits of one session, one after the other: the steps of its loop, and between them the changes
 * that belong to no turn. What they lead to is written by who is in the gate, under the loop's monitor.
 */
final class Commits {
    private static final Logger LOG = LoggerFactory.getLogger(Commits.class);

    private final SessionLoop loop;
    private final CommitGate gate = new CommitGate();
    private long version;
    /** Changed by the loop's thread only. */
    private SessionProgress progress;

    private long messageCount;

    Commits(SessionLoop loop, StoredSession stored) {
        this.loop = loop;
        this.version = stored.version();
        this.progress = stored.progress();
        this.messageCount = stored.messageCount();
    }

    SessionProgress progress() {
        synchronized (loop) {
            return progress;
        }
    }

    long messageCount() {
        synchronized (loop) {
            return messageCount;
        }
    }

    /** Commits a step on the loop's thread; when this returns, it is stored and its messages are leaving. */
    void step(Step step, LongFunction<SessionProgress> next) {
        enter();
        try {
            if (loop.kernel.activity.closed()) {
                throw new StoreFault("the runtime is closed", null);
            }
            SessionProgress reached = next.apply(messageCount());
            StepResult result = loop.join(loop.kernel.store.commit(onTop(step, reached)));
            if (!(result instanceof StepResult.Committed committed)) {
                throw new StoreFault("session " + loop.id + " was changed by another owner: " + result, null);
            }
            synchronized (loop) {
                loop.consumed(progress, reached, step.consumedBytes);
                progress = reached;
                moved(step, committed);
            }
        } finally {
            gate.leave();
        }
        loop.links.signal();
        loop.links.leave(step.outbox);
    }

    private void enter() {
        CompletableFuture<Boolean> place = gate.enter();
        boolean entered = false;
        try {
            entered = loop.join(place);
        } finally {
            if (!entered) {
                gate.giveUp(place);
            }
        }
    }

    private StepCommit onTop(Step step, SessionProgress next) {
        synchronized (loop) {
            return step.commit(loop.id, version, next);
        }
    }

    private void moved(Step step, StepResult.Committed committed) {
        version = committed.version();
        messageCount += step.transcript.size();
        loop.advance(committed.last());
    }

    /** Commits a change that belongs to no turn, from any thread, and without waiting on it. */
    CompletionStage<StepResult> aside(Step change) {
        return gate.enter()
                .thenCompose(entered -> {
                    loop.kernel.checkOpen();
                    return loop.kernel.store.commit(onTop(change, progress()));
                })
                .whenComplete((result, failure) -> ended(change, result));
    }

    /** On the store's thread, or the caller's. */
    private void ended(Step change, @Nullable StepResult result) {
        if (result instanceof StepResult.Committed committed) {
            synchronized (loop) {
                moved(change, committed);
            }
            gate.leave();
            loop.changed(change);
        } else if (result instanceof StepResult.KeyTaken) {
            gate.leave();
        } else {
            // What is stored must be read, and not on a thread that must not block.
            loop.kernel.env.executor().execute(() -> {
                read();
                gate.leave();
            });
        }
    }

    /** After a fault nobody knows what is stored: reads it, on the loop's thread. */
    void readAgain() {
        try {
            enter();
        } catch (StoreFault e) {
            LOG.warn("session {}: another change is not stored yet", loop.id, e);
            return;
        }
        read();
        gate.leave();
    }

    private void read() {
        try {
            loop.kernel.store.load(loop.id).ifPresent(this::reload);
        } catch (RuntimeException e) {
            LOG.warn("session {}: cannot be read now", loop.id, e);
        }
    }

    private void reload(StoredSession stored) {
        synchronized (loop) {
            loop.reload(progress, stored);
            version = stored.version();
            progress = stored.progress();
            messageCount = stored.messageCount();
        }
    }
}
