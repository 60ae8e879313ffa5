package dev.meerkat.peers;

import dev.meerkat.api.RequestId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An answer that an implementation gives. */
record KnownReply<R>(R value) implements TypedReply<R> {
    @Override
    public RequestId requestId() {
        throw new IllegalStateException("this answer was made by an implementation, and has no request");
    }

    @Override
    public R await(Duration timeout) {
        return value;
    }

    @Override
    public CompletionStage<R> completion() {
        return CompletableFuture.completedStage(value);
    }
}
