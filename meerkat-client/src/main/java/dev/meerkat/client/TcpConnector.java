package dev.meerkat.client;

/** How to connect to a server's JSON-RPC surface over TCP. Immutable. */
public final class TcpConnector {
    private final String host;
    private final int port;

    TcpConnector(String host, int port) {
        this.host = host;
        this.port = port;
    }

    /**
     * Connects.
     *
     * @return a client, to be closed
     * @throws InterruptedException if interrupted while waiting
     */
    public RemoteMeerkat open() throws InterruptedException {
        return dev.meerkat.client.internal.wire.Later.later(host + port);
    }
}
