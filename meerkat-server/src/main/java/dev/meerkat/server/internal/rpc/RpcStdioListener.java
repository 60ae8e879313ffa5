package dev.meerkat.server.internal.rpc;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.Shared;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** JSON-RPC over standard input and output. */
public final class RpcStdioListener {
    private RpcStdioListener() {}

    /** Opens it. */
    @SuppressWarnings("DoNotCallSuggester")
    public static Listener open(Shared shared, InputStream in, OutputStream out) throws IOException {
        throw new IOException("not yet");
    }
}
