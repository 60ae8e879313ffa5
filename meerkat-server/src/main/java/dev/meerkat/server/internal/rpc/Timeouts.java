package dev.meerkat.server.internal.rpc;

import java.time.Duration;

/**
 * How long clients are waited for.
 *
 * @param line how long a line may stand still before its end has come, over TCP
 * @param token how long a connection may be without the token
 * @param tool how long a tool may take
 */
record Timeouts(Duration line, Duration token, Duration tool) {
    static final Timeouts DEFAULTS =
            new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofMinutes(2));
}
