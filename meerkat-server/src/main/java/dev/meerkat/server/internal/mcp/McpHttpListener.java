package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.Beat;
import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.Rounds;
import dev.meerkat.server.internal.calls.Shared;
import dev.meerkat.server.internal.http.Bodies;
import dev.meerkat.server.internal.http.Connections;
import dev.meerkat.server.internal.http.HttpBounds;
import dev.meerkat.server.internal.http.HttpGate;
import dev.meerkat.server.internal.http.HttpPort;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;

/** MCP over streamable HTTP, at the path {@code /mcp}. */
public final class McpHttpListener implements Listener {
    private static final String PATH = "/mcp";
    /** Keeps proxies from ending idle streams. */
    private static final Duration PING = Duration.ofSeconds(30);
    /** How long the library waits for a host's answer to a ping. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** A session of which nothing is heard for so long is forgotten. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(10);

    /** The library keeps one for each call. */
    private static final int THREADS = 128;

    private static final int CALLS = 96;

    private final McpServers offered;
    private final McpAsyncServer mcp;
    private final HttpPort port;
    private final Runnable stopBeat;

    private McpHttpListener(McpServers offered, McpAsyncServer mcp, HttpPort port, Runnable stopBeat) {
        this.offered = offered;
        this.mcp = mcp;
        this.port = port;
        this.stopBeat = stopBeat;
    }

    /** Opens it. */
    public static Listener open(Shared shared, String host, int port) throws IOException {
        return open(shared, host, port, Beat.of(shared.workers()));
    }

    static McpHttpListener open(Shared shared, String host, int port, Beat beat) throws IOException {
        McpServers offered = new McpServers(shared);
        HttpServletStreamableServerTransportProvider transport = HttpServletStreamableServerTransportProvider.builder()
                .jsonMapper(offered.json().forLibrary())
                .mcpEndpoint(PATH)
                .contextExtractor(request -> request.getAttribute(McpCall.KEY) instanceof McpCall call
                        ? McpTransportContext.create(Map.of(McpCall.KEY, call))
                        : McpTransportContext.EMPTY)
                .maxRequestSize(shared.limits().messageBytes())
                .keepAliveInterval(PING)
                .sessionSweepInterval(FORGOTTEN)
                .build();
        McpAsyncServer mcp = offered.offer(McpServer.async(transport))
                .requestTimeout(PATIENCE)
                .build();
        ServletContextHandler context = new ServletContextHandler();
        ServletHolder holder = new ServletHolder(new McpServlet(transport));
        holder.setAsyncSupported(true);
        context.addServlet(holder, PATH);
        HttpBounds bounds = HttpBounds.defaults();
        Rounds rounds = new Rounds();
        Connections connections = new Connections(rounds, bounds);
        Bodies bodies = Bodies.of(shared.limits().messageBytes(), rounds, bounds);
        HttpGate gate = new HttpGate(shared.token(), host);
        // The library looks only so often for sessions that were silent since it looked last.
        McpSessions sessions = new McpSessions(shared.limits().streams(), 2 * (int) FORGOTTEN.toSeconds());
        rounds.join(sessions);
        try {
            HttpPort open = HttpPort.open(
                    "meerkat-mcp",
                    THREADS,
                    new InetSocketAddress(host, port),
                    shared.limits().connections(),
                    bounds,
                    connections,
                    new McpGate(
                            context,
                            PATH,
                            gate,
                            bodies,
                            connections,
                            sessions,
                            shared.memory(),
                            transport.protocolVersions(),
                            Math.min(CALLS, shared.limits().pendingCalls())));
            return new McpHttpListener(offered, mcp, open, beat.start(rounds::second));
        } catch (IOException | RuntimeException e) {
            offered.close();
            mcp.close();
            throw e;
        }
    }

    @Override
    public Optional<InetSocketAddress> address() {
        return Optional.of(port.address());
    }

    @Override
    public void close(Duration grace) {
        if (port.close(() -> end(grace), grace)) {
            stopBeat.run();
        }
    }

    private void end(Duration grace) {
        offered.close();
        mcp.closeGracefully().onErrorComplete().blockOptional(grace.plusMillis(1));
    }

    /** How many connections are open. */
    int connections() {
        return port.connections();
    }
}
