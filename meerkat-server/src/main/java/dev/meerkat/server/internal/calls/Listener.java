package dev.meerkat.server.internal.calls;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One way into a server, open until it is closed. Thread-safe. */
public interface Listener {
    /** Where it listens; empty for standard input. */
    Optional<InetSocketAddress> address();

    /** Completes when its only client is gone; never, where several clients may connect. */
    default CompletionStage<Void> ended() {
        return new CompletableFuture<>();
    }

    /**
     * Takes no more calls, lets those that run end and what they have to say be written for that long at most, and then
     * closes all connections. Idempotent.
     *
     * @param grace at most that long
     */
    void close(Duration grace);
}
