package dev.meerkat.core.store;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import java.time.Instant;

/**
 * A session as stored.
 *
 * @param id its id
 * @param spec what it was created as, with {@code keepAlive} as it is now
 * @param identitySeed the 32 secret bytes of its identity; empty without a comms name
 * @param createdAt when it was created
 * @param standing how far it got
 * @param inbox what it was sent
 * @param log how long its log and its transcript are
 */
@SuppressWarnings("ArrayRecordComponent") // a secret, which neither compares nor prints
public record StoredSession(
        SessionId id,
        SessionSpec spec,
        byte[] identitySeed,
        Instant createdAt,
        Standing standing,
        Inbox inbox,
        Log log) {
    /**
     * How far a session got.
     *
     * @param archived whether it has ended
     * @param version how many {@link StepCommit}s it had
     * @param progress how far it got
     */
    public record Standing(boolean archived, long version, SessionProgress progress) {}

    /**
     * What a session was sent.
     *
     * @param admitted how many inputs each track ever had
     * @param waitingExternalBytes bytes of the external events that are not consumed
     * @param retries whether failed inputs are tried again
     */
    public record Inbox(Marks admitted, long waitingExternalBytes, boolean retries) {}

    /**
     * How long the log and the transcript of a session are.
     *
     * @param last the place of its newest event
     * @param messageCount entries of its transcript
     */
    public record Log(Cursor last, long messageCount) {}
}
