package dev.meerkat.store.postgres;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Meerkat;
import dev.meerkat.core.Environment;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.SystemEnvironment;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.testkit.VirtualTime;
import dev.meerkat.testkit.contract.Detail;
import dev.meerkat.testkit.contract.MeerkatFixture;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Two nodes on one schema: the first owns all sessions and runs their turns, and all calls are made at the second. */
final class TwoNodes implements MeerkatFixture {
    /** How long things may take to calm down before the clock moves; agents may be held meanwhile. */
    private static final int CALM_MILLIS = 1_000;

    private static final int LOOK_MILLIS = 5;

    private final PostgresOptions options = TestServer.fresh();
    private final PostgresSettings settings;
    private final VirtualTime time = VirtualTime.create();
    private final SystemEnvironment system = SystemEnvironment.create();
    private final AtomicInteger running = new AtomicInteger();
    private volatile Agent agent = turn -> "ok";
    private Life owner;
    private Life other;

    private record Life(PostgresStore store, Meerkat meerkat) {
        void close() {
            meerkat.close();
            store.close();
        }
    }

    TwoNodes(PostgresSettings settings) {
        this.settings = settings;
        open();
    }

    private void open() {
        owner = open(settings, "owner");
        other = open(settings.withoutSessions(), "other");
    }

    private Life open(PostgresSettings with, String name) {
        PostgresStore store = PostgresStore.open(TestServer.source(), options.withNodeName(name), with);
        Environment real = system.environment();
        Executor counting = task -> {
            running.incrementAndGet();
            real.executor().execute(() -> {
                try {
                    task.run();
                } finally {
                    running.decrementAndGet();
                }
            });
        };
        Meerkat meerkat = MeerkatRuntime.of(turn -> agent.answer(turn))
                .store(store)
                .environment(new Environment(time, real.ids(), real.random(), counting, time))
                .limits(RuntimeLimits.defaults()
                        .withLanes(COMMS_INPUTS, EXTERNAL_INPUTS, EXTERNAL_BYTES)
                        .withTurnInputs(TURN_INPUTS)
                        .withLiveEvents(LIVE_EVENTS)
                        .withWaits(
                                new RuntimeLimits.Waits(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ZERO)))
                .retry(RetryPolicy.inPlace(ATTEMPTS, RETRY_DELAY, RETRY_DELAY))
                .open();
        return new Life(store, meerkat);
    }

    @Override
    public Meerkat meerkat() {
        return other.meerkat();
    }

    @Override
    public void agent(Agent agent) {
        this.agent = agent;
    }

    @Override
    public void restart() {
        closeBoth();
        open();
    }

    @Override
    public void crash() {
        throw new UnsupportedOperationException("see the tests that kill processes");
    }

    @Override
    public void advance(Duration by) {
        try {
            calm();
            time.advance(by);
            calm();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the clock moved on", e);
        }
    }

    private void calm() throws InterruptedException {
        for (int i = 0; i < CALM_MILLIS / LOOK_MILLIS && running.get() > 0; i++) {
            boolean unused = new CountDownLatch(1).await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public Set<Capability> lacking() {
        return Set.of();
    }

    /** What a turn says before it ends is heard on its own node only. */
    @Override
    public Set<Detail> untold() {
        return Set.of(Detail.CRASH, Detail.LIVE_EVENTS, Detail.LIVE_BUFFER);
    }

    private void closeBoth() {
        other.close();
        owner.close();
    }

    @Override
    public void close() {
        closeBoth();
        system.close();
        TestServer.drop(options);
    }
}
