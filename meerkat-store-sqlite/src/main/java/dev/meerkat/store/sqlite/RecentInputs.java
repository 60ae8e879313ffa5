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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The newest inputs that wait, so that whoever takes them up need not ask the database. Of each track it has the last ones
 * without a gap, or none. Bounded; what is not here is in the database. Only the committer changes it; thread-safe.
 */
final class RecentInputs {
    private static final int MOST_OF_TRACK = 1_024;
    private static final long MOST_BYTES = 32L << 20;

    private record Entry(Waiting waiting, int bytes) {}

    /** The last inputs of a track: those after a number. */
    private static final class Lane {
        private final ArrayDeque<Entry> entries = new ArrayDeque<>(4);
        private long before;

        Lane(long before) {
            this.before = before;
        }

        long last() {
            return before + entries.size();
        }
    }

    /** The tracks of a session that have some; guarded by its monitor. */
    private static final class Lanes {
        private final Map<Track, Lane> lanes = new EnumMap<>(Track.class);
        private final Map<InputId, Waiting> byId = new HashMap<>(4);
    }

    private final Map<SessionId, Lanes> sessions = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    /** An input is stored, at the end of its track. */
    void appended(SessionId session, Waiting waiting, int size) {
        Lanes all = sessions.computeIfAbsent(session, id -> new Lanes());
        synchronized (all) {
            Lane lane = all.lanes.computeIfAbsent(waiting.track(), track -> new Lane(waiting.number() - 1));
            if (lane.last() != waiting.number() - 1 || bytes.get() > MOST_BYTES) {
                drop(all, lane, Long.MAX_VALUE);
                lane.before = waiting.number() - 1;
            }
            lane.entries.add(new Entry(waiting, size));
            all.byId.put(waiting.input().id(), waiting);
            bytes.addAndGet(size);
            drop(all, lane, waiting.number() - MOST_OF_TRACK);
        }
    }

    /** All inputs up to some numbers are consumed. */
    void consumed(SessionId session, Marks upTo) {
        Lanes all = sessions.get(session);
        if (all == null) {
            return;
        }
        synchronized (all) {
            all.lanes.forEach((track, lane) -> drop(all, lane, upTo.get(track)));
            all.lanes.values().removeIf(lane -> lane.entries.isEmpty());
            if (all.lanes.isEmpty()) {
                sessions.remove(session);
            }
        }
    }

    private void drop(Lanes all, Lane lane, long upTo) {
        for (Entry first = lane.entries.peek();
                first != null && first.waiting().number() <= upTo;
                first = lane.entries.peek()) {
            lane.entries.remove();
            lane.before = first.waiting().number();
            all.byId.remove(first.waiting().input().id());
            bytes.addAndGet(-first.bytes());
        }
    }

    /** After a write that may be stored or not, the last ones may not be here. */
    void forget() {
        sessions.clear();
        bytes.set(0);
    }

    /** The inputs of a track that wait after a number; empty if the database must be asked. */
    Optional<List<Waiting>> waiting(SessionId session, Track track, long after, int limit) {
        Lanes all = sessions.get(session);
        if (all == null) {
            return Optional.empty();
        }
        synchronized (all) {
            Lane lane = all.lanes.get(track);
            if (lane == null || after < lane.before) {
                return Optional.empty();
            }
            List<Waiting> waiting = new ArrayList<>();
            for (Entry entry : lane.entries) {
                if (waiting.size() == limit) {
                    break;
                }
                if (entry.waiting().number() > after) {
                    waiting.add(entry.waiting());
                }
            }
            return Optional.of(waiting);
        }
    }

    /** An input that is here, or null. */
    @Nullable
    Waiting find(SessionId session, InputId input) {
        Lanes all = sessions.get(session);
        if (all == null) {
            return null;
        }
        synchronized (all) {
            return all.byId.get(input);
        }
    }
}
