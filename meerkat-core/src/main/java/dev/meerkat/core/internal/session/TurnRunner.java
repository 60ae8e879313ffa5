package dev.meerkat.core.internal.session;

import dev.meerkat.core.store.TurnRecord;

/** Runs the turns of one session. Confined to the thread of the session's loop. */
public interface TurnRunner {
    /** Goes on with the session's open turn: after a restart or a crash. */
    void goOn();

    /** Tries the turn again that is due first. */
    void again();

    /** Tries a turn again. */
    void again(TurnRecord due);

    /** Runs the session's next turn. */
    void next();

    /** Makes them for a session. */
    @FunctionalInterface
    interface Factory {
        /** The turns of a session that has something to do. */
        TurnRunner of(SessionState session, Commits commits, Peers peers);
    }
}
