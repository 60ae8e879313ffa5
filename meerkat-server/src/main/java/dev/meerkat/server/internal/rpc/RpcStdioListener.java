package dev.meerkat.server.internal.rpc;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.methods.ServerContext;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** JSON-RPC over standard input and output, or another pair of streams. Asks for no token. */
public final class RpcStdioListener {
    private static final String NAME = "meerkat-rpc-stdio";

    private RpcStdioListener() {}

    /** Opens it. */
    public static Listener open(ServerContext shared, InputStream in, OutputStream out) {
        TokenGate gate = new TokenGate(Optional.empty());
        Bounds bounds = Bounds.of(shared.limits());
        return StreamsListener.open(
                NAME,
                shared,
                in,
                out,
                outbox -> new Dispatch(shared, outbox, gate, bounds, NAME, Timeouts.DEFAULTS.tool()));
    }
}
