package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.TickSource;
import dev.meerkat.server.internal.calls.Ticker;
import dev.meerkat.server.internal.http.Bodies;
import dev.meerkat.server.internal.http.Connections;
import dev.meerkat.server.internal.http.HttpBounds;
import dev.meerkat.server.internal.http.HttpGate;
import dev.meerkat.server.internal.http.HttpPort;
import dev.meerkat.server.internal.methods.ServerContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** MCP over streamable HTTP, at the path {@code /mcp}. */
public final class McpHttpListener implements Listener {
    private static final String PATH = "/mcp";

    /** A session of which nothing is heard for so long is forgotten. */
    private static final int KEPT_SECONDS = 1_200;

    /** Nothing that they do waits for anything, so that there is no use for more. */
    private static final int THREADS = 16;

    private final McpProtocol protocol;
    private final McpHandler handler;
    private final HttpPort port;
    private final Runnable stopBeat;

    private McpHttpListener(ServerContext context, String host, int port, TickSource beat) throws IOException {
        HttpBounds bounds = HttpBounds.defaults();
        Ticker ticker = new Ticker();
        Connections connections = new Connections(ticker, bounds);
        McpSessions sessions = new McpSessions(context.limits().streams(), KEPT_SECONDS);
        ticker.join(sessions);
        this.protocol = new McpProtocol(context);
        this.handler = new McpHandler(
                protocol,
                PATH,
                new HttpGate(context.token(), host),
                Bodies.of(context.limits().messageBytes(), ticker, bounds),
                connections,
                sessions,
                context);
        this.port = HttpPort.open(
                "meerkat-mcp",
                THREADS,
                new InetSocketAddress(host, port),
                context.limits().connections(),
                bounds,
                connections,
                handler);
        this.stopBeat = beat.start(ticker::second);
    }

    /** Opens it. */
    public static Listener open(ServerContext context, String host, int port) throws IOException {
        return open(context, host, port, context.workers()::everySecond);
    }

    static McpHttpListener open(ServerContext context, String host, int port, TickSource beat) throws IOException {
        return new McpHttpListener(context, host, port, beat);
    }

    @Override
    public Optional<InetSocketAddress> address() {
        return Optional.of(port.address());
    }

    @Override
    public void close(Duration grace) {
        if (port.close(this::end, grace)) {
            stopBeat.run();
        }
    }

    private void end() {
        protocol.close();
        handler.close();
    }

    /** How many connections are open. */
    int connections() {
        return port.connections();
    }
}
