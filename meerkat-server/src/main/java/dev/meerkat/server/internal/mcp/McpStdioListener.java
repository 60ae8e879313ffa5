package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.Shared;
import dev.meerkat.server.internal.rpc.StreamsListener;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** MCP over standard input and output. */
public final class McpStdioListener implements Listener {
    private static final int CALLS = 256;

    private final McpServers offered;
    private final Listener streams;

    private McpStdioListener(McpServers offered, Listener streams) {
        this.offered = offered;
        this.streams = streams;
    }

    /** Opens it. */
    public static Listener open(Shared shared, InputStream in, OutputStream out) {
        McpServers offered = new McpServers(shared);
        Sessions sessions = new Sessions();
        offered.offer(McpServer.async(sessions)).build();
        McpServerSession.Factory factory = Objects.requireNonNull(sessions.factory, "factory");
        int calls = Math.min(CALLS, shared.limits().pendingCalls());
        return new McpStdioListener(
                offered,
                StreamsListener.open(
                        "meerkat-mcp-stdio",
                        shared,
                        in,
                        out,
                        outbox -> new McpLines(outbox, offered.json(), calls, factory)));
    }

    /** Takes from the library what makes its side of the conversation. */
    private static final class Sessions implements McpServerTransportProvider {
        private McpServerSession.@Nullable Factory factory;

        @Override
        public void setSessionFactory(McpServerSession.Factory sessions) {
            factory = sessions;
        }

        @Override
        public Mono<Void> notifyClients(String method, Object params) {
            return Mono.empty();
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.empty();
        }
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
        offered.close();
        streams.close(grace);
    }
}
