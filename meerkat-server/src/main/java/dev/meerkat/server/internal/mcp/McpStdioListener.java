package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.server.internal.rpc.StreamsListener;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** MCP over standard input and output. */
public final class McpStdioListener implements Listener {
    private static final int CALLS = 256;

    private final McpProtocol protocol;
    private final Listener streams;

    private McpStdioListener(McpProtocol protocol, Listener streams) {
        this.protocol = protocol;
        this.streams = streams;
    }

    /** Opens it. */
    public static Listener open(ServerContext context, InputStream in, OutputStream out) {
        McpProtocol protocol = new McpProtocol(context);
        int calls = Math.min(CALLS, context.limits().pendingCalls());
        return new McpStdioListener(
                protocol,
                StreamsListener.open(
                        "meerkat-mcp-stdio", context, in, out, outbox -> new McpLines(protocol, outbox, calls)));
    }

    @Override
    public Optional<InetSocketAddress> address() {
        return Optional.empty();
    }

    @Override
    public CompletionStage<Void> ended() {
        return streams.ended();
    }

    @Override
    public void close(Duration grace) {
        protocol.close();
        streams.close(grace);
    }
}
