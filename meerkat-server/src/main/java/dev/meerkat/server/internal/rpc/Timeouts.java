package dev.meerkat.server.internal.rpc;

import java.time.Duration;

/**
 * How long clients are waited for.
 *
 * @param token how long a connection may be without the token
 * @param tool how long a tool may take
 * @param write how long a client may take to read what is written at once, over TCP
 */
record Timeouts(Duration token, Duration tool, Duration write) {
    static final Timeouts DEFAULTS =
            new Timeouts(Duration.ofSeconds(10), Duration.ofMinutes(2), Duration.ofSeconds(30));
}
