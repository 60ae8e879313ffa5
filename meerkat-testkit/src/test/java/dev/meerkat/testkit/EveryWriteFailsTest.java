package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.testkit.FaultyStore.Moment;
import dev.meerkat.testkit.SeededRun.Fault;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One workload of more than 500 writes, again and again, in each of which another write fails: the promises hold each
 * time. {@code -Dmeerkat.faults.every=1} lets each single write fail; by default one of 25 does.
 */
@Tag("heavy")
class EveryWriteFailsTest {
    private static final long SEED = 4_711;
    private static final int ACTIONS = 420;
    private static final int EVERY = Integer.getInteger("meerkat.faults.every", 25);

    @Test
    void theWorkloadHas500Writes() throws InterruptedException {
        assertThat(writes()).isGreaterThanOrEqualTo(500);
    }

    @ParameterizedTest
    @CsvSource({"BEFORE, false", "BEFORE, true", "AFTER, false", "AFTER, true"})
    void thePromisesHoldWhicheverWriteFails(Moment moment, boolean crash) throws InterruptedException {
        long writes = writes();
        int cases = 0;
        for (int write = 1 + moment.ordinal() % EVERY; write <= writes; write += EVERY) {
            Fault fault = new Fault(write, moment, crash);
            try (SeededRun run = SeededRun.ofWork(SEED, ACTIONS).with(fault)) {
                run.play();
                run.check();
                cases++;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(fault + ": " + e.getMessage(), e);
            }
        }
        System.out.println("write fails " + moment + (crash ? ", then a crash: " : ": ") + cases + " cases");
        assertThat(cases).isPositive();
    }

    /** Without a fault. */
    private static long writes() throws InterruptedException {
        try (SeededRun run = SeededRun.ofWork(SEED, ACTIONS)) {
            run.play();
            run.check();
            return run.writes();
        }
    }
}
