package dev.meerkat.core.store;

import dev.meerkat.api.Parked;
import dev.meerkat.core.agent.Spent;
import org.jspecify.annotations.Nullable;

/**
 * How far a session got; replaced as a whole by each {@link StepCommit}.
 *
 * @param consumed the inputs that committed steps have handled: all up to these marks
 * @param turn the open turn, or null between turns
 * @param soloUpTo after a turn on several inputs failed: inputs up to these marks are handled one by
 *     one, so that a poison one does not take the others with it; or null
 * @param spent what the session's turns have spent, since it was created or unparked
 * @param parked why it does not go on with its open turn, or null if it does
 */
public record SessionProgress(
        Marks consumed,
        @Nullable TurnRecord turn,
        @Nullable Marks soloUpTo,
        Spent spent,
        @Nullable Parked parked) {
    /** Of a new session. */
    public static final SessionProgress START = new SessionProgress(Marks.ZERO, null, null);

    /**
     * Of a session that has spent nothing and is not parked.
     *
     * @param consumed the inputs that committed steps have handled
     * @param turn the open turn, or null between turns
     * @param soloUpTo the inputs that are handled one by one, or null
     */
    public SessionProgress(Marks consumed, @Nullable TurnRecord turn, @Nullable Marks soloUpTo) {
        this(consumed, turn, soloUpTo, Spent.NOTHING, null);
    }

    /** {@return a copy between turns} */
    public SessionProgress withoutTurn() {
        return new SessionProgress(consumed, null, null, spent, parked);
    }

    /**
     * Does not go on.
     *
     * @param why the reason
     * @return a changed copy
     */
    public SessionProgress parkedFor(Parked why) {
        return new SessionProgress(consumed, turn, soloUpTo, spent, why);
    }

    /** {@return a copy that goes on as if nothing had been spent} */
    public SessionProgress unparked() {
        TurnRecord open = turn;
        TurnRecord anew = open == null ? null : open.putAside(open.used(), Spent.NOTHING);
        return new SessionProgress(consumed, anew, soloUpTo, Spent.NOTHING, null);
    }
}
