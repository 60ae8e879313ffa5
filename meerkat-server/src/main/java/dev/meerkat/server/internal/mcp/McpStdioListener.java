package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.Shared;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** MCP over standard input and output. */
public final class McpStdioListener {
    private McpStdioListener() {}

    /** Opens it. */
    @SuppressWarnings("DoNotCallSuggester")
    public static Listener open(Shared shared, InputStream in, OutputStream out) throws IOException {
        throw new IOException("not yet");
    }
}
