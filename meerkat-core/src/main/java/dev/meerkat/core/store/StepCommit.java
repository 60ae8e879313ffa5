package dev.meerkat.core.store;

import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import java.util.List;
import java.util.Optional;

/**
 * A change of a session by its owner; becomes visible as a whole or not at all.
 *
 * @param session the session
 * @param expectedVersion the version that it builds on
 * @param progress how far the session got with it
 * @param added what it adds
 * @param change what else it changes
 * @param contextKey the key under which it is done once for ever, or empty
 */
public record StepCommit(
        SessionId session,
        long expectedVersion,
        SessionProgress progress,
        Added added,
        Change change,
        Optional<ContextKey> contextKey) {
    /**
     * A change of how far a session got, and of nothing else yet.
     *
     * @param session the session
     * @param expectedVersion the version that it builds on
     * @param progress how far the session got with it
     */
    public StepCommit(SessionId session, long expectedVersion, SessionProgress progress) {
        this(session, expectedVersion, progress, Added.NOTHING, Change.NONE, Optional.empty());
    }

    /**
     * {@return a copy with something to add}
     *
     * @param more what it adds
     */
    public StepCommit withAdded(Added more) {
        return new StepCommit(session, expectedVersion, progress, more, change, contextKey);
    }

    /**
     * {@return a copy with another change}
     *
     * @param other what else it changes
     */
    public StepCommit withChange(Change other) {
        return new StepCommit(session, expectedVersion, progress, added, other, contextKey);
    }

    /**
     * To be done once for ever.
     *
     * @param key its key
     * @return a changed copy
     */
    public StepCommit withContextKey(ContextKey key) {
        return new StepCommit(session, expectedVersion, progress, added, change, Optional.of(key));
    }

    /** {@return whether it ends the session} */
    public boolean archives() {
        return change == Change.ARCHIVE;
    }

    /** What a commit changes of a session as a whole. */
    public enum Change {
        /** Nothing. */
        NONE,
        /** It ends the session. */
        ARCHIVE,
        /** From now on, work that waits wakes the session. */
        KEEP_ALIVE,
        /** From now on, only a prompt wakes the session. */
        LET_REST;

        /**
         * Whether a session is kept alive once this is committed.
         *
         * @param before whether it is kept alive now
         * @return true if so
         */
        public boolean keepAlive(boolean before) {
            return this == KEEP_ALIVE || (before && this != LET_REST);
        }
    }

    /**
     * What a commit adds.
     *
     * @param transcript entries to append
     * @param events events to append, in order; the store gives each its cursor
     * @param outbox peer commands that leave once this is committed
     * @param failed inputs whose turn failed, each as it is from now on
     */
    public record Added(
            List<TranscriptEntry> transcript,
            List<SessionEvent> events,
            List<Envelope> outbox,
            List<FailedInput> failed) {
        /** Nothing. */
        public static final Added NOTHING = new Added(List.of(), List.of(), List.of(), List.of());
    }
}
