package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SerialTurnExecutorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private SerialTurnExecutor executor = SerialTurnExecutor.fifo();

    @AfterEach
    void closeExecutor() {
        executor.close();
        assertThat(executor.leftBehind()).isEmpty();
    }

    @Test
    void runsTasksInTheBackgroundInAutomaticMode() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        executor.execute(ran::countDown);
        assertThat(ran.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void runsOneTaskAtATimeInOrder() throws InterruptedException {
        AtomicInteger running = new AtomicInteger();
        executor.hold();
        for (int i = 0; i < 20; i++) {
            String name = "t" + i;
            executor.execute(() -> {
                log.add(name + " " + running.incrementAndGet());
                SerialTurnExecutor.yieldTurn();
                running.decrementAndGet();
            });
        }
        executor.release();
        executor.settle();
        assertThat(log).hasSize(20).startsWith("t0 1", "t1 2", "t2 3");
    }

    @Test
    void yieldingLetsTheOthersGoFirst() throws InterruptedException {
        executor.hold();
        executor.execute(() -> {
            log.add("a1");
            SerialTurnExecutor.yieldTurn();
            log.add("a2");
        });
        executor.execute(() -> log.add("b"));
        executor.release();
        executor.settle();
        assertThat(log).containsExactly("a1", "b", "a2");
    }

    @Test
    void aWaitLetsOthersRunAndResumesWhenReady() throws InterruptedException {
        Gate gate = Gate.named("g");
        executor.execute(() -> pass("waiter", gate));
        gate.awaitReached(PATIENCE);
        executor.execute(() -> log.add("other"));
        executor.settle();
        assertThat(log).containsExactly("other");
        gate.open();
        executor.settle();
        assertThat(log).containsExactly("other", "waiter");
    }

    @Test
    void theOrderOfWokenWaitsDoesNotDependOnTheMachine() throws InterruptedException {
        Gate gate = Gate.named("g");
        executor.hold();
        for (int i = 0; i < 10; i++) {
            String name = "w" + i;
            executor.execute(() -> pass(name, gate));
        }
        executor.runUntilIdle();
        executor.execute(() -> {
            gate.open();
            executor.execute(() -> log.add("after"));
        });
        executor.runUntilIdle();
        assertThat(log).containsExactly("w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9", "after");
    }

    @Test
    void holdsEverythingInManualMode() throws InterruptedException {
        executor.hold();
        executor.execute(() -> log.add("a"));
        executor.execute(() -> log.add("b"));
        assertThat(log).isEmpty();
        assertThat(executor.runNext()).isTrue();
        assertThat(log).containsExactly("a");
        assertThat(executor.runNext()).isTrue();
        assertThat(executor.runNext()).isFalse();
        assertThat(log).containsExactly("a", "b");
        assertThat(executor.isHeld()).isTrue();
    }

    @Test
    void holdWaitsForTheRunningTaskToPause() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        executor.execute(() -> {
            started.countDown();
            uninterrupted(go);
            log.add("done");
        });
        uninterrupted(started);
        go.countDown();
        executor.hold();
        assertThat(log).containsExactly("done");
    }

    @Test
    void runUntilIdleAlsoRunsWhatTasksStart() throws InterruptedException {
        executor.hold();
        executor.execute(() -> executor.execute(() -> executor.execute(() -> log.add("third"))));
        executor.runUntilIdle();
        assertThat(log).containsExactly("third");
    }

    @Test
    void sameSeedGivesTheSameOrderAndSeedsDiffer() throws InterruptedException {
        List<List<String>> orders = new ArrayList<>();
        for (long seed : new long[] {1, 1, 2, 3, 4, 5}) {
            orders.add(seededOrder(seed));
        }
        assertThat(orders.get(0)).isEqualTo(orders.get(1));
        assertThat(orders.stream().distinct().count()).isGreaterThan(2);
    }

    private static List<String> seededOrder(long seed) throws InterruptedException {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        try (SerialTurnExecutor seeded = SerialTurnExecutor.seeded(seed)) {
            seeded.hold();
            for (int i = 0; i < 6; i++) {
                String name = "t" + i;
                seeded.execute(() -> {
                    order.add(name);
                    SerialTurnExecutor.yieldTurn();
                    order.add(name + "'");
                });
            }
            seeded.runUntilIdle();
        }
        return List.copyOf(order);
    }

    @Test
    void anInterruptedWaitCountsAsRunnableAtOnce() throws InterruptedException {
        Gate gate = Gate.named("g");
        Thread[] worker = new Thread[1];
        executor.execute(() -> {
            worker[0] = Thread.currentThread();
            pass("never", gate);
        });
        gate.awaitReached(PATIENCE);
        executor.settle();
        worker[0].interrupt();
        executor.settle();
        assertThat(log).containsExactly("never interrupted");
    }

    @Test
    void settleSaysWhatDoesNotComeToRest() throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        executor.execute(() -> {
            started.countDown();
            uninterrupted(stuck);
        });
        uninterrupted(started);
        assertThat(executor.describe()).contains("running").contains("SerialTurnExecutorTest");
        executor.settleWithin(Duration.ofMillis(1));
        stuck.countDown();
        executor.settle();
        assertThat(executor.describe()).contains("0 tasks");
    }

    @Test
    void refusesWhatMakesNoSenseInItsMode() throws InterruptedException {
        assertThatIllegalStateException().isThrownBy(executor::runNext).withMessageContaining("hold");
        assertThatIllegalStateException().isThrownBy(executor::runUntilIdle).withMessageContaining("hold");
        executor.hold();
        assertThatIllegalStateException().isThrownBy(executor::settle).withMessageContaining("release");
    }

    @Test
    void keepsWhatTasksThrow() throws InterruptedException {
        executor.execute(() -> {
            throw new IllegalArgumentException("boom");
        });
        executor.settle();
        assertThat(executor.failures())
                .singleElement()
                .extracting(Throwable::getMessage)
                .isEqualTo("boom");
    }

    @Test
    void closeEndsWaitingTasksAndTakesNoMore() throws InterruptedException {
        Gate gate = Gate.named("g");
        executor.execute(() -> pass("never", gate));
        gate.awaitReached(PATIENCE);
        executor.close();
        assertThat(log).containsExactly("never interrupted");
        assertThat(executor.leftBehind()).isEmpty();
        assertThatThrownBy(() -> executor.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void unorderedTasksRunAtTheSameTime() throws InterruptedException {
        executor = SerialTurnExecutor.unordered();
        CountDownLatch both = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            executor.execute(() -> {
                both.countDown();
                uninterrupted(both);
                log.add("met");
            });
        }
        executor.settle();
        assertThat(log).containsExactly("met", "met");
    }

    @Test
    void waitsOnOtherThreadsAreLeftAlone() throws InterruptedException {
        AtomicInteger waited = new AtomicInteger();
        SerialTurnExecutor.await(() -> false, waited::incrementAndGet);
        SerialTurnExecutor.yieldTurn();
        executor.beforeWait(() -> false);
        executor.afterWait();
        assertThat(waited).hasValue(1);
    }

    private void pass(String name, Gate gate) {
        try {
            gate.pass();
            log.add(name);
        } catch (InterruptedException e) {
            log.add(name + " interrupted");
        }
    }

    private static void uninterrupted(CountDownLatch latch) {
        try {
            if (!latch.await(5, TimeUnit.SECONDS)) {
                throw new AssertionError("the latch was not opened");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
