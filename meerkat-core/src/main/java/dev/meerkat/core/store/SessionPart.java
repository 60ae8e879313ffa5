package dev.meerkat.core.store;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import java.time.Instant;
import java.util.Optional;

/**
 * A part of all that a store has of a session, for taking the session from one store to another. The parts of a session come in
 * the order in which the kinds stand here, first its {@link Head}; each kind says in which order its own come. Immutable.
 */
public sealed interface SessionPart {
    /**
     * What a session has once.
     *
     * @param id its id
     * @param spec as created, and kept alive or not as it is now
     * @param identitySeed what its identity is made from
     * @param createdAt when it was created
     * @param standing its version and progress, and whether it is archived
     * @param admitted the last number of each track
     * @param log where its log ends, and how many entries its transcript has had
     * @param cut where log and transcript begin
     */
    @SuppressWarnings("ArrayRecordComponent") // a secret, which neither compares nor prints
    record Head(
            SessionId id,
            SessionSpec spec,
            byte[] identitySeed,
            Instant createdAt,
            StoredSession.Standing standing,
            Marks admitted,
            StoredSession.Log log,
            Cut cut)
            implements SessionPart {}

    /**
     * An input, waiting or handled; by track, then by number. A place in the log is the input's, if the log goes back that far.
     *
     * @param track its track
     * @param number its number in that track
     * @param input the input
     * @param failed what became of it if it failed, or empty
     */
    record Input(Track track, long number, AdmittedInput input, Optional<FailedInput> failed) implements SessionPart {}

    /**
     * An event of the log that admits no input; by its place.
     *
     * @param event the event
     */
    record Event(SessionEvent event) implements SessionPart {}

    /**
     * An entry of the transcript; in its order.
     *
     * @param entry the entry
     */
    record Entry(TranscriptEntry entry) implements SessionPart {}

    /**
     * A key under which a step took effect; by the bytes of the key.
     *
     * @param key the key
     */
    record Key(ContextKey key) implements SessionPart {}

    /**
     * The id of a response that went to a handle, by which a second delivery is known; by the place.
     *
     * @param id the response's id
     * @param position the place of its event in the log
     */
    record ReplyId(InputId id, Cursor position) implements SessionPart {}

    /**
     * A request that the session has sent, or has to answer; by its id.
     *
     * @param request the request
     */
    record Request(StoredRequest request) implements SessionPart {}

    /**
     * A message that has not arrived; in the order in which they were committed.
     *
     * @param envelope the message
     */
    record Unsent(Envelope envelope) implements SessionPart {}

    /**
     * What the session is to get later; by the schedule's id.
     *
     * @param schedule the schedule
     */
    record Planned(Schedule schedule) implements SessionPart {}
}
