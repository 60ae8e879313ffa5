package dev.meerkat.store.sqlite;

import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Waiting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The newest inputs that wait, so that whoever takes them up need not ask the database. Of each track it has the last ones
 * without a gap, or none. Bounded; what is not here is in the database. Only the committer changes it; thread-safe, by its
 * monitor.
 */
final class RecentInputs {
    private static final int MOST_OF_TRACK = 128;
    private static final long MOST_BYTES = 16L << 20;
    private static final int OVERHEAD_BYTES = 512;

    private record Sized(Waiting waiting, long bytes) {}

    /** The last inputs of a track: those after a number. */
    private static final class Stretch {
        private final ArrayDeque<Sized> entries = new ArrayDeque<>(4);
        private long before;

        Stretch(long before) {
            this.before = before;
        }

        long last() {
            return before + entries.size();
        }
    }

    /** The tracks of a session that have some. */
    private static final class OfSession {
        private final Map<Track, Stretch> stretches = new EnumMap<>(Track.class);
        private final Map<InputId, Waiting> byId = new HashMap<>(4);
    }

    private final Map<SessionId, OfSession> sessions = new HashMap<>();
    private long bytes;

    /**
     * Shows what a group did, in the database and here. Who reads here meanwhile waits for that: it may have seen in the
     * database what is not here yet.
     */
    synchronized void show(Runnable group) {
        group.run();
    }

    /** An input is stored, at the end of its track. */
    synchronized void appended(SessionId session, Waiting waiting, int size) {
        if (bytes > MOST_BYTES) {
            // Most of it waits where nobody takes it up; who does finds the next ones here again.
            forget();
        }
        OfSession all = sessions.computeIfAbsent(session, id -> new OfSession());
        Stretch stretch = all.stretches.computeIfAbsent(waiting.track(), track -> new Stretch(waiting.number() - 1));
        if (stretch.last() != waiting.number() - 1) {
            drop(all, stretch, Long.MAX_VALUE);
            stretch.before = waiting.number() - 1;
        }
        stretch.entries.add(new Sized(waiting, OVERHEAD_BYTES + size));
        all.byId.put(waiting.input().id(), waiting);
        bytes += OVERHEAD_BYTES + size;
        drop(all, stretch, waiting.number() - MOST_OF_TRACK);
    }

    /** All inputs up to some numbers are consumed. */
    synchronized void consumed(SessionId session, Marks upTo) {
        OfSession all = sessions.get(session);
        if (all == null) {
            return;
        }
        all.stretches.forEach((track, stretch) -> drop(all, stretch, upTo.get(track)));
        all.stretches.values().removeIf(stretch -> stretch.entries.isEmpty());
        if (all.stretches.isEmpty()) {
            sessions.remove(session);
        }
    }

    private void drop(OfSession all, Stretch stretch, long upTo) {
        for (Sized first = stretch.entries.peek();
                first != null && first.waiting().number() <= upTo;
                first = stretch.entries.peek()) {
            stretch.entries.remove();
            stretch.before = first.waiting().number();
            all.byId.remove(first.waiting().input().id());
            bytes -= first.bytes();
        }
    }

    /** A session is deleted. */
    synchronized void forget(SessionId session) {
        OfSession all = sessions.remove(session);
        if (all != null) {
            all.stretches.values().forEach(stretch -> drop(all, stretch, Long.MAX_VALUE));
        }
    }

    /** After this, the database is asked for all that is there now; such as after a write that may be stored or not. */
    synchronized void forget() {
        sessions.clear();
        bytes = 0;
    }

    /** The inputs of a track that wait after a number; empty if the database must be asked. */
    synchronized Optional<List<Waiting>> waiting(SessionId session, Track track, long after, int limit) {
        OfSession all = sessions.get(session);
        Stretch stretch = all == null ? null : all.stretches.get(track);
        if (stretch == null || after < stretch.before) {
            return Optional.empty();
        }
        List<Waiting> waiting = new ArrayList<>();
        for (Sized entry : stretch.entries) {
            if (waiting.size() == limit) {
                break;
            }
            if (entry.waiting().number() > after) {
                waiting.add(entry.waiting());
            }
        }
        return Optional.of(waiting);
    }

    /** An input that is here, or null. */
    synchronized @Nullable Waiting find(SessionId session, InputId input) {
        OfSession all = sessions.get(session);
        return all == null ? null : all.byId.get(input);
    }
}
