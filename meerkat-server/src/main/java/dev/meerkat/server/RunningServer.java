package dev.meerkat.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** A server that listens. Thread-safe. */
public interface RunningServer extends AutoCloseable {
    /** {@return where it listens: one for each port asked for, in that order, with the real port numbers} */
    List<InetSocketAddress> addresses();

    /**
     * Waits until the client on standard input is gone, or this is closed.
     *
     * @param timeout how long
     * @return whether it is so; a server with no such client ends only by {@link #close}
     * @throws InterruptedException if interrupted while waiting
     */
    boolean awaitEnd(Duration timeout) throws InterruptedException;

    /**
     * Takes no more calls, waits for running ones, and ends all connections, within three seconds. The Meerkat stays
     * open. Idempotent.
     */
    @Override
    void close();
}
