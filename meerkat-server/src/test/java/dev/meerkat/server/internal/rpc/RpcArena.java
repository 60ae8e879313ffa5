package dev.meerkat.server.internal.rpc;

import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.ManualTicks;
import dev.meerkat.server.internal.calls.Secret;
import dev.meerkat.server.internal.calls.SendMemory;
import dev.meerkat.server.internal.calls.ToolHosts;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.wire.ContractLine;
import java.io.Closeable;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A listener on fake calls, over TCP, and clients of it. */
final class RpcArena implements Closeable {
    static final String SESSION = "0199aaaa-0000-7000-8000-000000000001";
    static final Timeouts BRIEF = new Timeouts(Duration.ofMillis(100), Duration.ofMillis(50), Duration.ofMillis(400));

    final FakeCalls calls;
    final ServerContext shared;
    final Listener listener;
    final ManualTicks beat = new ManualTicks();
    private final Workers workers = new Workers(10_000);
    private final List<Closeable> clients = new ArrayList<>();

    RpcArena() throws IOException {
        this(ContractLine.NEWEST, ServerLimits.defaults(), Optional.empty(), Timeouts.DEFAULTS);
    }

    RpcArena(ContractLine line, ServerLimits limits, Optional<String> token, Timeouts timeouts) throws IOException {
        calls = new FakeCalls(line);
        shared = new ServerContext(
                calls,
                limits,
                workers,
                new ToolHosts(),
                SendMemory.ofHeap(),
                token.map(Secret::new),
                Optional.empty(),
                Optional.empty());
        listener = RpcTcpListener.open(shared, "127.0.0.1", 0, timeouts, beat);
    }

    static RpcArena of(ContractLine line) throws IOException {
        return new RpcArena(line, ServerLimits.defaults(), Optional.empty(), Timeouts.DEFAULTS);
    }

    static RpcArena of(ServerLimits limits) throws IOException {
        return new RpcArena(ContractLine.NEWEST, limits, Optional.empty(), Timeouts.DEFAULTS);
    }

    static RpcArena of(Timeouts timeouts) throws IOException {
        return new RpcArena(ContractLine.NEWEST, ServerLimits.defaults(), Optional.empty(), timeouts);
    }

    RpcClient client() throws IOException {
        RpcClient client = RpcClient.tcp(listener.address().orElseThrow());
        clients.add(client);
        return client;
    }

    /** A bare connection. */
    Socket socket() throws IOException {
        InetSocketAddress address = listener.address().orElseThrow();
        return new Socket(address.getAddress(), address.getPort());
    }

    /** A client on pipes, with a listener of its own. */
    Piped piped() throws IOException {
        PipedOutputStream toServer = new PipedOutputStream();
        PipedInputStream fromServer = new PipedInputStream(64 << 10);
        Listener stdio = StreamsListener.open(
                shared, new PipedInputStream(toServer, 64 << 10), new PipedOutputStream(fromServer));
        Piped piped = new Piped(stdio, new RpcClient(fromServer, fromServer, toServer));
        clients.add(() -> stdio.close(Duration.ZERO));
        return piped;
    }

    record Piped(Listener listener, RpcClient client) {}

    @Override
    public void close() throws IOException {
        for (Closeable client : clients) {
            client.close();
        }
        listener.close(Duration.ZERO);
        workers.close();
    }
}
