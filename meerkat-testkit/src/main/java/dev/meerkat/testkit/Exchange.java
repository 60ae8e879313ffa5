package dev.meerkat.testkit;

import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.agent.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One call of a model: the request, and what is said in answer, which is passed on. Thread-safe. */
final class Exchange implements ChatModel.Listener {
    private final ChatRequest request;
    private final ChatModel.Listener listener;
    private final Consumer<Exchange> onEnd;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<ChatDelta> deltas = new ArrayList<>();
    private @Nullable End end;

    /** How a call ended. */
    sealed interface End {}

    /** The model said that no more comes. */
    record Complete() implements End {}

    /** It failed. */
    record Failed(ModelException failure) implements End {}

    /** It was given up. */
    record Cancelled() implements End {}

    /** What was said so far. */
    record Answer(List<ChatDelta> deltas, @Nullable End end) {}

    /** Told of its end before the listener is; what it throws fails the call. */
    Exchange(ChatRequest request, ChatModel.Listener listener, Consumer<Exchange> onEnd) {
        this.request = request;
        this.listener = listener;
        this.onEnd = onEnd;
    }

    ChatRequest request() {
        return request;
    }

    @Override
    public void onDelta(ChatDelta delta) {
        lock.lock();
        try {
            if (end == null) {
                deltas.add(delta);
            }
        } finally {
            lock.unlock();
        }
        listener.onDelta(delta);
    }

    @Override
    public void onComplete() {
        end(new Complete(), listener::onComplete);
    }

    @Override
    public void onError(Throwable failure) {
        end(new Failed(known(failure)), () -> listener.onError(failure));
    }

    private static ModelException known(Throwable failure) {
        return failure instanceof ModelException model
                ? model
                : new ModelException(ModelException.Kind.OTHER, failure.toString(), failure);
    }

    /** It could not be started; the listener is not told. */
    void refused(Throwable why) {
        end(new Failed(known(why)), () -> {});
    }

    /** Does nothing once it has ended. */
    void cancel() {
        end(new Cancelled(), () -> {});
    }

    boolean wasCancelled() {
        return answer().end() instanceof Cancelled;
    }

    Answer answer() {
        lock.lock();
        try {
            return new Answer(List.copyOf(deltas), end);
        } finally {
            lock.unlock();
        }
    }

    private void end(End how, Runnable then) {
        lock.lock();
        try {
            if (end != null) {
                return;
            }
            end = how;
        } finally {
            lock.unlock();
        }
        try {
            onEnd.accept(this);
        } catch (ModelException e) {
            listener.onError(e);
            return;
        }
        then.run();
    }
}
