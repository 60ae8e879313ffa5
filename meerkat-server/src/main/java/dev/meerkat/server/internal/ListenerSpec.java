package dev.meerkat.server.internal;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.methods.ServerContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * A way into a server that is asked for.
 *
 * @param host where it listens; empty for a pair of streams
 * @param name what messages call it
 * @param opening opens it
 */
public record ListenerSpec(Optional<String> host, String name, Opening opening) {
    private static final int LAST_PORT = 65_535;

    /** Opens a listener. */
    @FunctionalInterface
    public interface Opening {
        Listener open(ServerContext shared) throws IOException;
    }

    /** Opens a listener on a port. */
    @FunctionalInterface
    public interface PortOpening {
        Listener open(ServerContext shared, String host, int port) throws IOException;
    }

    /** On a pair of streams. */
    public static ListenerSpec streams(String protocol, Opening opening) {
        return new ListenerSpec(Optional.empty(), protocol, opening);
    }

    /** On a port. */
    public static ListenerSpec port(String protocol, String host, int port, PortOpening opening) {
        if (port < 0 || port > LAST_PORT) {
            throw new InvalidFieldException("port", Integer.toString(port), "must be from 0 to " + LAST_PORT);
        }
        return new ListenerSpec(
                Optional.of(host), protocol + " at " + host + ":" + port, shared -> opening.open(shared, host, port));
    }

    /** Whether it may be opened without a token. */
    boolean isLocal() {
        try {
            return host.isEmpty() || InetAddress.getByName(host.get()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new InvalidFieldException("host", host.get(), "is not known", e);
        }
    }
}
