package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole runtime from seeds: random work, faults, crashes and restarts, one turn's slice at a time.
 * A failing seed mostly fails again when it is run alone; where closing interrupts several waiting turns at
 * once, the machine decides which of them comes back first.
 */
class SeededScheduleTest {
    private static final int BATCH = 50;

    @ParameterizedTest
    @ValueSource(longs = {0, 50, 100, 150, 200, 250})
    void everyScheduleKeepsThePromises(long first) throws InterruptedException {
        for (long seed = first; seed < first + BATCH; seed++) {
            try (SeededRun run = new SeededRun(seed)) {
                run.play();
                run.check();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void schedulesReachWhatTheyAreFor() throws InterruptedException {
        SeededRun.Reached reached = new SeededRun.Reached();
        for (long seed = 0; seed < 100; seed++) {
            try (SeededRun run = new SeededRun(seed)) {
                run.play();
                reached.add(run.reached());
            }
        }
        assertThat(reached.crashes).isPositive();
        assertThat(reached.restarts).isPositive();
        assertThat(reached.acknowledged).isGreaterThan(500);
        assertThat(reached.unknown).isPositive();
        assertThat(reached.refused).isPositive();
        assertThat(reached.replies).isPositive();
    }
}
