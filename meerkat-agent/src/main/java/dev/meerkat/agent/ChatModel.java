package dev.meerkat.agent;

import java.util.Optional;

/**
 * A chat model, behind whatever library or protocol. Thread-safe: sessions call it at once.
 *
 * <p>An answer is whole if a {@link ChatDelta.Finished} came before {@link Listener#onComplete}. An adapter makes that
 * delta of the provider's own mark of the end (such as {@code finish_reason} or {@code stop_reason}) and of nothing
 * else: the end of a stream is no such mark. {@code onComplete} without it counts as an answer that was cut short, a
 * {@link ModelException.Kind#CUT_SHORT}: a turn does not answer with it, and the runtime tries again.
 */
@FunctionalInterface
public interface ChatModel {
    /**
     * Starts a call, and returns without waiting for its answer.
     *
     * @param request what the model gets to read
     * @param listener told what the model says, on any thread, one call at a time
     * @return the running call
     * @throws ModelException if the call cannot be started
     */
    Call start(ChatRequest request, Listener listener);

    /**
     * Who serves the model, for traces and metrics.
     *
     * @return a name as the GenAI conventions of OpenTelemetry have it, such as {@code openai}, or empty if that is not
     *     known
     */
    default Optional<String> provider() {
        return Optional.empty();
    }

    /**
     * The model's name, for traces and metrics.
     *
     * @return such as {@code gpt-5}, or empty if that is not known
     */
    default Optional<String> name() {
        return Optional.empty();
    }

    /** A running call. */
    @FunctionalInterface
    interface Call {
        /** Gives the call up at once and closes its connection. May be called at any time, and again. */
        void cancel();
    }

    /** Told what a model says. What it is told after the end, or after a cancel, is dropped. */
    interface Listener {
        /**
         * The model goes on.
         *
         * @param delta what it adds
         */
        void onDelta(ChatDelta delta);

        /** Nothing more comes. The answer is whole if it had a {@link ChatDelta.Finished}, else it was cut short. */
        void onComplete();

        /**
         * The call failed.
         *
         * @param failure a {@link ModelException}, or any other failure
         */
        void onError(Throwable failure);
    }
}
