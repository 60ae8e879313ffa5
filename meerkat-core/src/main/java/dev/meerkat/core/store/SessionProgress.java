package dev.meerkat.core.store;

import org.jspecify.annotations.Nullable;

/**
 * How far a session got; replaced as a whole by each {@link StepCommit}.
 *
 * @param consumed the inputs that committed steps have handled: all up to these marks
 * @param turn the open turn, or null between turns
 * @param soloUpTo after a turn on several inputs failed: inputs up to these marks are handled one by
 *     one, so that a poison one does not take the others with it; or null
 */
public record SessionProgress(
        Marks consumed, @Nullable TurnRecord turn, @Nullable Marks soloUpTo) {
    /** Of a new session. */
    public static final SessionProgress START = new SessionProgress(Marks.ZERO, null, null);
}
