package dev.meerkat.testkit.contract;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Meerkat;
import dev.meerkat.core.agent.Agent;
import java.time.Duration;
import java.util.Set;

/**
 * What an implementation supplies to be run against the contract chapters: one fixture per test.
 *
 * <p>The limits are tiny, so that bounds are reached: 4 inputs in the comms lane, 8 inputs or 4 KiB in
 * the external-ingress lane, 2 inputs of each lane in a turn, 4 live events per reader; two attempts
 * at a turn, one second apart on the fixture's clock. A fixture of what it does not make itself, such as
 * a server, says in {@link #lacking} and {@link #untold} what is not there.
 */
@SuppressWarnings("try") // closing may be interrupted, as everything that waits
public interface MeerkatFixture extends AutoCloseable {
    /** Most inputs in the comms lane. */
    int COMMS_INPUTS = 4;

    /** Most inputs in the external-ingress lane. */
    int EXTERNAL_INPUTS = 8;

    /** Most bytes in the external-ingress lane. */
    long EXTERNAL_BYTES = 4_096;

    /** Most inputs of each lane in one turn. */
    int TURN_INPUTS = 2;

    /** Most live events for one reader. */
    int LIVE_EVENTS = 4;

    /** Attempts at a turn, in all. */
    int ATTEMPTS = 2;

    /** The wait before the second attempt, without jitter. */
    Duration RETRY_DELAY = Duration.ofSeconds(1);

    /**
     * The Meerkat under test; another one after {@link #restart} or {@link #crash}.
     *
     * @return open
     */
    Meerkat meerkat();

    /**
     * Sets what answers turns from now on; the default is to answer {@code "ok"}.
     *
     * @param agent the agent
     * @throws org.opentest4j.TestAbortedException if this cannot be done: see {@link Detail#SCRIPTED_AGENT}
     */
    void agent(Agent agent);

    /** Closes the Meerkat orderly and opens the same store again. */
    void restart();

    /**
     * Abandons the Meerkat, so that nothing more of it is stored, and opens the same store again.
     *
     * @throws org.opentest4j.TestAbortedException if this cannot be done: see {@link Detail#CRASH}
     */
    void crash();

    /**
     * Moves the clock on and lets what is due begin.
     *
     * @param time how far, more than retries' jitter can add
     * @throws org.opentest4j.TestAbortedException if this cannot be done: see {@link Detail#CLOCK}
     */
    void advance(Duration time);

    /**
     * What this implementation cannot do, in one place: the chapters assert that it is refused, and
     * that {@link Meerkat#capabilities} says so.
     *
     * @return empty for a full implementation
     */
    Set<Capability> lacking();

    /**
     * What the contract asks beside the capabilities and this cannot show, in one place: the tests that
     * need it are skipped, visibly.
     *
     * @return empty for a full implementation
     */
    default Set<Detail> untold() {
        return Set.of();
    }

    /**
     * A model that sessions can be created with.
     *
     * @return a name that this implementation takes
     */
    default String model() {
        return "some-model";
    }

    /**
     * Whether a lacking capability was refused already as it must be, at the same implementation, so that
     * nothing is left to find out: the assertion is the same for every test that needs it. For fixtures
     * whose sessions take long to create.
     *
     * @param lacking the capability
     * @return whether it need not be asserted again
     */
    default boolean refusedBefore(Capability lacking) {
        return false;
    }

    /**
     * Told when a lacking capability was refused as it must be, or had been {@link #refusedBefore}, instead of
     * the test that needs it.
     *
     * @param lacking the capability
     */
    default void refused(Capability lacking) {}

    /** Closes everything and checks that nothing is left: no thread, no handle. */
    @Override
    void close() throws Exception;
}
