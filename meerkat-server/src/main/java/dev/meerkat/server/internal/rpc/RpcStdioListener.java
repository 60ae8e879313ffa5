package dev.meerkat.server.internal.rpc;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.Shared;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** JSON-RPC over standard input and output, or another pair of streams. Asks for no token. */
public final class RpcStdioListener implements Listener {
    private final Connection connection;

    private RpcStdioListener(Connection connection) {
        this.connection = connection;
    }

    /** Opens it. */
    public static Listener open(Shared shared, InputStream in, OutputStream out) {
        return open(shared, in, out, Timeouts.DEFAULTS);
    }

    static Listener open(Shared shared, InputStream in, OutputStream out, Timeouts timeouts) {
        Connection connection = new Connection(
                "meerkat-rpc-stdio",
                shared,
                new StdioWire(in, out),
                new Gate(Optional.empty()),
                Bounds.of(shared.limits()),
                timeouts);
        connection.start();
        return new RpcStdioListener(connection);
    }

    @Override
    public Optional<InetSocketAddress> address() {
        return Optional.empty();
    }

    @Override
    public CompletionStage<Void> ended() {
        return connection.inputEnded();
    }

    @Override
    public void close(Duration grace) {
        connection.stop(grace);
        connection.awaitEnd(grace.toNanos());
    }
}
