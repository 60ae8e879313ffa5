package dev.meerkat.testkit.contract;

import static dev.meerkat.api.InputStatus.State.CONSUMED;
import static dev.meerkat.api.InputStatus.State.DEAD_LETTERED;
import static dev.meerkat.api.InputStatus.State.DISCARDED;
import static dev.meerkat.api.InputStatus.State.QUEUED;
import static dev.meerkat.api.InputStatus.State.SET_ASIDE;
import static dev.meerkat.api.InputStatus.State.STAGED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDeadLetterException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.agent.TransientFailureException;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.testkit.MeerkatHarness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of inputs whose turn failed, with the default policy, hours in virtual time, on one kind of store. */
public abstract class FailedInputsContract {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String SLEEPS = "sleeps";

    /** What the agent throws for an event of a type. */
    private final ConcurrentMap<String, Exception> failing = new ConcurrentHashMap<>();

    private MeerkatHarness harness;
    private Session session;

    /** For subclasses. */
    @SuppressWarnings("NullAway.Init") // set before each test
    protected FailedInputsContract() {}

    /**
     * Opens the same store again and again.
     *
     * @return opens it
     */
    protected abstract Supplier<? extends SessionStore> stores();

    /**
     * Opens a runtime with one idle session.
     *
     * @throws InterruptedException if interrupted
     */
    @BeforeEach
    public void open() throws InterruptedException {
        harness = MeerkatHarness.create().store(stores()).answeredBy(this::answer);
        session = harness.meerkat().create(SessionSpec.ofPrompt("begin").withKeepAliveAs("a"));
        harness.settle();
    }

    /** Closes it. */
    @AfterEach
    public void close() {
        failing.clear();
        harness.close();
    }

    private String answer(TurnContext turn) throws Exception {
        for (var input : turn.inputs()) {
            String name = Seen.text(input);
            Exception failure = failing.get(name);
            if (failure != null) {
                throw failure;
            }
            if (name.equals(SLEEPS) && turn.attempt() == 1) {
                harness.time().sleep(Duration.ofDays(1));
            }
        }
        return "ok";
    }

    private InputId event(String type) throws InterruptedException {
        ExternalEvent event = ExternalEvent.genericJson(type, Json.NULL).withIdempotencyKey(type);
        InputId id = ((EventOutcome.Accepted) session.sendExternalEvent(event))
                .inputId()
                .orElseThrow();
        harness.settle();
        return id;
    }

    private InputStatus status(InputId input) throws InterruptedException {
        return session.inputStatus(input).orElseThrow();
    }

    private InputStatus.State state(InputId input) throws InterruptedException {
        return status(input).state();
    }

