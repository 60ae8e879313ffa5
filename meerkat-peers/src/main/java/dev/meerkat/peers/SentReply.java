package dev.meerkat.peers;

import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The answer to a request that was sent. */
record SentReply<R>(Reply reply, Class<?> type) implements TypedReply<R> {
    @Override
    public RequestId requestId() {
        return reply.requestId();
    }

    @Override
    public R await(Duration timeout) throws InterruptedException {
        return value(reply.await(timeout)
                .orElseThrow(() -> new NoReplyException(reply.requestId(), "none came within " + timeout)));
    }

    @Override
    public CompletionStage<R> completion() {
        return reply.completion().thenApply(this::value);
    }

    // The type is that of R.
    @SuppressWarnings({"unchecked", "NullAway"})
    private R value(PeerReply answer) {
        return (R) IntentMethod.result(answer, type);
    }
}
