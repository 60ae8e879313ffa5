package dev.meerkat.client;

import java.net.URI;
import java.nio.file.Path;

/**
 * Where a client of a remote Meerkat server begins: one method for each kind of connection.
 *
 * <p>What each returns is an immutable description; {@code open()} connects, asks the server for its
 * contract line and gives a {@link RemoteMeerkat}. Closing that never ends a session on a server that
 * goes on running.
 */
public final class MeerkatClient {
    private MeerkatClient() {}

    /**
     * A server's REST surface, such as {@code rkat-rest}.
     *
     * @param server where it is, such as {@code http://127.0.0.1:8080}; a path in it is kept as prefix
     * @return how to connect
     * @throws dev.meerkat.api.InvalidFieldException if it is no http or https address
     */
    public static RestConnector rest(URI server) {
        return new RestConnector(server);
    }

    /**
     * A server's JSON-RPC surface over TCP, such as {@code rkat-rpc --tcp 127.0.0.1:4800}.
     *
     * @param host the server's host name or address
     * @param port the server's port
     * @return how to connect
     * @throws dev.meerkat.api.InvalidFieldException if one of them cannot be
     */
    public static TcpConnector tcp(String host, int port) {
        return new TcpConnector(host, port);
    }

    /**
     * A server in a child process, with JSON-RPC over its standard input and output. The executable is
     * that of the environment variable {@code MEERKAT_BIN_PATH}, or else {@code rkat-rpc} on the path.
     *
     * @return how to start it
     */
    public static StdioConnector stdio() {
        return new StdioConnector(null);
    }

    /**
     * A server in a child process, with JSON-RPC over its standard input and output.
     *
     * @param executable the server's program
     * @return how to start it
     */
    public static StdioConnector stdio(Path executable) {
        return new StdioConnector(executable);
    }
}
