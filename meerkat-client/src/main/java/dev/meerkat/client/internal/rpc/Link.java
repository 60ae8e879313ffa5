package dev.meerkat.client.internal.rpc;

import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.client.ContractMismatchException;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.wire.ContractVersion;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The connection of a client, made anew when it was lost and is needed again. Thread-safe. */
final class Link {
    private static final String CLOSED = "the client was closed";

    private final Supplier<LineChannel> channels;
    private final boolean renewable;
    private final RpcSetup setup;
    private final ClientThreads threads;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Attempt attempt;
    private volatile @Nullable Established current;
    private volatile boolean closed;

    /**
     * A connection that is ready.
     *
     * @param connection the connection
     * @param hello what the server said on it
     */
    record Established(RpcConnection connection, Hello hello) {}

    /**
     * A link.
     *
     * @param channels makes channels that are not open yet
     * @param renewable whether a lost connection is made anew; a child that died is not started again,
     *     because what it held in memory is gone
     */
    Link(Supplier<LineChannel> channels, boolean renewable, RpcSetup setup, ClientThreads threads) {
        this.channels = channels;
        this.renewable = renewable;
        this.setup = setup;
        this.threads = threads;
    }

    boolean renewable() {
        return renewable;
    }

    /**
     * The connection, if need be a new one; callers at one time share one attempt.
     *
     * @throws ServerUnreachableException if there is none
     * @throws ContractMismatchException if the server's contract line is not known
     */
    Established get() throws InterruptedException {
        while (true) {
            Established now = current;
            if (closed) {
                throw new MeerkatClosedException(CLOSED);
            }
            if (now != null && now.connection().isOpen()) {
                return now;
            }
            if (now != null && !renewable) {
                throw now.connection().unreachable();
            }
            Optional<Attempt> joined = join();
            if (joined.isPresent()) {
                return await(joined.get());
            }
        }
    }

    /** What the server said last. */
    Hello hello() {
        Established now = current;
        if (now == null) {
            throw new IllegalStateException("not connected");
        }
        return now.hello();
    }

    /** The running attempt to connect, if need be a new one; empty if another caller's has just succeeded. */
    private Optional<Attempt> join() {
        lock.lock();
        try {
            if (attempt == null) {
                Established now = current;
                if (now != null && now.connection().isOpen()) {
                    return Optional.empty();
                }
                attempt = new Attempt(now == null ? null : now.hello().facts().contract());
                ClientThreads.start("connect", attempt::run);
            }
            return Optional.of(attempt);
        } finally {
            lock.unlock();
        }
    }

    private Established await(Attempt joined) throws InterruptedException {
        try {
            return joined.result.get(setup.timeouts().connect().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            MeerkatException failed = joined.failure;
            String late = "no connection within " + setup.timeouts().connect() + joined.connection.lastWords();
            joined.abandon(late);
            throw failed == null ? new ServerUnreachableException(joined.connection.name() + ": " + late, e) : failed;
        } catch (InterruptedException e) {
            // Others may wait for a connection that is made anew, but nobody does for the first one.
            if (current == null) {
                joined.abandon("nobody waits for the connection any more");
            }
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MeerkatException typed) {
                throw typed;
            }
            throw new ServerUnreachableException(joined.connection.name() + ": " + e.getCause(), e.getCause());
        }
    }

    /** Takes the attempt's connection, unless the client was closed or nobody waits any more. */
    private boolean settle(Attempt done, @Nullable Established established) {
        lock.lock();
        try {
            if (attempt == done) {
                attempt = null;
            }
            if (established == null || closed || !established.connection().isOpen()) {
                return false;
            }
            current = established;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection; nothing is sent after that. */
    void close() {
        Attempt running;
        lock.lock();
        try {
            closed = true;
            running = attempt;
        } finally {
            lock.unlock();
        }
        if (running != null) {
            running.abandon(CLOSED);
        }
        Established now = current;
        if (now != null) {
            now.connection().close(CLOSED);
        }
    }

    /** Connects on a thread of its own, so that those who wait can be interrupted and wait a bounded time. */
    private final class Attempt {
        private final RpcConnection connection = new RpcConnection(channels.get(), setup, threads);
        private final CompletableFuture<Established> result = new CompletableFuture<>();
        private final @Nullable ContractVersion before;
        /** Set a moment before the result, for who cannot wait until everything is ended. */
        private volatile @Nullable MeerkatException failure;

        Attempt(@Nullable ContractVersion before) {
            this.before = before;
        }

        void run() {
            try {
                connection.open();
                Hello hello = new RpcHandshake(setup, connection).run();
                checkLine(hello.facts().contract());
                Established established = new Established(connection, hello);
                if (settle(this, established)) {
                    result.complete(established);
                } else {
                    fail(connection.unreachable());
                }
            } catch (MeerkatException e) {
                fail(e);
            } catch (InterruptedException | RuntimeException e) {
                fail(new ServerUnreachableException(connection.name() + ": " + e, e));
            }
        }

        /** Ends what was begun before it tells, so that nothing is left behind when the caller goes on. */
        private void fail(MeerkatException error) {
            failure = error;
            boolean unused = settle(this, null);
            connection.close("the connection was given up");
            result.completeExceptionally(error);
        }

        private void checkLine(ContractVersion now) {
            if (before != null && (before.line() != now.line())) {
                throw new NotDoneException(
                        ContractMismatchException.CODE,
                        "the server spoke contract " + before + " before and speaks " + now
                                + " now, so a new client is needed");
            }
        }

        /** Ends it; whoever waits for it is told by {@link #run}. */
        void abandon(String reason) {
            connection.close(reason);
        }
    }
}
