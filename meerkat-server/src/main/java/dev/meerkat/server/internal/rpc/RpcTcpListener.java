package dev.meerkat.server.internal.rpc;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.Shared;
import java.io.IOException;

/** JSON-RPC over TCP. */
public final class RpcTcpListener {
    private RpcTcpListener() {}

    /** Opens it. */
    @SuppressWarnings("DoNotCallSuggester")
    public static Listener open(Shared shared, String host, int port) throws IOException {
        throw new IOException("not yet");
    }
}