    /** In small steps, so that each wait ends before the next one begins. */
    private void pass(Duration time) throws InterruptedException {
        for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(MINUTE)) {
            harness.advance(MINUTE);
        }
        harness.settle();
    }

    private void reopened() throws InterruptedException {
        session = harness.meerkat().open("a");
        harness.settle();
    }

    @Test
    public void anOutageOfAnHourLosesNothing() throws Exception {
        List<InputId> events = new ArrayList<>();
        for (String type : List.of("io", "timeout", "marked", "other")) {
            failing.put(type, type.equals("timeout") ? new TimeoutException("no answer") : new IOException("no model"));
        }
        failing.put("marked", new TransientFailureException("slow down", null, Duration.ofSeconds(30)));
        failing.put("other", new IllegalStateException("HTTP 500"));
        for (String type : List.of("io", "timeout", "marked", "other")) {
            events.add(event(type));
        }
        pass(Duration.ofHours(1));
        failing.clear();
        pass(Duration.ofMinutes(20));

        for (InputId input : events) {
            assertThat(state(input)).isEqualTo(CONSUMED);
        }
        assertThat(session.deadLetters(0, 10).deadLetters()).isEmpty();
    }

    @Test
    public void aPoisonInputHoldsUpOthersForMinutesAndPromptsNotAtAll() throws Exception {
        for (Exception poison : List.of(new IllegalStateException("bad"), new IOException("bad"))) {
            String type = poison.getClass().getSimpleName();
            failing.put(type, poison);
            InputId bad = event(type);
            InputId next = event("after " + type);
            assertThat(state(next)).isEqualTo(QUEUED);
            InputId prompt = session.startTurn("hello").inputId().orElseThrow();
            harness.settle();
            assertThat(state(prompt)).isEqualTo(CONSUMED);

            pass(Duration.ofMinutes(5));

            assertThat(state(next)).isEqualTo(CONSUMED);
            assertThat(state(bad)).isEqualTo(SET_ASIDE);
        }
    }

    @Test
    public void afterADayItIsADeadLetterThatIsRedrivenOnceOrDiscarded() throws Exception {
        failing.put("bad", new IllegalStateException("bad"));
        InputId bad = event("bad");
        assertThatThrownBy(() -> session.redrive(bad))
                .isInstanceOf(NotDeadLetterException.class)
                .hasMessageContaining(bad.toString());
        pass(Duration.ofHours(23));
        assertThat(state(bad)).isEqualTo(SET_ASIDE);
        harness.restart();
        reopened();
        pass(Duration.ofHours(3));

        DeadLetter letter = harness.meerkat().deadLetters(0, 10).deadLetters().get(0);
        assertThat(letter.input().id()).isEqualTo(bad);
        assertThat(letter.message()).contains("bad");
        assertThat(letter.attempts()).isGreaterThan(50);
        assertThat(session.deadLetters(0, 10).deadLetters()).containsExactly(letter);

        failing.clear();
        session.redrive(bad);
        harness.settle();
        assertThat(state(bad)).isEqualTo(CONSUMED);
        assertThatThrownBy(() -> session.redrive(bad)).isInstanceOf(NotDeadLetterException.class);
        assertThat(Seen.log(session, SessionEvent.InputConsumed.class).stream()
                        .filter(e -> e.inputs().contains(bad)))
                .hasSize(1);
        assertThat(Seen.log(session, SessionEvent.InputSetAside.class)).hasSize(1);
        assertThat(Seen.log(session, SessionEvent.InputRedriven.class)).hasSize(1);
    }

    @Test
    public void aRedeliveryRedrivesADeadLetterButNotADiscardedOne() throws Exception {
        ExternalEvent again = ExternalEvent.genericJson("bad", Json.NULL).withIdempotencyKey("bad");
        failing.put("bad", new IllegalStateException("bad"));
        InputId bad = event("bad");
        assertThat(((EventOutcome.Duplicate) session.sendExternalEvent(again)).redriven())
                .isFalse();
        pass(Duration.ofHours(26));

        assertThat(((EventOutcome.Duplicate) session.sendExternalEvent(again)).redriven())
                .isTrue();
        harness.settle();
        assertThat(state(bad)).isEqualTo(SET_ASIDE);
        pass(Duration.ofHours(26));
        session.discard(bad);

        assertThat(state(bad)).isEqualTo(DISCARDED);
        assertThat(session.deadLetters(0, 10).deadLetters()).isEmpty();
        assertThat(((EventOutcome.Duplicate) session.sendExternalEvent(again)).redriven())
                .isFalse();
    }

    @Test
    public void aCrashInEachStageLosesNothing() throws Exception {
        failing.put("bad", new IllegalStateException("bad"));
        InputId bad = event("bad");
        harness.crash();
        reopened();
        pass(MINUTE);
        assertThat(state(bad)).isEqualTo(SET_ASIDE);
        harness.crash();
        reopened();
        pass(Duration.ofHours(26));
        assertThat(state(bad)).isEqualTo(DEAD_LETTERED);
        harness.crash();
        reopened();
        failing.clear();
        session.redrive(bad);
        harness.crash();
        reopened();
        assertThat(state(bad)).isEqualTo(CONSUMED);
    }

    @Test
    public void theStatusTellsHowManyAttemptsWereBegun() throws Exception {
        InputId good = event("good");
        failing.put("bad", new IOException("no model"));
        InputId bad = event("bad");
        InputId next = event("next");
        assertThat(status(good))
                .extracting(InputStatus::state, InputStatus::attempts)
                .containsExactly(CONSUMED, 1);
        assertThat(status(bad))
                .extracting(InputStatus::state, InputStatus::attempts)
                .containsExactly(STAGED, 1);
        assertThat(status(next))
                .extracting(InputStatus::state, InputStatus::attempts)
                .containsExactly(QUEUED, 0);

        harness.advance(Duration.ofSeconds(2));
        harness.settle();
        assertThat(status(bad))
                .extracting(InputStatus::state, InputStatus::attempts)
                .containsExactly(STAGED, 2);

        pass(Duration.ofMinutes(5));
        assertThat(status(bad))
                .extracting(InputStatus::state, InputStatus::attempts)
                .containsExactly(SET_ASIDE, 9);
        failing.clear();
        pass(Duration.ofMinutes(5));
        assertThat(status(bad))
                .extracting(InputStatus::state, InputStatus::attempts)
                .containsExactly(CONSUMED, 10);
        assertThat(status(next))
                .extracting(InputStatus::state, InputStatus::attempts)
                .containsExactly(CONSUMED, 1);
        harness.restart();
        reopened();
        assertThat(status(bad).attempts()).isEqualTo(10);
    }

    @Test
    public void anAttemptThatACrashEndedCountsToo() throws Exception {
        InputId input = event(SLEEPS);
        assertThat(status(input))
                .extracting(InputStatus::state, InputStatus::attempts)
                .containsExactly(STAGED, 1);

        harness.crash();
        reopened();

        assertThat(status(input))
                .extracting(InputStatus::state, InputStatus::attempts)
                .containsExactly(CONSUMED, 2);
    }

    @Test
    public void aPromptThatIsTakenBackEndsAtOnceAlsoWhileItWaitsForItsRetry() throws Exception {
        failing.put("ask", new IOException("no model"));
        for (boolean setAside : List.of(false, true)) {
            Turn turn = session.startTurn("ask");
            harness.settle();
            if (setAside) {
                pass(Duration.ofMinutes(5));
            }
            assertThat(state(turn.inputId().orElseThrow())).isEqualTo(setAside ? SET_ASIDE : STAGED);
            InputId next = event("next " + setAside);

            turn.cancel();
            harness.settle();

            assertThat(turn.await(Duration.ofSeconds(30))).containsInstanceOf(TurnOutcome.Interrupted.class);
            assertThat(state(turn.inputId().orElseThrow())).isEqualTo(CONSUMED);
            assertThat(state(next)).isEqualTo(CONSUMED);
            long last = session.snapshot().lastCursor().orElse(Cursor.START).sequence();
            pass(Duration.ofMinutes(30));
            assertThat(session.snapshot().lastCursor().orElse(Cursor.START).sequence())
                    .isEqualTo(last);
        }
    }

    @Test
    public void ofSeveralWhoChangeADeadLetterAtOnceOneDoesIt() throws Exception {
        for (boolean discarding : List.of(false, true)) {
            String type = "bad " + discarding;
            failing.put(type, new IllegalStateException("bad"));
            InputId bad = event(type);
            pass(Duration.ofHours(26));
            failing.clear();
            assertThat(state(bad)).isEqualTo(DEAD_LETTERED);

            CyclicBarrier together = new CyclicBarrier(2);
            ExecutorService threads = Executors.newFixedThreadPool(2);
            List<Boolean> done = new ArrayList<>();
            try {
                List<Future<Boolean>> callers = new ArrayList<>();
                for (boolean discards : List.of(false, discarding)) {
                    callers.add(threads.submit(() -> changed(bad, discards, together)));
                }
                for (Future<Boolean> caller : callers) {
                    done.add(caller.get(30, TimeUnit.SECONDS));
                }
            } finally {
                threads.shutdownNow();
            }
            harness.settle();

            assertThat(done).containsExactlyInAnyOrder(true, false);
            boolean discarded = discarding && done.get(1);
            assertThat(state(bad)).isEqualTo(discarded ? DISCARDED : CONSUMED);
            assertThat(Seen.log(session, SessionEvent.InputConsumed.class).stream()
                            .filter(e -> e.inputs().contains(bad)))
                    .hasSize(discarded ? 0 : 1);
        }
    }

    private boolean changed(InputId input, boolean discard, CyclicBarrier together) throws Exception {
        together.await(30, TimeUnit.SECONDS);
        try {
            if (discard) {
                session.discard(input);
            } else {
                session.redrive(input);
            }
            return true;
        } catch (NotDeadLetterException e) {
            return false;
        }
    }

    @Test
    public void aClockThatIsSetAnewMakesNoWaitLongerAndHoldsNoPrompt() throws Exception {
        for (Duration by : List.of(Duration.ofDays(-1), Duration.ofDays(365))) {
            for (boolean setAside : List.of(false, true)) {
                for (boolean restart : List.of(false, true)) {
                    clockIsSet(by, setAside, restart);
                }
            }
        }
    }

    private void clockIsSet(Duration by, boolean setAside, boolean restart) throws Exception {
        String type = "clock " + by + " set aside " + setAside + " restart " + restart;
        failing.put(type, setAside ? new IllegalStateException("bad") : new IOException("no model"));
        InputId bad = event(type);
        if (setAside) {
            pass(Duration.ofMinutes(5));
        }
        assertThat(state(bad)).as(type).isEqualTo(setAside ? SET_ASIDE : STAGED);

        harness.time().shift(by);
        if (restart) {
            harness.restart();
            reopened();
        }
        InputId prompt = session.startTurn("hello").inputId().orElseThrow();
        harness.settle();
        assertThat(state(prompt)).as(type).isEqualTo(CONSUMED);

        failing.clear();
        pass(Duration.ofMinutes(20));
        assertThat(state(bad)).as(type).isEqualTo(CONSUMED);
    }
}
