package dev.meerkat.langchain4j;

import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ModelException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A running call. Tells its listener of one end only, and of nothing after it; when it is cancelled, what it holds open
 * is closed at once. Thread-safe.
 */
final class ModelCall implements ChatModel.Call {
    private static final ThreadLocal<ModelCall> CURRENT = new ThreadLocal<>();

    private final ChatModel.Listener listener;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Queue<Runnable> open = new ConcurrentLinkedQueue<>();
    private volatile boolean cancelled;
    private volatile @Nullable String endMark;

    ModelCall(ChatModel.Listener listener) {
        this.listener = listener;
    }

    /** The call that this thread starts. LangChain4j passes no handle on, but calls its HTTP client on this thread. */
    static Optional<ModelCall> current() {
        return Optional.ofNullable(CURRENT.get());
    }

    /** Starts something, as a part of this call. */
    void during(Runnable start) {
        CURRENT.set(this);
        try {
            start.run();
        } finally {
            CURRENT.remove();
        }
    }

    /** What to do when the call is cancelled: at once, if it is already. */
    void whenCancelled(Runnable close) {
        open.add(close);
        if (cancelled && open.remove(close)) {
            close.run();
        }
    }

    void delta(ChatDelta delta) {
        if (!ended.get()) {
            listener.onDelta(delta);
        }
    }

    void complete() {
        if (ended.compareAndSet(false, true)) {
            listener.onComplete();
        }
    }

    void fail(ModelException failure) {
        if (ended.compareAndSet(false, true)) {
            listener.onError(failure);
        }
    }

    /** The provider has marked the end of its answer, in its own words, which LangChain4j may not know. */
    void marked(String word) {
        endMark = word;
    }

    Optional<String> endMark() {
        return Optional.ofNullable(endMark);
    }

    /** The stream of the answer is at its end: by now the end of the answer has been seen, or never will be. */
    void streamEnded() {
        fail(ProviderFailures.cutShort(null));
    }

    @Override
    public void cancel() {
        cancelled = true;
        ended.set(true);
        for (Runnable close = open.poll(); close != null; close = open.poll()) {
            close.run();
        }
    }
}
