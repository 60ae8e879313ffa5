package dev.meerkat.core.internal.runtime;

import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn waits for whose reply. A turn waits for one reply at a time, so a new wait closes a cycle if and
 * only if following the waits from its responder leads back to it. Guarded by its monitor. Thread-safe.
 */
public final class ReplyWaits {
    /**
     * A turn waits.
     *
     * @param requester the session whose turn it is
     * @param responder the session that is to reply
     * @param request the request
     */
    public record Wait(SessionId requester, SessionId responder, RequestId request) {}

    private final Map<SessionId, Wait> waits = new HashMap<>();

    /** Begins a wait; returns the cycle that it closes, this wait first, or an empty list. */
    public synchronized List<Wait> begin(Wait wait) {
        waits.put(wait.requester(), wait);
        List<Wait> path = new ArrayList<>();
        @Nullable Wait next = wait;
        // Longer than all waits is only a path into a cycle that this wait is not part of.
        while (next != null && path.size() < waits.size()) {
            path.add(next);
            if (next.responder().equals(wait.requester())) {
                return path;
            }
            next = waits.get(next.responder());
        }
        return List.of();
    }

    public synchronized void end(SessionId requester) {
        waits.remove(requester);
    }
}
