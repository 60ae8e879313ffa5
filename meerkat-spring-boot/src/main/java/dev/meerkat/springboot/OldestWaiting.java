package dev.meerkat.springboot;

import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds since when the oldest input waits, of the sessions that have work to do. */
final class OldestWaiting {
    /** So many sessions are looked at, the oldest ones, so that asking costs little however many there are. */
    private static final int MOST = 100;

    private OldestWaiting() {}

    static Optional<Instant> in(SessionStore store) {
        List<Instant> waiting = new ArrayList<>();
        for (SessionId id : store.unfinished(null, MOST)) {
            store.load(id).ifPresent(session -> add(store, session, waiting));
        }
        return waiting.stream().min(Instant::compareTo);
    }

    private static void add(SessionStore store, StoredSession session, List<Instant> waiting) {
        for (Track track : Track.values()) {
            // What waits passively is not late: it waits for the next turn, whenever that is.
            if (track != Track.PASSIVE) {
                long consumed = session.standing().progress().consumed().get(track);
                store.waiting(session.id(), track, consumed, 1)
                        .forEach(first -> waiting.add(first.input().at()));
            }
        }
    }
}
