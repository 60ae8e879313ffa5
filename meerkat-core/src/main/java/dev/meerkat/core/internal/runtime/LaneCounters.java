package dev.meerkat.core.internal.runtime;

import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.internal.session.SessionState;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import java.time.Duration;

/**
 * How many inputs of one session wait, and how much room is promised to inputs on their way to the
 * store. It keeps the store's own numbers, not counts: so an input of which this runtime did not hear is counted
 * with the next one, and one of which it hears twice is counted once. Guarded by the monitor of its {@link SessionState}.
 */
public final class LaneCounters {
    private static final Duration RETRY_HINT = Duration.ofMillis(250);

    private final boolean promises;
    private Marks admitted;
    private Marks consumed;
    private int promptsPromised;
    private int commsPromised;
    private int externalPromised;
    private long externalBytes;

    public LaneCounters(StoredSession stored) {
        this(stored, true);
    }

    /** Of a session as stored; {@code promises} if all inputs of the session are promised room here before they are stored. */
    public LaneCounters(StoredSession stored, boolean promises) {
        this.promises = promises;
        admitted = stored.inbox().admitted();
        consumed = stored.standing().progress().consumed();
        externalBytes = stored.inbox().waitingExternalBytes();
    }

    public int comms() {
        return of(Track.PROMPT) + of(Track.QUEUED) + of(Track.STEERED) + of(Track.PASSIVE);
    }

    public int external() {
        return of(Track.EXTERNAL);
    }

    public long externalBytes() {
        return externalBytes;
    }

    public int of(Track track) {
        return (int) (admitted.get(track) - consumed.get(track));
    }

    /** Whether something waits that starts a turn; while a failed input is held, that is prompts only. */
    public boolean wakes(boolean keepAlive, boolean held) {
        return of(Track.PROMPT) > 0
                || (keepAlive && !held && (of(Track.QUEUED) > 0 || of(Track.STEERED) > 0 || of(Track.EXTERNAL) > 0));
    }

    /** Promises room for one input, or refuses. Not where openings share the store: that has the numbers then. */
    public void promise(SessionId session, Track track, long bytes, RuntimeLimits limits) {
        checkRoom(session, track, bytes, limits);
        promised(track, 1);
        externalBytes += bytes;
    }

    public void checkRoom(SessionId session, Track track, long bytes, RuntimeLimits limits) {
        int waiting = track == Track.PROMPT
                ? of(track) + promptsPromised
                : track == Track.EXTERNAL
                        ? of(track) + externalPromised
                        : of(Track.QUEUED) + of(Track.STEERED) + of(Track.PASSIVE) + commsPromised;
        int bound = track == Track.EXTERNAL ? limits.externalInputs() : limits.commsInputs();
        if (waiting >= bound) {
            throw new LaneFullException(session, track.lane(), bound + " inputs", RETRY_HINT);
        }
        if (track == Track.EXTERNAL && externalBytes + bytes > limits.externalBytes()) {
            throw new LaneFullException(session, track.lane(), limits.externalBytes() + " bytes", RETRY_HINT);
        }
    }

    /** Why the store has refused an input. */
    public static LaneFullException full(
            SessionId session, Track track, AppendResult.Reason reason, RuntimeLimits limits) {
        InputAppend.Room room = room(track, limits);
        String bound =
                reason == AppendResult.Reason.TOO_MANY_BYTES ? room.bytes() + " bytes" : room.inputs() + " inputs";
        return new LaneFullException(session, track.lane(), bound, RETRY_HINT);
    }

    /** The bounds of a track's lane. */
    static InputAppend.Room room(Track track, RuntimeLimits limits) {
        int inputs = track == Track.EXTERNAL ? limits.externalInputs() : limits.commsInputs();
        return new InputAppend.Room(inputs, limits.externalBytes());
    }

    /** Takes a promise back. */
    public void release(Track track, long bytes) {
        promised(track, -1);
        externalBytes -= bytes;
    }

    private void promised(Track track, int count) {
        switch (track) {
            case PROMPT -> promptsPromised += count;
            case EXTERNAL -> externalPromised += count;
            case QUEUED, STEERED, PASSIVE -> commsPromised += count;
        }
    }

    /** An input for which room was promised is in the store. */
    public void admitted(Track track, long number) {
        long more = number - admitted.get(track);
        if (more > 0) {
            // Those before it are in the store too, although this runtime may hear of them later: all have their room.
            if (promises) {
                promised(track, (int) -more);
            }
            admitted = admitted.with(track, number);
        }
    }

    /** The session was read again. */
    public void stored(Marks others) {
        for (Track track : Track.values()) {
            admitted(track, others.get(track));
        }
    }

    /** The session's progress moved; bytes are those of the consumed external events. */
    public void consumed(Marks marks, long bytes) {
        consumed = marks;
        if (!promises) {
            // What others have appended may be consumed before anything else is heard of it.
            admitted = admitted.max(marks);
        }
        if (admitted.equals(marks)) {
            admitted = marks; // one object while nothing waits, as in an idle session
        }
        externalBytes -= bytes;
    }
}
