package dev.meerkat.server.internal.rpc;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.methods.ServerContext;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** MessageLines of JSON-RPC over a pair of streams with the only client. */
public final class StreamsListener implements Listener {
    private final Connection connection;

    private StreamsListener(Connection connection) {
        this.connection = connection;
    }

    /** Opens JSON-RPC over a pair of streams, for which no token is asked. */
    public static Listener open(ServerContext shared, InputStream in, OutputStream out) {
        String name = "meerkat-rpc-stdio";
        TokenGate gate = new TokenGate(Optional.empty());
        Bounds bounds = Bounds.of(shared.limits());
        return open(
                name,
                shared,
                in,
                out,
                outbox -> new Dispatch(shared, outbox, gate, bounds, name, Timeouts.DEFAULTS.tool()));
    }

    /**
     * Opens it.
     *
     * @param name of its threads
     * @param conversation carries out the messages
     */
    public static Listener open(
            String name,
            ServerContext shared,
            InputStream in,
            OutputStream out,
            Function<SendQueue, RpcConversation> conversation) {
        Connection connection = new Connection(
                name,
                shared,
                new StdioWire(in, out),
                new TokenGate(Optional.empty()),
                Bounds.of(shared.limits()),
                Timeouts.DEFAULTS,
                conversation);
        connection.start();
        return new StreamsListener(connection);
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
