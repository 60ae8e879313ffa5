package dev.meerkat.langchain4j;

import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatModel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Keeps what a model says, and counts its ends. */
final class Recorder implements ChatModel.Listener {
    final List<ChatDelta> deltas = new CopyOnWriteArrayList<>();
    final List<String> ends = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final CompletableFuture<Boolean> complete = new CompletableFuture<>();

    @Override
    public void onDelta(ChatDelta delta) {
        deltas.add(delta);
    }

    @Override
    public void onComplete() {
        ends.add("complete");
        complete.complete(true);
    }

    @Override
    public void onError(Throwable cause) {
        ends.add("error");
        failure.complete(cause);
    }

    List<ChatDelta> whole() throws Exception {
        complete.get(2, TimeUnit.MINUTES);
        return deltas;
    }

    Throwable failure() throws Exception {
        return failure.get(2, TimeUnit.MINUTES);
    }
}
