package dev.meerkat.core.internal.runtime;

import dev.meerkat.api.SessionId;
import dev.meerkat.core.Health;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The sessions that do not go on, and why; what health tells of them. Thread-safe. */
public final class Troubles {
    /** Health names no more of them; one answer must not grow with the store. */
    private static final int TOLD = 100;

    private final Map<SessionId, Health.Problem> problems = new ConcurrentHashMap<>();

    /** A session does not go on. */
    public void begin(SessionId session, String code, String message) {
        problems.put(session, Health.Problem.of(session, code, message));
    }

    /** A session goes on again. */
    public void end(SessionId session) {
        problems.remove(session);
    }

    public List<Health.Problem> told() {
        return problems.values().stream().limit(TOLD).toList();
    }
}
