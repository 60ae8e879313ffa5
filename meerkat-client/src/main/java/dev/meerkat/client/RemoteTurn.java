package dev.meerkat.client;

import dev.meerkat.api.Turn;

/** A {@link Turn} on a remote server. Thread-safe. */
public interface RemoteTurn extends Turn {

    /**
     * Asks the server to take the turn back; the JSON-RPC notification {@code cancel} or {@code POST
     * /requests/{id}/cancel} on the wire. Whether it comes in time shows in the turn's outcome. Unlike
     * {@link dev.meerkat.api.Session#interrupt}, it hits no other turn.
     *
     * @throws InterruptedException if interrupted while waiting
     */
    void cancel() throws InterruptedException;
}
