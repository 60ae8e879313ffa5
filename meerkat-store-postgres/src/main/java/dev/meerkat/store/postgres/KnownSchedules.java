package dev.meerkat.store.postgres;

import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.ScheduleRules;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the writes of one group know of schedules, and what they change. Confined to the committer. */
final class KnownSchedules {
    private static final String DROPPED = "DELETE FROM $.schedule q USING " + Table.unnest("int8", "uuid")
            + " u(session_no, id) WHERE q.session_no = u.session_no AND q.id = u.id";

    private final Map<SessionId, Long> counts = new HashMap<>();
    private final Map<Known.Of, Schedule> there = new HashMap<>();
    /** Those that are changed, as they are at the end; empty for those that are there no more. */
    private final Map<Known.Of, Optional<Schedule>> changed = new LinkedHashMap<>();

    private final Map<SessionId, Hot> sessions = new HashMap<>();
    private final Table ended = new Table("DELETE FROM $.schedule WHERE session_no = ANY (?::int8[])", "int8");

    /** What the store has. */
    void found(SessionId session, long count) {
        counts.put(session, count);
    }

    void found(SessionId session, Schedule schedule) {
        there.put(of(session, schedule.id()), schedule);
    }

    private static Known.Of of(SessionId session, ScheduleId id) {
        return new Known.Of(session, id.value());
    }

    /** The schedules of a session. */
    ScheduleRules.Kept<RuntimeException> of(Hot session) {
        return new OfSession(session);
    }

    private final class OfSession implements ScheduleRules.Kept<RuntimeException> {
        private final Hot session;

        OfSession(Hot session) {
            this.session = session;
        }

        @Override
        public @Nullable Schedule find(ScheduleId id) {
            return there.get(of(session.id, id));
        }

        @Override
        public long count() {
            return counts.getOrDefault(session.id, 0L);
        }

        @Override
        public void put(Schedule schedule) {
            Known.Of of = of(session.id, schedule.id());
            if (there.put(of, schedule) == null) {
                counts.merge(session.id, 1L, Long::sum);
            }
            changed.put(of, Optional.of(schedule));
            sessions.put(session.id, session);
        }

        @Override
        public void drop(ScheduleId id) {
            Known.Of of = of(session.id, id);
            if (there.remove(of) != null) {
                counts.merge(session.id, -1L, Long::sum);
            }
            changed.put(of, Optional.empty());
            sessions.put(session.id, session);
        }
    }

    /** The session has ended. */
    void end(Hot session) {
        ended.row(session.no);
        changed.keySet().removeIf(of -> of.session().equals(session.id));
    }

    boolean any() {
        return !sessions.isEmpty();
    }

    Set<SessionId> changed() {
        return new HashSet<>(sessions.keySet());
    }

    void writeTo(Statements script) {
        Table rows = Table.insert(
                "schedule",
                "session_no id shard due body",
                "int8 uuid int2 int8 bytea",
                " ON CONFLICT (session_no, id) DO UPDATE SET due = excluded.due, body = excluded.body");
        Table dropped = new Table(DROPPED, "int8", "uuid");
        changed.forEach((of, schedule) -> {
            Hot session = sessions.get(of.session());
            if (session != null && schedule.isPresent()) {
                rows.row(
                        session.no,
                        of.id(),
                        Shards.of(session.id),
                        StoredNumbers.of(schedule.get().next()),
                        StoreCodec.encode(schedule.get()));
            } else if (session != null) {
                dropped.row(session.no, of.id());
            }
        });
        rows.writeTo(script);
        dropped.writeTo(script);
        ended.writeTo(script);
    }
}
