package dev.meerkat.core.internal;

import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import java.time.Duration;

/**
 * How many inputs of one session wait, and how much room is promised to inputs on their way to the
 * store. Guarded by the monitor of its {@link SessionLoop}.
 */
final class LaneCounters {
    private static final Duration RETRY_HINT = Duration.ofMillis(250);

    private int prompt;
    private int queued;
    private int steered;
    private int passive;
    private int external;
    private int promptsPromised;
    private int commsPromised;
    private int externalPromised;
    private long externalBytes;

    LaneCounters(StoredSession stored) {
        Marks admitted = stored.admitted();
        Marks consumed = stored.progress().consumed();
        prompt = (int) (admitted.prompt() - consumed.prompt());
        queued = (int) (admitted.queued() - consumed.queued());
        steered = (int) (admitted.steered() - consumed.steered());
        passive = (int) (admitted.passive() - consumed.passive());
        external = (int) (admitted.external() - consumed.external());
        externalBytes = stored.waitingExternalBytes();
    }

    int comms() {
        return prompt + queued + steered + passive;
    }

    int external() {
        return external;
    }

    long externalBytes() {
        return externalBytes;
    }

    int of(Track track) {
        return switch (track) {
            case PROMPT -> prompt;
            case QUEUED -> queued;
            case STEERED -> steered;
            case PASSIVE -> passive;
            case EXTERNAL -> external;
        };
    }

    /** Whether something waits that starts a turn. */
    boolean wakes(boolean keepAlive) {
        return prompt > 0 || (keepAlive && (queued > 0 || steered > 0 || external > 0));
    }

    /** Promises room for one input, or refuses. */
    void promise(SessionId session, Track track, long bytes, RuntimeLimits limits) {
        checkRoom(session, track, bytes, limits);
        promised(track, 1);
        externalBytes += bytes;
    }

    void checkRoom(SessionId session, Track track, long bytes, RuntimeLimits limits) {
        int waiting = track == Track.PROMPT
                ? prompt + promptsPromised
                : track == Track.EXTERNAL ? external + externalPromised : queued + steered + passive + commsPromised;
        int bound = track == Track.EXTERNAL ? limits.externalInputs() : limits.commsInputs();
        if (waiting >= bound) {
            throw new LaneFullException(session, track.lane(), bound + " inputs", RETRY_HINT);
        }
        if (track == Track.EXTERNAL && externalBytes + bytes > limits.externalBytes()) {
            throw new LaneFullException(session, track.lane(), limits.externalBytes() + " bytes", RETRY_HINT);
        }
    }

    /** Takes a promise back. */
    void release(Track track, long bytes) {
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
    void admitted(Track track) {
        promised(track, -1);
        switch (track) {
            case PROMPT -> prompt++;
            case QUEUED -> queued++;
            case STEERED -> steered++;
            case PASSIVE -> passive++;
            case EXTERNAL -> external++;
        }
    }

    /** The session's progress moved; bytes are those of the consumed external events. */
    void consumed(Marks before, Marks after, long bytes) {
        prompt -= (int) (after.prompt() - before.prompt());
        queued -= (int) (after.queued() - before.queued());
        steered -= (int) (after.steered() - before.steered());
        passive -= (int) (after.passive() - before.passive());
        external -= (int) (after.external() - before.external());
        externalBytes -= bytes;
    }
}
