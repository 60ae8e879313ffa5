package dev.meerkat.server.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.store.sqlite.SqliteStore;
import dev.meerkat.testkit.MeerkatHarness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/** Our server of a runtime with the agent of the recordings; both can be started again on the same store. */
final class Served implements AutoCloseable {
    private static final long GUARD_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final RecordedAgent agent = new RecordedAgent();
    private final MeerkatHarness runtime;
    private final UnaryOperator<MeerkatServer> settings;
    private RunningServer server;

    Served(Path directory, UnaryOperator<MeerkatServer> settings) throws IOException {
        // As durable as that of the recorded servers, which receipts tell.
        this.runtime = MeerkatHarness.withRealThreads()
                .store(() -> SqliteStore.open(directory.resolve("realm.db")))
                .retry(RetryPolicy.none())
                .answeredBy(agent);
        this.settings = settings;
        this.server = start();
    }

    private RunningServer start() throws IOException {
        return settings.apply(MeerkatServer.of(runtime.meerkat()).tools(agent.tools()))
                .start();
    }

    RecordedAgent agent() {
        return agent;
    }

    int port() {
        return server.addresses().get(0).getPort();
    }

    /** Ends the server: what it has to say is said. */
    void stop() {
        server.close();
    }

    /** Starts everything again, after {@link #stop}. */
    void restart(String how) throws IOException {
        if (how.equals("killed")) {
            runtime.crash();
        } else {
            runtime.restart();
        }
        server = start();
    }

    /**
     * Waits until nothing more happens unless the client does something.
     *
     * @param turns how many turns of a session the client waits for
     */
    void settle(ToLongFunction<SessionId> turns) throws InterruptedException {
        long end = System.nanoTime() + GUARD_NANOS;
        while (!isSettled(turns)) {
            assertThat(System.nanoTime())
                    .as("something goes on: %s", sessions())
                    .isLessThan(end);
            pause();
        }
    }

    private List<SessionSnapshot> sessions() throws InterruptedException {
        return runtime.meerkat().list(SessionQuery.all()).sessions();
    }

    private boolean isSettled(ToLongFunction<SessionId> turns) throws InterruptedException {
        for (SessionSnapshot session : sessions()) {
            boolean blocked = agent.isBlocked(session.id());
            boolean running = session.state() == SessionSnapshot.State.RUNNING;
            long expected = turns.applyAsLong(session.id());
            if (running != blocked
                    || expected > (blocked ? session.waitingComms().orElseThrow() + 1 : 0)) {
                return false;
            }
        }
        return true;
    }

    /** Waits, bounded, for what happens on other threads. */
    static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + GUARD_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            pause();
        }
    }

    private static void pause() throws InterruptedException {
        LockSupport.parkNanos(LOOK_NANOS);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    @Override
    public void close() {
        server.close();
        runtime.close();
    }
}
