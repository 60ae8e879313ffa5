package dev.meerkat.core.internal.memory;

import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.ScheduleChange;
import dev.meerkat.core.store.ScheduleResult;
import dev.meerkat.core.store.ScheduleRules;
import dev.meerkat.core.store.StoredSchedule;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The schedules of all sessions of a {@link MemoryStore}. Guarded by its monitor. Thread-safe. */
public final class MemorySchedules {
    private static final Comparator<StoredSchedule> BY_TIME = Comparator.comparing(
                    (StoredSchedule stored) -> stored.schedule().next())
            .thenComparing(stored -> stored.schedule().id())
            .thenComparing(StoredSchedule::session);

    private final NavigableSet<StoredSchedule> all = new TreeSet<>(BY_TIME);
    private final Map<SessionId, NavigableSet<StoredSchedule>> bySession = new HashMap<>();

    /** Changes a schedule of a session that is live. */
    public synchronized ScheduleResult change(ScheduleChange change) {
        return ScheduleRules.change(change, new OfSession(change.session()));
    }

    /** Adds a schedule of a session that is new. */
    public synchronized void restore(SessionId session, Schedule schedule) {
        put(session, schedule);
    }

    /** Guarded by the monitor of all. */
    private final class OfSession implements ScheduleRules.Kept<RuntimeException> {
        private final SessionId session;

        OfSession(SessionId session) {
            this.session = session;
        }

        private Set<StoredSchedule> own() {
            return bySession.getOrDefault(session, new TreeSet<>(BY_TIME));
        }

        @Override
        public @Nullable Schedule find(ScheduleId id) {
            return own().stream()
                    .map(StoredSchedule::schedule)
                    .filter(schedule -> schedule.id().equals(id))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public long count() {
            return own().size();
        }

        @Override
        public void put(Schedule schedule) {
            drop(schedule.id());
            MemorySchedules.this.put(session, schedule);
        }

        @Override
        public void drop(ScheduleId id) {
            Schedule there = find(id);
            if (there != null) {
                remove(session, there);
            }
        }
    }

    private void put(SessionId session, Schedule schedule) {
        StoredSchedule stored = new StoredSchedule(session, schedule);
        all.add(stored);
        bySession.computeIfAbsent(session, id -> new TreeSet<>(BY_TIME)).add(stored);
    }

    private void remove(SessionId session, Schedule schedule) {
        StoredSchedule stored = new StoredSchedule(session, schedule);
        all.remove(stored);
        bySession.computeIfPresent(session, (id, own) -> {
            own.remove(stored);
            return own.isEmpty() ? null : own;
        });
    }

    /** The session has ended. */
    public synchronized void dropAll(SessionId session) {
        Set<StoredSchedule> own = bySession.remove(session);
        if (own != null) {
            all.removeAll(own);
        }
    }

    /** Those of a session, or of all, that come after one, in order of time. */
    public synchronized List<StoredSchedule> page(
            @Nullable SessionId session, @Nullable StoredSchedule after, int limit) {
        NavigableSet<StoredSchedule> from =
                session == null ? all : bySession.getOrDefault(session, new TreeSet<>(BY_TIME));
        return (after == null ? from : from.tailSet(after, false))
                .stream().limit(limit).toList();
    }
}
