package dev.meerkat.client.internal.rpc;

import dev.meerkat.api.NotSupportedException;
import dev.meerkat.client.internal.calls.ServerFacts;
import dev.meerkat.client.internal.wire.Dialect;
import java.util.Set;

/**
 * What a server said in the handshake of one connection.
 *
 * @param dialect how to speak to it
 * @param methods what it has
 * @param replay whether it keeps a log of events
 * @param facts the same in the terms of the API
 */
record Hello(Dialect dialect, Set<String> methods, boolean replay, ServerFacts facts) {

    /**
     * Refuses what the server does not have.
     *
     * @throws NotSupportedException if it does not list the method
     */
    void check(String method) {
        if (!methods.contains(method)) {
            throw new NotSupportedException("the server has no method " + method);
        }
    }
}
