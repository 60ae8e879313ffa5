package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The whole runtime from seeds: random work, faults, crashes and restarts, one turn's slice at a time. {@code
 * -Dmeerkat.seeds=N} plays so many schedules, and {@code -Dmeerkat.seed=S} begins with this one; to replay one that
 * failed, give its seed. It mostly fails again; where closing interrupts several waiting turns at once, the machine
 * decides which of them comes back first.
 */
@Tag("heavy")
class SeededScheduleTest {
    private static final Long ONLY = Long.getLong("meerkat.seed");
    private static final int SEEDS = Integer.getInteger("meerkat.seeds", ONLY == null ? 300 : 1);
    private static final long FIRST = ONLY == null ? 0 : ONLY;

    @Test
    void everyScheduleKeepsThePromises() throws InterruptedException {
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            try (SeededRun run = new SeededRun(seed)) {
                run.play();
                run.check();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("replay it with -Dmeerkat.seed=" + seed + ": " + e.getMessage(), e);
            }
        }
        System.out.println("seeded schedules: " + SEEDS + " from seed " + FIRST + " kept all promises");
    }

    @Test
    void schedulesReachWhatTheyAreFor() throws InterruptedException {
        SeededRun.Reached reached = new SeededRun.Reached();
        for (long seed = 0; seed < 100; seed++) {
            try (SeededRun run = new SeededRun(seed)) {
                run.play();
                run.check();
                reached.add(run.reached());
            }
        }
        assertThat(reached.crashes).isPositive();
        assertThat(reached.restarts).isPositive();
        assertThat(reached.acknowledged).isGreaterThan(500);
        assertThat(reached.unknown).isPositive();
        assertThat(reached.refused).isPositive();
        assertThat(reached.replies).isPositive();
        assertThat(reached.fired).isPositive();
        assertThat(reached.expired).isPositive();
    }
}
