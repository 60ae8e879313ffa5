package dev.meerkat.server;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.server.internal.ListenerSpec;
import dev.meerkat.server.internal.Running;
import dev.meerkat.server.internal.ServerSettings;
import dev.meerkat.server.internal.mcp.McpHttpListener;
import dev.meerkat.server.internal.mcp.McpStdioListener;
import dev.meerkat.server.internal.rest.RestListener;
import dev.meerkat.server.internal.rpc.RpcTcpListener;
import dev.meerkat.server.internal.rpc.StreamsListener;
import dev.meerkat.webhooks.WebhookRoute;
import dev.meerkat.webhooks.Webhooks;
import dev.meerkat.wire.ContractLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Objects;

/**
 * Serves a {@link Meerkat} to everyone who speaks its wire.
 *
 * <pre>{@code
 * try (RunningServer server = MeerkatServer.of(meerkat).rest("127.0.0.1", 8080).tcp("127.0.0.1", 4800).start()) {
 *     ...
 * }
 * }</pre>
 *
 * <p>Immutable and thread-safe; each method returns a changed copy.
 */
public final class MeerkatServer {
    private final ServerSettings settings;

    private MeerkatServer(ServerSettings settings) {
        this.settings = settings;
    }

    /**
     * Serves a Meerkat, nowhere yet.
     *
     * @param meerkat what is served; it is not closed with the server
     * @return a server to be changed and started
     */
    public static MeerkatServer of(Meerkat meerkat) {
        return new MeerkatServer(ServerSettings.of(Objects.requireNonNull(meerkat, "meerkat")));
    }

    /**
     * Adds a listener for REST and server-sent events.
     *
     * @param host the address to bind; a token is needed unless it is this machine's loopback
     * @param port the port, 0 for any free one
     * @return a changed copy
     */
    public MeerkatServer rest(String host, int port) {
        return port("REST", host, port, RestListener::open);
    }

    /**
     * Adds a listener for JSON-RPC over TCP.
     *
     * @param host the address to bind; a token is needed unless it is this machine's loopback
     * @param port the port, 0 for any free one
     * @return a changed copy
     */
    public MeerkatServer tcp(String host, int port) {
        return port("JSON-RPC", host, port, RpcTcpListener::open);
    }

    /**
     * Adds a listener for MCP over streamable HTTP, at the path {@code /mcp}.
     *
     * @param host the address to bind; a token is needed unless it is this machine's loopback
     * @param port the port, 0 for any free one
     * @return a changed copy
     */
    public MeerkatServer mcp(String host, int port) {
        return port("MCP", host, port, McpHttpListener::open);
    }

    private MeerkatServer port(String protocol, String host, int port, ListenerSpec.PortOpening opening) {
        return new MeerkatServer(
                settings.with(ListenerSpec.port(protocol, Objects.requireNonNull(host, "host"), port, opening)));
    }

    /**
     * Speaks JSON-RPC on a pair of streams, such as standard input and output.
     *
     * @param in what the client writes; its end ends this listener
     * @param out what the client reads
     * @return a changed copy
     */
    public MeerkatServer rpcStreams(InputStream in, OutputStream out) {
        Objects.requireNonNull(in, "in");
        Objects.requireNonNull(out, "out");
        return new MeerkatServer(
                settings.with(ListenerSpec.streams("JSON-RPC", shared -> StreamsListener.open(shared, in, out))));
    }

    /**
     * Speaks MCP on a pair of streams, such as standard input and output.
     *
     * @param in what the client writes; its end ends this listener
     * @param out what the client reads
     * @return a changed copy
     */
    public MeerkatServer mcpStreams(InputStream in, OutputStream out) {
        Objects.requireNonNull(in, "in");
        Objects.requireNonNull(out, "out");
        return new MeerkatServer(
                settings.with(ListenerSpec.streams("MCP", shared -> McpStdioListener.open(shared, in, out))));
    }

    /**
     * Speaks another contract line than the newest.
     *
     * @param line the line
     * @return a changed copy
     */
    public MeerkatServer contract(ContractLine line) {
        return new MeerkatServer(settings.with(Objects.requireNonNull(line, "line")));
    }

    /**
     * Offers no calls beside the contract line, so that this project's client treats the server as it treats those of
     * other makers: to try how a program does with them.
     *
     * @return a changed copy
     */
    public MeerkatServer withoutExtensions() {
        return new MeerkatServer(settings.withoutExtensions());
    }

    /**
     * Serves the sessions of another realm than the default one.
     *
     * @param realm the realm; {@link SessionSpec#DEFAULT_REALM} if not set
     * @return a changed copy
     */
    public MeerkatServer realm(String realm) {
        return new MeerkatServer(settings.withRealm(Objects.requireNonNull(realm, "realm")));
    }

    /**
     * Sets the bounds.
     *
     * @param limits the bounds
     * @return a changed copy
     */
    public MeerkatServer limits(ServerLimits limits) {
        return new MeerkatServer(settings.with(Objects.requireNonNull(limits, "limits")));
    }

    /**
     * Asks every caller by network for a token: as {@code Authorization: Bearer} over HTTP, and as the parameter
     * {@code token} of {@code initialize} over TCP.
     *
     * @param token the token, not blank
     * @return a changed copy
     */
    public MeerkatServer token(String token) {
        return new MeerkatServer(settings.withToken(secret(token, "token")));
    }

    /**
     * Asks senders of external events over REST for the header {@code X-Webhook-Secret}.
     *
     * @param secret the secret, not blank
     * @return a changed copy
     */
    public MeerkatServer webhookSecret(String secret) {
        return new MeerkatServer(settings.withWebhookSecret(secret(secret, "webhook_secret")));
    }

    /**
     * Takes webhooks over REST, at {@code POST /hooks/{route}}. The verification of a route stands in place of the
     * server's token.
     *
     * @param routes the routes, each with a name of its own; they replace earlier ones
     * @return a changed copy
     * @throws InvalidFieldException if two routes have the same name
     */
    public MeerkatServer webhooks(Collection<WebhookRoute> routes) {
        return new MeerkatServer(settings.with(Webhooks.of(settings.meerkat(), routes)));
    }

    private static String secret(String value, String field) {
        if (Objects.requireNonNull(value, field).isBlank()) {
            throw new InvalidFieldException(field, value, "must not be blank");
        }
        return value;
    }

    /**
     * Lets an agent call the tools that clients register.
     *
     * @param tools what the agent was given
     * @return a changed copy
     */
    public MeerkatServer tools(ClientTools tools) {
        return new MeerkatServer(settings.with(Objects.requireNonNull(tools, "tools")));
    }

    /**
     * Starts to listen.
     *
     * @return the running server, to be closed
     * @throws InvalidFieldException if a host is not this machine's loopback and there is no token
     * @throws IOException if a port cannot be bound; then nothing listens
     */
    public RunningServer start() throws IOException {
        return Running.start(settings);
    }
}
