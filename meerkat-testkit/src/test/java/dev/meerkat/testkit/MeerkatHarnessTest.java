package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.ReadyEventStream;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MeerkatHarnessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void restartKeepsWhatWasStored() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            harness.agent().otherwise(turn -> "ok");
            Session before = create(harness, "a");
            harness.settle();
            harness.restart();
            Session after = harness.meerkat().open("a");
            assertThat(after.id()).isEqualTo(before.id());
            assertThat(after.snapshot().lastAnswer()).hasValue("ok");
            assertThatThrownBy(before::snapshot).isInstanceOf(MeerkatException.class);
        }
    }

    @Test
    void aRunningTurnGoesOnAfterARestart() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            harness.agent()
                    .on("a")
                    .expectAny()
                    .gate("hold")
                    .answer("never")
                    .expectAny()
                    .answer("second life");
            create(harness, "a");
            harness.agent().gate("hold").awaitReached(PATIENCE);
            harness.restart();
            harness.settle();
            assertThat(harness.meerkat().open("a").snapshot().lastAnswer()).hasValue("second life");
        }
    }

    @Test
    void aCrashLosesWhatWasNotCommittedAndNothingElse() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            harness.agent()
                    .on("a")
                    .expectAny()
                    .safePoint()
                    .emit("lost")
                    .gate("hold")
                    .answer("never")
                    .expectAny()
                    .answer("second life");
            Session before = create(harness, "a");
            harness.agent().gate("hold").awaitReached(PATIENCE);
            harness.crash();
            harness.settle();
            Session after = harness.meerkat().open("a");
            assertThat(after.snapshot().lastAnswer()).hasValue("second life");
            AgentCall second = harness.agent().calls("a").get(1);
            assertThat(second.attempt()).isEqualTo(2);
            assertThat(second.step()).isEqualTo(1);
            assertThatThrownBy(() -> before.send(CommsCommand.Input.of("late"))).isInstanceOf(MeerkatException.class);
        }
    }

    @Test
    void aStreamSaysWhenItIsReady() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            harness.agent().on("a").expectAny().answer("ok");
            Session session = create(harness, "a");
            harness.settle();
            List<String> told = new ArrayList<>();
            try (EventStream stream = session.eventsFromNow()) {
                assertThat(stream.next(Duration.ZERO)).isEmpty();
                assertThat(stream)
                        .isInstanceOfSatisfying(
                                ReadyEventStream.class, ready -> ready.whenReady(() -> told.add("ready")));
                assertThat(told).isEmpty();
                session.archive();
                assertThat(told).containsExactly("ready");
            }
        }
    }

    @Test
    void whatADeadRuntimeStillDoesHasNoEffect() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            CountDownLatch entered = new CountDownLatch(1);
            List<String> after = new ArrayList<>();
            harness.agent()
                    .on("a")
                    .expectAny()
                    .run(turn -> {
                        entered.countDown();
                        try {
                            new CountDownLatch(1).await(5, TimeUnit.SECONDS);
                        } catch (InterruptedException e) {
                            // An agent that goes on regardless must not reach the store any more.
                            try {
                                turn.safePoint();
                                after.add("committed");
                            } catch (Exception refused) {
                                after.add("refused");
                            }
                        }
                    })
                    .answer("ignored")
                    .expectAny()
                    .answer("second life");
            create(harness, "a");
            assertThat(entered.await(5, TimeUnit.SECONDS)).isTrue();
            harness.crash();
            assertThat(after).containsExactly("refused");
            harness.settle();
            assertThat(harness.meerkat().open("a").snapshot().lastAnswer()).hasValue("second life");
        }
    }

    @Test
    void aCrashInManualModeIsExact() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            harness.executor().hold();
            harness.agent().on("a").expectAny().answer("after the crash");
            Session session = create(harness, "a");
            Turn turn = session.initialTurn().orElseThrow();
            harness.crash();
            assertThatThrownBy(() -> turn.await(PATIENCE)).isInstanceOf(MeerkatException.class);
            assertThat(harness.agent().calls()).isEmpty();
            harness.executor().runUntilIdle();
            assertThat(harness.agent().calls()).hasSize(1);
            assertThat(harness.meerkat()
                            .open("a")
                            .inputStatus(turn.inputId().orElseThrow())
                            .orElseThrow()
                            .state())
                    .isEqualTo(InputStatus.State.CONSUMED);
        }
    }

    @Test
    void retriesWaitForTheClockOfTheTest() throws InterruptedException {
        try (MeerkatHarness harness =
                MeerkatHarness.create().retry(RetryPolicy.inPlace(2, Duration.ofHours(1), Duration.ofHours(1)))) {
            harness.agent()
                    .on("a")
                    .expectAny()
                    .fail(new IllegalStateException("first"))
                    .expectAny()
                    .answer("second");
            Session session = create(harness, "a");
            harness.settle();
            assertThat(harness.agent().calls()).hasSize(1);
            harness.advance(Duration.ofHours(2));
            assertThat(session.initialTurn().orElseThrow().await(PATIENCE))
                    .get()
                    .isInstanceOf(TurnOutcome.Completed.class);
        }
    }

    @Test
    void sameSeedGivesTheSameHistory() throws InterruptedException {
        assertThat(history(3)).isEqualTo(history(3)).isNotEqualTo(history(4));
    }

    private static String history(long seed) throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.seeded(seed)) {
            harness.agent().otherwise(turn -> "seen " + turn.inputs().size());
            harness.executor().hold();
            Session a = create(harness, "a");
            create(harness, "b");
            a.send(CommsCommand.PeerMessage.to("b", "hi"));
            harness.executor().runUntilIdle();
            harness.executor().release();
            return harness.eventLog();
        }
    }

    @Test
    void settingsCannotChangeOnceOpen() {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            harness.limits(RuntimeLimits.defaults()).meerkat();
            assertThatIllegalStateException().isThrownBy(() -> harness.retry(RetryPolicy.none()));
        }
    }

    @Test
    void aForgottenEventStreamIsReportedWithItsPlace() throws InterruptedException {
        MeerkatHarness harness = MeerkatHarness.create();
        harness.agent().otherwise(turn -> "ok");
        EventStream forgotten = create(harness, "a").events(Cursor.START);
        assertThatThrownBy(harness::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("not closed: event stream")
                .hasMessageContaining("aForgottenEventStreamIsReportedWithItsPlace");
        forgotten.close();
    }

    @Test
    void aForgottenThreadIsReported() {
        MeerkatHarness harness = MeerkatHarness.create();
        harness.meerkat();
        CountDownLatch end = new CountDownLatch(1);
        Thread forgotten = new Thread(
                () -> {
                    try {
                        assertThat(end.await(60, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "meerkat-forgotten");
        forgotten.start();
        try {
            assertThatThrownBy(harness::close)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("thread has not ended: meerkat-forgotten");
        } finally {
            end.countDown();
        }
        harness.close();
    }

    @Test
    void diagnosticsTellWhatHappened() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            harness.agent().on("a").expectAny().gate("hold").answer("ok");
            create(harness, "a");
            harness.agent().gate("hold").awaitReached(PATIENCE);
            harness.settle();
            assertThat(harness.diagnostics())
                    .contains("session a")
                    .contains("TurnStarted")
                    .contains("call of a")
                    .contains("waiting")
                    .contains("Gate.");
            harness.agent().gate("hold").open();
            harness.settle();
        }
    }

    @Test
    void realThreadsRunAtTheSameTime() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.withRealThreads()) {
            CountDownLatch both = new CountDownLatch(2);
            harness.agent().otherwise(turn -> {
                both.countDown();
                return both.await(5, TimeUnit.SECONDS) ? "met" : "alone";
            });
            Turn a = create(harness, "a").initialTurn().orElseThrow();
            Turn b = create(harness, "b").initialTurn().orElseThrow();
            for (Turn turn : List.of(a, b)) {
                assertThat(((TurnOutcome.Completed) turn.await(PATIENCE).orElseThrow()).text())
                        .isEqualTo("met");
            }
            assertThatIllegalStateException().isThrownBy(harness::settle);
        }
    }

    private static Session create(MeerkatHarness harness, String name) throws InterruptedException {
        return harness.meerkat().create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs(name));
    }
}
