package dev.meerkat.core.internal.peer;

import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.session.SessionState;
import dev.meerkat.core.internal.session.UnsentRequests;
import dev.meerkat.core.store.StoredRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The reply to a request that a caller sent: the one that is stored, or the one that comes. */
public final class LocalReply implements Reply {
    private final SessionState session;
    private final Kernel kernel;
    private final RequestId requestId;

    public LocalReply(SessionState session, RequestId requestId) {
        this.session = session;
        this.kernel = session.kernel;
        this.requestId = requestId;
    }

    /** Waits first and looks then, so that a reply that comes in between is not missed. */
    public static CompletableFuture<PeerReply> expect(SessionState session, RequestId id) {
        Kernel kernel = session.kernel;
        CompletableFuture<PeerReply> reply = kernel.replies.expect(session.id, id);
        Optional<StoredRequest> request = kernel.store.request(id);
        if (request.isEmpty()) {
            UnsentRequests.find(session, id).ifPresent(refusal -> {
                kernel.replies.forget(id, reply);
                reply.completeExceptionally(refusal);
            });
        }
        request.flatMap(StoredRequest::reply).ifPresent(known -> {
            kernel.replies.forget(id, reply);
            reply.complete(known);
        });
        return reply;
    }

    @Override
    public RequestId requestId() {
        return requestId;
    }

    @Override
    public Optional<PeerReply> await(Duration timeout) throws InterruptedException {
        kernel.checkOpen();
        CompletableFuture<PeerReply> reply = expect(session, requestId);
        try {
            return Optional.of(reply.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw Kernel.failure(e.getCause(), requestId.value());
        } finally {
            kernel.replies.forget(requestId, reply);
        }
    }

    @Override
    public CompletionStage<PeerReply> completion() {
        kernel.checkOpen();
        return expect(session, requestId)
                .thenApplyAsync(Function.identity(), kernel.env.executor())
                .minimalCompletionStage();
    }
}
