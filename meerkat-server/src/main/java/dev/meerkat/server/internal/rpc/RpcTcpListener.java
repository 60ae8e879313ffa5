package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.meerkat.server.internal.calls.DaemonThreads;
import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.TickSource;
import dev.meerkat.server.internal.calls.Ticker;
import dev.meerkat.server.internal.methods.ServerContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JSON-RPC over TCP, for at most {@value #CONNECTIONS} clients at one time, each of which takes two threads. A client
 * that leaves ends no session.
 */
public final class RpcTcpListener implements Listener {
    static final int CONNECTIONS = 128;

    private static final long BACK_OFF_MILLIS = 100;
    private static final Logger LOG = LoggerFactory.getLogger(RpcTcpListener.class);

    private final ServerContext shared;
    private final ServerSocket server;
    private final Timeouts timeouts;
    private final Bounds bounds;
    private final Ticker ticker = new Ticker();
    private final Runnable stopBeat;
    private final Semaphore free;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);
    private long accepted;

    private RpcTcpListener(ServerContext shared, ServerSocket server, Timeouts timeouts, TickSource beat) {
        this.shared = shared;
        this.server = server;
        this.timeouts = timeouts;
        this.bounds = Bounds.of(shared.limits());
        this.free = new Semaphore(Math.min(CONNECTIONS, shared.limits().connections()));
        this.stopBeat = beat.start(ticker::second);
    }

    /** Opens it. */
    public static Listener open(ServerContext shared, String host, int port) throws IOException {
        return open(shared, host, port, Timeouts.DEFAULTS, shared.workers()::everySecond);
    }

    static Listener open(ServerContext shared, String host, int port, Timeouts timeouts, TickSource beat)
            throws IOException {
        ServerSocket server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(host, port), CONNECTIONS);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        RpcTcpListener listener = new RpcTcpListener(shared, server, timeouts, beat);
        DaemonThreads.of("meerkat-rpc-accept-" + server.getLocalPort(), listener::accept)
                .start();
        return listener;
    }

    private void accept() {
        while (closing.getCount() > 0) {
            try {
                admit(server.accept());
            } catch (IOException | RuntimeException | Error e) {
                // Such as no file or no thread being left: it passes, and until then others are served.
                if (closing.getCount() > 0) {
                    LOG.warn("a connection could not be accepted: {}", e.toString());
                    backOff();
                }
            }
        }
    }

    private void backOff() {
        try {
            if (closing.await(BACK_OFF_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.debug("closing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void admit(Socket socket) throws IOException {
        if (!free.tryAcquire()) {
            try (socket) {
                // So short that it never waits for the client to read it.
                socket.getOutputStream()
                        .write(MessageLines.error(
                                NullNode.getInstance(),
                                RpcErrors.exhausted("too many connections", "rpc_connections_exhausted")));
            }
            return;
        }
        try {
            serve(socket);
        } catch (IOException | RuntimeException | Error e) {
            free.release();
            socket.close();
            throw e;
        }
    }

    private void serve(Socket socket) throws IOException {
        accepted++;
        String name = "meerkat-rpc-" + server.getLocalPort() + "-" + accepted;
        TokenGate gate = new TokenGate(shared.token());
        Connection connection = new Connection(
                name,
                shared,
                new TcpWire(socket, ticker, timeouts.write()),
                gate,
                bounds,
                timeouts,
                outbox -> new Dispatch(shared, outbox, gate, bounds, name, timeouts.tool()));
        connections.add(connection);
        try {
            connection.start();
        } catch (RuntimeException | Error e) {
            connections.remove(connection);
            connection.end();
            throw e;
        }
        connection.closed().thenRun(() -> {
            connections.remove(connection);
            free.release();
        });
        if (closing.getCount() == 0) {
            connection.end();
        }
    }

    @Override
    public Optional<InetSocketAddress> address() {
        return Optional.of((InetSocketAddress) server.getLocalSocketAddress());
    }

    @Override
    public void close(Duration grace) {
        closing.countDown();
        try {
            server.close();
        } catch (IOException e) {
            LOG.debug("the port was not closed: {}", e.toString());
        }
        connections.forEach(connection -> connection.stop(grace));
        CompletableFuture<Void> all = CompletableFuture.allOf(connections.stream()
                .map(connection -> connection.closed().toCompletableFuture())
                .toArray(CompletableFuture[]::new));
        try {
            all.get(grace.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("calls have no answers yet");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connections.forEach(Connection::end);
        stopBeat.run();
    }
}
