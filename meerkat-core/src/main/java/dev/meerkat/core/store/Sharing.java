package dev.meerkat.core.store;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * How openings of one store work together: each owns some of the sessions and runs their turns, and any of them takes
 * what comes for all sessions. Thread-safe.
 *
 * <p>What one opening tells another only makes things quick, and may get lost. What counts is what is stored, at which
 * each opening looks again about once a second.
 */
public interface Sharing {
    /** What a runtime does for a store that it shares with others. Called by threads of the store. */
    interface Node {
        /**
         * Others have changed sessions.
         *
         * @param sessions the sessions
         */
        void changed(Set<SessionId> sessions);

        /** Others have changed schedules of sessions. */
        void schedulesChanged();

        /** What this opening owns may have changed, and news may be lost: looks for all that there is to do. */
        void sweep();

        /** {@return the ids of the sessions that this runtime works for just now} */
        Set<SessionId> busy();

        /**
         * Does what the owner of a session must do, for another opening. Returns at once.
         *
         * @param session a session that this opening owns
         * @param call what to do
         * @return the answer, or a failure if it is unknown what was done
         */
        CompletionStage<String> call(SessionId session, String call);
    }

    /**
     * Owns sessions from now on. What no other opening owns is owned when this returns.
     *
     * @param node the runtime
     */
    void begin(Node node);

    /** Owns no more sessions: each is given up as soon as the runtime does not work for it, and turns begin elsewhere. */
    void drain();

    /** Gives up all sessions at once: the runtime is closed. */
    void end();

    /**
     * Lets the owner of a session do something.
     *
     * @param session the session
     * @param call what to do
     * @param patience how long an answer is waited for
     * @return the answer; fails with a {@link dev.meerkat.api.StoreException} if surely nothing was done, and with any
     *     other exception if that is unknown
     */
    CompletionStage<String> call(SessionId session, String call, Duration patience);

    /**
     * How far the logs of sessions go.
     *
     * @param sessions the sessions
     * @return the place of the newest event of each that there is
     */
    Map<SessionId, Cursor> ends(Collection<SessionId> sessions);
}
