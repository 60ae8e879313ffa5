package dev.meerkat.core.internal;

import dev.meerkat.api.Delivery;
import dev.meerkat.api.InputId;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.Environment;
import dev.meerkat.core.PeerTransport;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.TrustPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.SessionStore;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every part of one runtime needs: its ports, its bounds, and whether it is open. */
final class Kernel {
    private static final Logger LOG = LoggerFactory.getLogger(Kernel.class);

    final Agent agent;
    final SessionStore store;
    final Environment env;
    final RuntimeLimits limits;
    final RetryPolicy retry;
    final TrustPolicy trust;
    final PeerTransport transport;
    final Activity activity = new Activity();
    final Handles<InputId, TurnOutcome> turns = new Handles<>();
    final Handles<RequestId, PeerReply> replies = new Handles<>();
    /** Prompts whose turns are to end without an answer; each until its turn has ended. */
    final Set<InputId> cancelled = ConcurrentHashMap.newKeySet();

    private final Overdue overdue;

    private final RuntimeListener listener;
    private final boolean listened;

    Kernel(
            Agent agent,
            SessionStore store,
            Environment env,
            RuntimeLimits limits,
            RetryPolicy retry,
            TrustPolicy trust,
            PeerTransport transport,
            RuntimeListener listener) {
        this.agent = agent;
        this.store = store;
        this.env = env;
        this.limits = limits;
        this.overdue = new Overdue(env.scheduler(), limits.waits().store());
        this.retry = retry;
        this.trust = trust;
        this.transport = transport;
        this.listener = listener;
        this.listened = !listener.equals(RuntimeListener.NONE);
    }

    Instant now() {
        return env.clock().instant();
    }

    void checkOpen() {
        if (!activity.open()) {
            throw new MeerkatClosedException("this Meerkat is closed");
        }
    }

    /** What a receipt proves once the store has a write. */
    Delivery stored(boolean duplicate) {
        return store.durable() ? new Delivery.Durable(duplicate) : new Delivery.HandedOff();
    }

    /** Waits for the store on a caller's thread; a timeout leaves the outcome of {@code id} unknown. */
    <T> T await(CompletionStage<T> stage, UUID id) throws InterruptedException {
        CompletableFuture<T> future = stage.toCompletableFuture();
        try {
            return future.get(limits.waits().store().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw late(id, e);
        } catch (ExecutionException e) {
            throw failure(e.getCause(), id);
        }
    }

    /** The same without a thread that waits. */
    <T> CompletionStage<T> bounded(CompletionStage<T> stage, UUID id) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Overdue.@Nullable Wait wait = stage.toCompletableFuture().isDone()
                ? null
                : overdue.begin(() -> answer.completeExceptionally(late(id, null)));
        stage.whenComplete((result, thrown) -> {
            if (wait != null) {
                wait.end();
            }
            if (thrown == null) {
                answer.complete(result);
            } else {
                answer.completeExceptionally(failure(thrown, id));
            }
        });
        return answer;
    }

    private MeerkatException late(UUID id, @Nullable Throwable cause) {
        return new UnknownOutcomeException(
                id, "the store did not acknowledge within " + limits.waits().store(), cause);
    }

    /** The store's promise: a {@link MeerkatException} tells what it is, anything else is unknown. */
    static MeerkatException failure(@Nullable Throwable cause, UUID id) {
        Throwable root = cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        return root instanceof MeerkatException known
                ? known
                : new UnknownOutcomeException(id, "the store failed while it wrote: " + root, root);
    }

    void tell(Consumer<RuntimeListener> message) {
        if (!listened) {
            return;
        }
        try {
            message.accept(listener);
        } catch (RuntimeException e) {
            LOG.warn("a runtime listener failed", e);
        }
    }
}
