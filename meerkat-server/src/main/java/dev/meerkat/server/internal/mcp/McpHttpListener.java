package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.Shared;
import java.io.IOException;

/** MCP over streamable HTTP. */
public final class McpHttpListener {
    private McpHttpListener() {}

    /** Opens it. */
    @SuppressWarnings("DoNotCallSuggester")
    public static Listener open(Shared shared, String host, int port) throws IOException {
        throw new IOException("not yet");
    }
}
