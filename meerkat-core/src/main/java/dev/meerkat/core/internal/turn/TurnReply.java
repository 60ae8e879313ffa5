package dev.meerkat.core.internal.turn;

import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestCycleException;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.Scheduler;
import dev.meerkat.core.internal.peer.LocalReply;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.runtime.ReplyWaits;
import dev.meerkat.core.store.StoredRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reply to a request that an agent sent; waiting for it commits the step that sends it. */
final class TurnReply implements Reply {
    private static final Logger LOG = LoggerFactory.getLogger(TurnReply.class);

    private final TurnAttempt turn;
    private final TurnView view;
    private final RequestId requestId;

    TurnReply(TurnAttempt turn, TurnView view, RequestId requestId) {
        this.turn = turn;
        this.view = view;
        this.requestId = requestId;
    }

    @Override
    public RequestId requestId() {
        return requestId;
    }

    @Override
    public Optional<PeerReply> await(Duration timeout) throws InterruptedException {
        TurnAttempt run = view.checked();
        Kernel kernel = run.kernel;
        run.safePoint(false);
        CompletableFuture<PeerReply> reply = LocalReply.expect(run.session, requestId);
        CompletableFuture<Optional<PeerReply>> wait = reply.thenApply(Optional::of);
        // On the runtime's own clock, so that an agent's waits can be tested.
        Scheduler.Cancellation timer = kernel.env.scheduler().schedule(timeout, () -> wait.complete(Optional.empty()));
        boolean looks = timeout.isZero() || timeout.isNegative();
        try {
            boolean left = begin(run, wait, !looks);
            try {
                Optional<PeerReply> result = wait.get();
                result.ifPresent(this::record);
                return result;
            } finally {
                end(run, left);
            }
        } catch (ExecutionException e) {
            throw Kernel.failure(e.getCause(), requestId.value());
        } finally {
            timer.cancel();
            kernel.replies.forget(requestId, reply);
        }
    }

    /** The turn's thread is about to wait: says so, and refuses a wait that could never end. */
    private boolean begin(TurnAttempt run, CompletableFuture<?> wait, boolean waits) {
        Kernel kernel = run.kernel;
        kernel.beforeWait(() -> wait.isDone() || run.running.signal().asked());
        boolean left = kernel.slots.leave();
        try {
            if (waits && !wait.isDone()) {
                checkCycle(run);
            }
            return left;
        } catch (RuntimeException | Error e) {
            end(run, left);
            throw e;
        }
    }

    private static void end(TurnAttempt run, boolean left) {
        Kernel kernel = run.kernel;
        kernel.waits.end(run.session.id);
        if (left) {
            kernel.slots.back();
        }
        kernel.afterWait();
    }

    /** Refuses a wait that closes a cycle of turns, of which each waits for the next one's reply. */
    private void checkCycle(TurnAttempt run) {
        SessionId session = run.session.id;
        Optional<SessionId> responder = run.peers
                .receiver(session, new EnvelopeId(requestId.value()))
                .or(() -> run.kernel.store.request(requestId).map(StoredRequest::responder));
        if (responder.isEmpty()) {
            return;
        }
        List<ReplyWaits.Wait> cycle = run.kernel.waits.begin(new ReplyWaits.Wait(session, responder.get(), requestId));
        if (cycle.isEmpty() || cycle.stream().anyMatch(wait -> run.peers.answered(wait.responder(), wait.request()))) {
            return;
        }
        List<String> names = cycle.stream()
                .map(wait -> run.peers.self(wait.requester()).name())
                .toList();
        RequestCycleException refusal = new RequestCycleException(requestId, names);
        LOG.warn("session {}: {}", session, refusal.getMessage());
        throw refusal;
    }

    private void record(PeerReply reply) {
        boolean recorded = turn.earlier().stream()
                        .anyMatch(e -> e instanceof TranscriptEntry.Replied r
                                && r.reply().requestId().equals(requestId))
                || turn.step().transcript.stream()
                        .anyMatch(e -> e instanceof TranscriptEntry.Replied r
                                && r.reply().requestId().equals(requestId));
        if (!recorded) {
            turn.step().transcript.add(new TranscriptEntry.Replied(turn.kernel.now(), turn.id(), reply));
        }
    }

    @Override
    public CompletionStage<PeerReply> completion() {
        CompletableFuture<PeerReply> reply = LocalReply.expect(view.checked().session, requestId);
        Completion<PeerReply> seen = new Completion<>(reply, Thread.currentThread());
        CompletableFuture<PeerReply> unused = reply.whenComplete((known, failure) -> {
            if (failure == null) {
                seen.complete(known);
            } else {
                seen.completeExceptionally(failure);
            }
        });
        return seen;
    }

    /**
     * The reply, or what is made of it. Where the turn's own thread waits for it, that is seen like {@link #await}: the
     * request leaves first, other sessions get the thread's place, and a wait that closes a cycle is refused.
     */
    private final class Completion<T> extends CompletableFuture<T> {
        private final CompletableFuture<PeerReply> reply;
        private final Thread agent;

        Completion(CompletableFuture<PeerReply> reply, Thread agent) {
            this.reply = reply;
            this.agent = agent;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new Completion<>(reply, agent);
        }

        private boolean isOfTurn() {
            return Thread.currentThread() == agent && !isDone() && !view.ended();
        }

        private boolean begin() throws InterruptedException {
            turn.safePoint(false);
            return TurnReply.this.begin(turn, this, true);
        }

        private void end(boolean left) {
            TurnReply.end(turn, left);
            if (reply.isDone() && !reply.isCompletedExceptionally()) {
                record(reply.join());
            }
        }

        @Override
        public T get() throws InterruptedException, ExecutionException {
            if (!isOfTurn()) {
                return super.get();
            }
            boolean left = begin();
            try {
                return super.get();
            } finally {
                end(left);
            }
        }

        @Override
        public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
            if (!isOfTurn() || timeout <= 0) {
                return super.get(timeout, unit);
            }
            boolean left = begin();
            try {
                return super.get(timeout, unit);
            } finally {
                end(left);
            }
        }

        @Override
        public T join() {
            if (!isOfTurn()) {
                return super.join();
            }
            boolean left;
            try {
                left = begin();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException(e);
            }
            try {
                return super.join();
            } finally {
                end(left);
            }
        }
    }
}
