package dev.meerkat.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LaneCountersTest {
    private static final SessionId ID = new SessionId(new UUID(1, 2));
    private static final RuntimeLimits LIMITS = RuntimeLimits.defaults().withLanes(3, 3, 1_000);

    private final LaneCounters lanes = new LaneCounters(new StoredSession(
            ID,
            SessionSpec.ofPrompt("Hello."),
            new byte[0],
            Instant.EPOCH,
            new StoredSession.Standing(false, 1, SessionProgress.START),
            new StoredSession.Inbox(Marks.ZERO, 0, false),
            new StoredSession.Log(Cursor.START, 0)));

    private void promise(Track track) {
        lanes.promise(ID, track, 1, LIMITS);
    }

    private void assertFull(Track track) {
        assertThatThrownBy(() -> promise(track)).isInstanceOf(LaneFullException.class);
    }

    @Test
    void anInputOfWhichTheRuntimeHearsLateIsNotCountedTwice() {
        for (Track track : List.of(Track.EXTERNAL, Track.QUEUED)) {
            promise(track);
            promise(track);
            lanes.admitted(track, 2);
            promise(track);
            lanes.admitted(track, 1);
            lanes.admitted(track, 3);
            assertThat(lanes.of(track)).isEqualTo(3);
            assertFull(track);
        }
    }

    @Test
    void anInputOfWhichTheSessionReadIsNotCountedTwice() {
        promise(Track.EXTERNAL);
        lanes.stored(Marks.ZERO.with(Track.EXTERNAL, 1));
        promise(Track.EXTERNAL);
        promise(Track.EXTERNAL);
        assertFull(Track.EXTERNAL);
        lanes.admitted(Track.EXTERNAL, 1);
        assertFull(Track.EXTERNAL);
    }
}
