package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A call that waits for its answer. Thread-safe. */
final class OpenCall {
    /** For calls whose answers have no more to do than to end them. */
    static final Consumer<JsonNode> NOTHING = result -> {};

    private final long id;
    private final String method;
    private final Consumer<JsonNode> onResult;
    /** Never completes with an exception, so that each error is made in the thread that gets it. */
    private final CompletableFuture<RpcAnswer> answer = new CompletableFuture<>();
    /** What had come from the server when this was written. */
    private volatile long receivedBefore;

    OpenCall(long id, String method, Consumer<JsonNode> onResult) {
        this.id = id;
        this.method = method;
        this.onResult = onResult;
    }

    long id() {
        return id;
    }

    String method() {
        return method;
    }

    /** What the reader does with the result before it reads on. */
    Consumer<JsonNode> onResult() {
        return onResult;
    }

    CompletableFuture<RpcAnswer> answer() {
        return answer;
    }

    void written(long received) {
        receivedBefore = received;
    }

    long receivedBefore() {
        return receivedBefore;
    }
}
