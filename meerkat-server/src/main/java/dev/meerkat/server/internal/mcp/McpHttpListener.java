package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.Shared;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** MCP over streamable HTTP, at the path {@code /mcp}. */
public final class McpHttpListener implements Listener {
    private static final String PATH = "/mcp";
    /** Keeps proxies from ending idle streams. */
    private static final Duration PING = Duration.ofSeconds(30);
    /** How long the library waits for a host's answer to a ping. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final McpServers offered;
    private final McpAsyncServer mcp;
    private final Server jetty;
    private final AtomicBoolean closed = new AtomicBoolean();

    private McpHttpListener(McpServers offered, McpAsyncServer mcp, Server jetty) {
        this.offered = offered;
        this.mcp = mcp;
        this.jetty = jetty;
    }

    /** Opens it. */
    public static Listener open(Shared shared, String host, int port) throws IOException {
        McpServers offered = new McpServers(shared);
        HttpServletStreamableServerTransportProvider transport = HttpServletStreamableServerTransportProvider.builder()
                .jsonMapper(offered.json().forLibrary())
                .mcpEndpoint(PATH)
                .maxRequestSize(shared.limits().messageBytes())
                .keepAliveInterval(PING)
                .build();
        McpAsyncServer mcp = offered.offer(McpServer.async(transport))
                .requestTimeout(PATIENCE)
                .build();
        ServletContextHandler context = new ServletContextHandler();
        ServletHolder holder = new ServletHolder(transport);
        holder.setAsyncSupported(true);
        context.addServlet(holder, PATH);
        Server jetty = new Server();
        ServerConnector connector = new ServerConnector(jetty);
        connector.setHost(host);
        connector.setPort(port);
        jetty.addConnector(connector);
        jetty.setHandler(context);
        McpHttpListener listener = new McpHttpListener(offered, mcp, jetty);
        try {
            jetty.start();
            return listener;
        } catch (Exception e) {
            listener.close(Duration.ZERO);
            throw new IOException("cannot listen on " + host + ":" + port, e);
        }
    }

    @Override
    public Optional<InetSocketAddress> address() {
        ServerConnector connector = (ServerConnector) jetty.getConnectors()[0];
        return Optional.of(new InetSocketAddress(connector.getHost(), connector.getLocalPort()));
    }

    @Override
    public CompletionStage<Void> ended() {
        return new CompletableFuture<>();
    }

    @Override
    public void close(Duration grace) {
        if (closed.getAndSet(true)) {
            return;
        }
        offered.close();
        mcp.closeGracefully().onErrorComplete().blockOptional(grace.plusMillis(1));
        try {
            jetty.setStopTimeout(grace.toMillis());
            jetty.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the MCP listener cannot be stopped", e);
        }
    }
}
