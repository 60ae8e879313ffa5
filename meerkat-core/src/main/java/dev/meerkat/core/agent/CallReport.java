package dev.meerkat.core.agent;

import dev.meerkat.api.Usage;
import org.jspecify.annotations.Nullable;

/**
 * A call of a model or tool that the runtime's listeners are told of, from {@link TurnContext#modelBegins} or {@link
 * TurnContext#toolBegins} to its end.
 */
@FunctionalInterface
public interface CallReport {
    /** Tells nobody. */
    CallReport NONE = (failure, used) -> {};

    /**
     * The call has ended. To be called once, on the thread that began it.
     *
     * @param failure why it failed: a stable code or a class name, never content; null if it did not
     * @param used the tokens that it used, or null if that is not known
     */
    void end(@Nullable String failure, @Nullable Usage used);
}
