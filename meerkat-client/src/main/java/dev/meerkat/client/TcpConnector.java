package dev.meerkat.client;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.client.internal.RemoteClient;
import dev.meerkat.client.internal.calls.ServerCalls;
import dev.meerkat.client.internal.rpc.RpcCalls;
import dev.meerkat.client.internal.rpc.RpcSetup;
import java.util.List;

/**
 * How to connect to a server's JSON-RPC surface over TCP. The methods that take a value return a changed
 * copy. Immutable and thread-safe.
 *
 * <p>A connection that is lost is made anew by the next call that needs one.
 */
public final class TcpConnector {
    private static final int LAST_PORT = 65535;

    private final String host;
    private final int port;
    private final RpcSetup setup;
    private final boolean wakeAfterEvents;

    TcpConnector(String host, int port) {
        this(checkedHost(host), checkedPort(port), RpcSetup.DEFAULT, false);
    }

    private TcpConnector(String host, int port, RpcSetup setup, boolean wakeAfterEvents) {
        this.host = host;
        this.port = port;
        this.setup = setup;
        this.wakeAfterEvents = wakeAfterEvents;
    }

    private static String checkedHost(String host) {
        if (host.isBlank()) {
            throw new InvalidFieldException("host", host, "must not be blank");
        }
        return host;
    }

    private static int checkedPort(int port) {
        if (port < 1 || port > LAST_PORT) {
            throw new InvalidFieldException("port", Integer.toString(port), "must be from 1 to " + LAST_PORT);
        }
        return port;
    }

    /**
     * {@return a copy with other timeouts than {@link ClientTimeouts#defaults()}}
     *
     * @param timeouts how long the client waits
     */
    public TcpConnector timeouts(ClientTimeouts timeouts) {
        return with(setup.withTimeouts(timeouts), wakeAfterEvents);
    }

    /**
     * {@return a copy with other limits than {@link ClientLimits#defaults()}}
     *
     * @param limits how much the client takes in
     */
    public TcpConnector limits(ClientLimits limits) {
        return with(setup.withLimits(limits), wakeAfterEvents);
    }

    /**
     * {@return a copy with tools that the agents of sessions that this client creates may call; at most 16 calls run
     * at one time, and more are refused}
     *
     * @param tools the tools, instead of those before
     * @throws InvalidFieldException if two have one name
     */
    public TcpConnector tools(List<CallbackTool> tools) {
        return with(setup.withTools(tools), wakeAfterEvents);
    }

    /**
     * Follows each admitted external event with an input that wakes the session, for servers on which an
     * event does not.
     *
     * @return a changed copy
     */
    public TcpConnector wakeAfterEvents() {
        return with(setup, true);
    }

    /**
     * {@return a copy with the token that the server asks for, sent as {@code token} of {@code initialize} at the
     * begin of each connection, in the clear as all else is} It appears in no error, log or text form.
     *
     * @param token the token
     * @throws InvalidFieldException if it is blank
     */
    public TcpConnector token(String token) {
        if (token.isBlank()) {
            throw new InvalidFieldException("token", "(hidden)", "must not be blank");
        }
        return with(setup.withToken(token), wakeAfterEvents);
    }

    private TcpConnector with(RpcSetup setup, boolean wakeAfterEvents) {
        return new TcpConnector(host, port, setup, wakeAfterEvents);
    }

    /**
     * Connects.
     *
     * @return a client, to be closed
     * @throws ServerUnreachableException if there is no server, or it does not answer in time
     * @throws ContractMismatchException if its contract line is not known
     * @throws dev.meerkat.api.NotDoneException with the code {@code unauthorized} if it asks for a token, or does
     *     not take this one
     * @throws dev.meerkat.api.NotSupportedException if there are tools, which it does not take
     * @throws InterruptedException if interrupted while waiting
     */
    public RemoteMeerkat open() throws InterruptedException {
        ServerCalls calls = RpcCalls.tcp(host, port, setup);
        return RemoteClient.of(calls, setup.timeouts(), setup.limits(), wakeAfterEvents);
    }
}
