package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.core.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {
    private final VirtualTime time = VirtualTime.create();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    @Test
    void standsStillUntilAdvanced() throws InterruptedException {
        assertThat(time.instant()).isEqualTo(VirtualTime.START);
        time.advance(Duration.ofSeconds(3));
        assertThat(time.instant()).isEqualTo(VirtualTime.START.plusSeconds(3));
    }

    @Test
    void runsWhatIsDueInOrderOfDueTimeThenOfScheduling() throws InterruptedException {
        at(3, "c");
        at(1, "a");
        at(3, "d");
        at(2, "b");
        at(9, "later");
        time.advance(Duration.ofSeconds(3));
        assertThat(log).containsExactly("a@1", "b@2", "c@3", "d@3");
        assertThat(time.instant()).isEqualTo(VirtualTime.START.plusSeconds(3));
        assertThat(time.untilNext()).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void runsNothingOutsideAdvance() throws InterruptedException {
        time.schedule(Duration.ZERO, () -> log.add("now"));
        assertThat(log).isEmpty();
        time.advance(Duration.ZERO);
        assertThat(log).containsExactly("now");
    }

    @Test
    void runsWhatDueTasksSchedule() throws InterruptedException {
        time.schedule(Duration.ofSeconds(1), () -> at(1, "chained"));
        time.advance(Duration.ofSeconds(5));
        assertThat(log).containsExactly("chained@2");
    }

    @Test
    void cancelledTasksDoNotRun() throws InterruptedException {
        Scheduler.Cancellation cancellation = time.schedule(Duration.ofSeconds(1), () -> log.add("never"));
        cancellation.cancel();
        time.advance(Duration.ofSeconds(2));
        cancellation.cancel();
        assertThat(log).isEmpty();
        assertThat(time.untilNext()).isNull();
    }

    @Test
    void endlessChainsAreReported() {
        time.schedule(Duration.ZERO, this::again);
        assertThatThrownBy(() -> time.advance(Duration.ofSeconds(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("go on forever");
    }

    private void again() {
        time.schedule(Duration.ZERO, this::again);
    }

    @Test
    void negativeDurationsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> time.advance(Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> time.schedule(Duration.ofSeconds(-1), () -> {}));
    }

    @Test
    void sleepersWakeWhenTheClockGetsThere() throws InterruptedException {
        try (SerialTurnExecutor executor = SerialTurnExecutor.fifo()) {
            VirtualTime settling = VirtualTime.settling(executor::settle);
            for (int seconds : List.of(3, 1, 2)) {
                executor.execute(() -> {
                    try {
                        settling.sleep(Duration.ofSeconds(seconds));
                        log.add(seconds + "@" + sinceStart(settling));
                    } catch (InterruptedException e) {
                        log.add("interrupted");
                    }
                });
            }
            settling.advance(Duration.ofSeconds(2));
            assertThat(log).containsExactly("1@1", "2@2");
            settling.advance(Duration.ofSeconds(2));
            assertThat(log).containsExactly("1@1", "2@2", "3@3");
        }
    }

    private void at(int seconds, String name) {
        time.schedule(Duration.ofSeconds(seconds), () -> log.add(name + "@" + sinceStart(time)));
    }

    private static long sinceStart(VirtualTime time) {
        return Duration.between(VirtualTime.START, time.instant()).toSeconds();
    }
}
