package dev.meerkat.server.internal;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.mcp.McpHttpListener;
import dev.meerkat.server.internal.mcp.McpStdioListener;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.server.internal.rest.RestListener;
import dev.meerkat.server.internal.rpc.RpcStdioListener;
import dev.meerkat.server.internal.rpc.RpcTcpListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** A way into a server that is asked for. */
public sealed interface ListenerSpec {
    /** Opens it. */
    Listener open(ServerContext shared) throws IOException;

    /** Whether it may be opened without a token. */
    boolean isLocal();

    /** What speaks on a port. */
    enum Protocol {
        /** REST and server-sent events. */
        REST,
        /** JSON-RPC. */
        RPC,
        /** MCP over streamable HTTP. */
        MCP
    }

    /** A port. */
    record Port(Protocol protocol, String host, int port) implements ListenerSpec {
        /** Checks the port. */
        public Port {
            if (port < 0 || port > 65_535) {
                throw new InvalidFieldException("port", Integer.toString(port), "must be from 0 to 65535");
            }
        }

        @Override
        public Listener open(ServerContext shared) throws IOException {
            return switch (protocol) {
                case REST -> RestListener.open(shared, host, port);
                case RPC -> RpcTcpListener.open(shared, host, port);
                case MCP -> McpHttpListener.open(shared, host, port);
            };
        }

        @Override
        public boolean isLocal() {
            try {
                return InetAddress.getByName(host).isLoopbackAddress();
            } catch (UnknownHostException e) {
                throw new InvalidFieldException("host", host, "is not known", e);
            }
        }
    }

    /** JSON-RPC on a pair of streams. */
    record RpcStreams(InputStream in, OutputStream out) implements ListenerSpec {
        @Override
        public Listener open(ServerContext shared) throws IOException {
            return RpcStdioListener.open(shared, in, out);
        }

        @Override
        public boolean isLocal() {
            return true;
        }
    }

    /** MCP on a pair of streams. */
    record McpStreams(InputStream in, OutputStream out) implements ListenerSpec {
        @Override
        public Listener open(ServerContext shared) throws IOException {
            return McpStdioListener.open(shared, in, out);
        }

        @Override
        public boolean isLocal() {
            return true;
        }
    }
}
