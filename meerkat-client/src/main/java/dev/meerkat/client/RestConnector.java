package dev.meerkat.client;

import java.net.URI;

/** How to connect to a server's REST surface. Immutable. */
public final class RestConnector {
    private final URI server;

    RestConnector(URI server) {
        this.server = server;
    }

    /**
     * Connects.
     *
     * @return a client, to be closed
     * @throws InterruptedException if interrupted while waiting
     */
    public RemoteMeerkat open() throws InterruptedException {
        return dev.meerkat.client.internal.wire.Later.later(server.toString());
    }
}
