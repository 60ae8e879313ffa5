package dev.meerkat.core.internal;

import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.Scheduler;
import dev.meerkat.core.store.StoredRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** The reply to a request that an agent sent; waiting for it commits the step that sends it. */
final class TurnReply implements Reply {
    private final TurnRun turn;
    private final TurnView view;
    private final RequestId requestId;

    TurnReply(TurnRun turn, TurnView view, RequestId requestId) {
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
        TurnRun run = view.checked();
        run.safePoint(false);
        Kernel kernel = run.loop.kernel;
        CompletableFuture<PeerReply> reply = LocalReply.expect(kernel, requestId);
        CompletableFuture<Optional<PeerReply>> wait = reply.thenApply(Optional::of);
        // On the runtime's own clock, so that an agent's waits can be tested.
        Scheduler.Cancellation timer = kernel.env.scheduler().schedule(timeout, () -> wait.complete(Optional.empty()));
        kernel.env.executor().beforeWait(() -> wait.isDone() || run.signal.asked());
        try {
            Optional<PeerReply> result = wait.get();
            result.ifPresent(this::record);
            return result;
        } catch (ExecutionException e) {
            throw Kernel.failure(e.getCause(), requestId.value());
        } finally {
            timer.cancel();
            kernel.env.executor().afterWait();
            kernel.replies.forget(requestId, reply);
        }
    }

    private void record(PeerReply reply) {
        boolean recorded = turn.earlier().stream()
                        .anyMatch(e -> e instanceof TranscriptEntry.Replied r
                                && r.reply().requestId().equals(requestId))
                || turn.step().transcript.stream()
                        .anyMatch(e -> e instanceof TranscriptEntry.Replied r
                                && r.reply().requestId().equals(requestId));
        if (!recorded) {
            turn.step().transcript.add(new TranscriptEntry.Replied(turn.loop.kernel.now(), turn.turnId(), reply));
        }
    }

    @Override
    public CompletionStage<PeerReply> completion() {
        Kernel kernel = view.checked().loop.kernel;
        Optional<PeerReply> known = kernel.store.request(requestId).flatMap(StoredRequest::reply);
        return known.<CompletionStage<PeerReply>>map(CompletableFuture::completedFuture)
                .orElseGet(() -> LocalReply.expect(kernel, requestId).minimalCompletionStage());
    }
}
