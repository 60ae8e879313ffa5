package dev.meerkat.client.internal;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.Limits;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.client.internal.calls.ServerCalls;
import org.jspecify.annotations.Nullable;

/** Dead letters at a server; the same servers park sessions. */
final class RemoteDeadLetters {
    private RemoteDeadLetters() {}

    /** Refuses what the server says it cannot do. */
    static void check(ServerCalls calls) {
        if (!calls.facts().capabilities().has(Capability.DEAD_LETTERS)) {
            throw new NotSupportedException("the server keeps no dead letters, and parks no sessions");
        }
    }

    /** A page of one session's, or of all. */
    static DeadLetterPage page(ServerCalls calls, @Nullable SessionId session, int offset, int limit)
            throws InterruptedException {
        Values.range(offset, "offset", 0, Integer.MAX_VALUE);
        Values.range(limit, "limit", 1, Limits.PAGE_ROWS);
        check(calls);
        return calls.deadLetters(session, offset, limit);
    }
}
