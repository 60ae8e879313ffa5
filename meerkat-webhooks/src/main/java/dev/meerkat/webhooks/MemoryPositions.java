package dev.meerkat.webhooks;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Positions that end with the process. Thread-safe. */
final class MemoryPositions implements NotificationPositions {
    private final Map<String, Map<SessionId, Cursor>> targets = new ConcurrentHashMap<>();

    @Override
    public Optional<Map<SessionId, Cursor>> read(String target) {
        return Optional.ofNullable(targets.get(target)).map(HashMap::new);
    }

    @Override
    public void begin(String target, Map<SessionId, Cursor> positions) {
        targets.put(target, new ConcurrentHashMap<>(positions));
    }

    @Override
    public void write(String target, SessionId session, Cursor position) {
        targets.computeIfAbsent(target, name -> new ConcurrentHashMap<>()).put(session, position);
    }

    @Override
    public void forget(String target, SessionId session) {
        targets.computeIfAbsent(target, name -> new ConcurrentHashMap<>()).remove(session);
    }
}
