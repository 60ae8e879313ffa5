package dev.meerkat.core.store;

import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of a session by its owner; becomes visible as a whole or not at all.
 *
 * @param session the session
 * @param expectedVersion the version that it builds on
 * @param progress how far the session got with it
 * @param transcript entries to append
 * @param events events to append, in order, each of which the store gives its cursor
 * @param outbox peer commands that leave once this is committed
 * @param failed inputs whose turn failed, each as it is from now on
 * @param archives whether it ends the session
 * @param contextKey the key under which it is done once for ever, or null
 * @param keepAlive whether the session is kept alive from now on, or null for no change
 */
public record StepCommit(
        SessionId session,
        long expectedVersion,
        SessionProgress progress,
        List<TranscriptEntry> transcript,
        List<SessionEvent> events,
        List<Envelope> outbox,
        List<FailedInput> failed,
        boolean archives,
        @Nullable ContextKey contextKey,
        @Nullable Boolean keepAlive) {

    /**
     * A change without key, that leaves keep-alive as it is.
     *
     * @param session the session
     * @param expectedVersion the version that it builds on
     * @param progress how far the session got with it
     * @param transcript entries to append
     * @param events events to append, in order, each of which the store gives its cursor
     * @param outbox peer commands that leave once this is committed
     * @param failed inputs whose turn failed, each as it is from now on
     * @param archives whether it ends the session
     */
    public StepCommit(
            SessionId session,
            long expectedVersion,
            SessionProgress progress,
            List<TranscriptEntry> transcript,
            List<SessionEvent> events,
            List<Envelope> outbox,
            List<FailedInput> failed,
            boolean archives) {
        this(session, expectedVersion, progress, transcript, events, outbox, failed, archives, null, null);
    }
}
