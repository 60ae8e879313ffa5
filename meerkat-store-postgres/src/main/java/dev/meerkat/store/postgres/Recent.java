package dev.meerkat.store.postgres;

import dev.meerkat.api.SessionId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sessions as the last groups of this node have left them. Inputs for them are written in one message, without a look-up
 * before: the write itself proves that nobody else has changed the session since, and that no earlier input has the id or
 * the key, or it writes nothing. A session for which this goes wrong is looked up for a while. Confined to the committer.
 */
final class Recent {
    private static final int MOST_SESSIONS = 16_384;
    private static final int MOST_LOOK_UPS = 64;

    /**
     * What is known of a session.
     *
     * @param state its row
     * @param consumedBytes at least so many bytes of its external events are consumed
     * @param lookUps how often it is to be looked up before its row is relied on again
     * @param next how often that is to be when it goes wrong once more
     */
    private record Left(Hot state, long consumedBytes, int lookUps, int next) {
        Left changedByOthers() {
            // It may even be another session of the same id.
            return new Left(state, 0, next, Math.min(MOST_LOOK_UPS, 2 * next));
        }

        Left same() {
            return lookUps > 0
                    ? new Left(state, consumedBytes, lookUps - 1, next)
                    : new Left(state, consumedBytes, 0, Math.max(1, next - 1));
        }

        Left with(Hot now, long consumed) {
            return new Left(now, Math.max(consumed, consumedBytes), lookUps, next);
        }
    }

    private final Map<SessionId, Left> sessions = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionId, Left> eldest) {
            return size() > MOST_SESSIONS;
        }
    };

    /** The sessions of the last group if it had relied on something that was not so; empty otherwise. */
    private Set<SessionId> mistaken = Set.of();

    /** What the writes change without a look-up; null if one is needed. */
    @Nullable
    Known guess(UUID node, Collection<GroupWrite<?>> writes) {
        Wanted wanted = new Wanted();
        writes.forEach(write -> write.wants(wanted));
        if (!mistaken.isEmpty() || !wanted.onlyNewInputs()) {
            return null;
        }
        Known known = new Known(node);
        for (SessionId id : wanted.sessions()) {
            Left left = sessions.get(id);
            if (left == null || left.lookUps() > 0) {
                return null;
            }
            known.sessions.put(id, left.state().next());
            known.consumedBytes.put(id, left.consumedBytes());
        }
        for (GroupWrite<?> write : writes) {
            if (!write.guess(known)) {
                return null;
            }
        }
        return known;
    }

    /** The server has refused what was guessed: the same writes are looked up now. */
    void mistaken(Known known) {
        mistaken = Set.copyOf(known.sessions.keySet());
    }

    /** What a look-up has found, before the writes change it. */
    void found(Known known, Wanted wanted) {
        boolean explained = false;
        for (SessionId id : wanted.sessions()) {
            Left left = sessions.get(id);
            Hot state = known.sessions.get(id);
            if (state == null) {
                sessions.remove(id);
            } else if (left != null) {
                boolean same = state.follows(left.state()) && !(mistaken.contains(id) && known.hasInputOf(id));
                explained |= !same && mistaken.contains(id);
                sessions.put(id, same ? left.same() : left.changedByOthers());
            }
        }
        if (!explained) {
            mistaken.forEach(id -> sessions.computeIfPresent(id, (same, left) -> left.changedByOthers()));
        }
        mistaken = Set.of();
    }

    /** A group is stored. */
    void left(Known known) {
        known.sessions.forEach((id, state) -> {
            long consumed = known.consumedBytes.getOrDefault(id, 0L);
            Left before = sessions.get(id);
            Hot now = state.next();
            sessions.put(id, before == null ? new Left(now, consumed, 0, 1) : before.with(now, consumed));
        });
    }

    /** Nothing is known any more. */
    void clear() {
        sessions.clear();
        mistaken = Set.of();
    }
}
