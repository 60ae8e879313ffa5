package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.Shared;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** MCP over standard input and output. */
public final class McpStdioListener implements Listener {
    private final McpServers offered;
    private final McpAsyncServer server;
    private final CompletableFuture<Void> ended;
    private final AtomicBoolean closed = new AtomicBoolean();

    private McpStdioListener(McpServers offered, McpAsyncServer server, CompletableFuture<Void> ended) {
        this.offered = offered;
        this.server = server;
        this.ended = ended;
    }

    /** Opens it. */
    public static Listener open(Shared shared, InputStream in, OutputStream out) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        McpServers offered = new McpServers(shared);
        StdioServerTransportProvider transport = WrittenTransport.provider(
                offered.json().forLibrary(),
                new TellingStream(in, ended),
                out,
                shared.limits().messageBytes());
        return new McpStdioListener(
                offered, offered.offer(McpServer.async(transport)).build(), ended);
    }

    @Override
    public Optional<InetSocketAddress> address() {
        return Optional.empty();
    }

    @Override
    public CompletionStage<Void> ended() {
        return ended;
    }

    @Override
    public void close(Duration grace) {
        if (!closed.getAndSet(true)) {
            offered.close();
            server.closeGracefully().onErrorComplete().blockOptional(grace);
        }
    }

    /** Tells when the client is gone, which the library does not. */
    private static final class TellingStream extends FilterInputStream {
        private final CompletableFuture<Void> ended;

        TellingStream(InputStream in, CompletableFuture<Void> ended) {
            super(in);
            this.ended = ended;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int count = read(one, 0, 1);
            return count < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = -1;
            try {
                count = super.read(buffer, offset, length);
                return count;
            } finally {
                if (count < 0) {
                    ended.complete(null);
                }
            }
        }
    }
}
