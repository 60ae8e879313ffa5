package dev.meerkat.testkit;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Meerkat;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.testkit.contract.MeerkatFixture;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Runs the contract against the runtime of this JVM on any store.
 *
 * <p>Clock and ids are always the test's. Agents of the contract may block in their own ways.
 */
public final class StoreFixture implements MeerkatFixture {
    private static final Agent OK = turn -> "ok";

    /** How turns run. */
    public enum Turns {
        /** One at a time, on a {@link SerialTurnExecutor} in automatic mode. */
        SERIAL,
        /** At the same time, on threads of their own. */
        REAL_THREADS
    }

    private final MeerkatHarness harness;
    private final boolean durable;
    private volatile Agent agent = OK;

    private StoreFixture(Supplier<? extends SessionStore> opener, boolean durable, Turns turns) {
        this.durable = durable;
        this.harness = turns == Turns.SERIAL ? MeerkatHarness.lenient() : MeerkatHarness.withRealThreads();
        harness.store(opener)
                .limits(RuntimeLimits.defaults()
                        .withLanes(COMMS_INPUTS, EXTERNAL_INPUTS, EXTERNAL_BYTES)
                        .withTurnInputs(TURN_INPUTS)
                        .withLiveEvents(LIVE_EVENTS)
                        .withWaits(
                                new RuntimeLimits.Waits(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ZERO)))
                .retry(RetryPolicy.inPlace(ATTEMPTS, RETRY_DELAY, RETRY_DELAY))
                .answeredBy(turn -> agent.answer(turn));
    }

    /**
     * On a store in memory.
     *
     * @param turns how turns run
     * @return a new fixture
     */
    public static StoreFixture memory(Turns turns) {
        return new StoreFixture(MemoryStores.create(), false, turns);
    }

    /**
     * On a durable store.
     *
     * @param opener opens the store: at first, and again after the fixture has closed it, with all
     *     that was in it
     * @param turns how turns run
     * @return a new fixture
     */
    public static StoreFixture durable(Supplier<? extends SessionStore> opener, Turns turns) {
        return new StoreFixture(opener, true, turns);
    }

    @Override
    public Meerkat meerkat() {
        return harness.meerkat();
    }

    @Override
    public void agent(Agent agent) {
        this.agent = agent;
    }

    @Override
    public void restart() {
        harness.restart();
    }

    @Override
    public void crash() {
        harness.crash();
    }

    @Override
    public void advance(Duration time) {
        try {
            harness.advance(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the clock moved on", e);
        }
    }

    @Override
    public Set<Capability> lacking() {
        return durable ? Set.of() : Set.of(Capability.DURABLE);
    }

    @Override
    public void close() {
        harness.close();
    }
}
