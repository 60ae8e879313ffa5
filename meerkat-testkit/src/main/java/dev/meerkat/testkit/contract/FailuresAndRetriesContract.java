package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.testkit.Gate;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A failing agent fails its turn, which is tried again, and given up visibly; the session goes on. */
@Needs(Detail.SCRIPTED_AGENT)
public abstract class FailuresAndRetriesContract extends ContractChapter {
    /** Longer than the delay with its jitter. */
    private static final Duration RETRY = MeerkatFixture.RETRY_DELAY.multipliedBy(2);

    /** For subclasses. */
    protected FailuresAndRetriesContract() {}

    @Test
    @Needs(Detail.CLOCK)
    public void aFailedTurnIsTriedAgainAfterItsDelayWithTheSameIdAndInputs() throws Exception {
        Session session = idle("a");
        fixture().agent(turn -> {
            if (turn.attempt() == 1) {
                throw new IOException("model unreachable");
            }
            return "at last: " + Seen.ECHO.answer(turn);
        });
        Watch watch = watch(session);
        Turn turn = session.startTurn("work");

        SessionEvent.TurnFailed failure = watch.await(SessionEvent.TurnFailed.class);
        assertThat(failure.attempt()).isEqualTo(1);
        assertThat(failure.code()).matches("[a-z]+(_[a-z]+)*");
        assertThat(failure.message()).contains("model unreachable");
        assertThat(Duration.between(failure.at(), failure.retryAt().orElseThrow()))
                .isBetween(
                        MeerkatFixture.RETRY_DELAY,
                        MeerkatFixture.RETRY_DELAY.multipliedBy(6).dividedBy(5));
        fixture().advance(RETRY);

        assertThat(completed(turn).text()).isEqualTo("at last: work");
        assertThat(completed(turn).turnId()).contains(failure.turnId());
        assertThat(attempts(session, failure.turnId())).containsExactly(1, 2);
    }

    @Test
    @Needs(Detail.CLOCK)
    public void aFailedTurnIsNotTriedAgainBeforeItsDelay() throws Exception {
        Session session = idle("a");
        Session other = idle("other");
        failing("work");
        Watch watch = watch(session);
        session.startTurn("work");
        watch.await(SessionEvent.TurnFailed.class);

        fixture().advance(MeerkatFixture.RETRY_DELAY.dividedBy(2));
        handled(other, "elsewhere");

        assertThat(Seen.log(session, SessionEvent.TurnFailed.class)).hasSize(1);
        assertThat(Seen.log(session, SessionEvent.TurnStarted.class)).hasSize(2);
    }

    @Test
    public void afterTheLastAttemptTheInputIsADeadLetter() throws Exception {
        Session session = idle("a");
        failing("poison");
        Watch watch = watch(session);
        Turn turn = session.startTurn("poison");

        SessionEvent.InputDeadLettered letter = retryUntil(watch, SessionEvent.InputDeadLettered.class);

        TurnOutcome.Failed outcome = (TurnOutcome.Failed) ended(turn);
        assertThat(letter.inputs()).containsExactly(turn.inputId().orElseThrow());
        assertThat(letter.code()).isEqualTo(outcome.code());
        assertThat(letter.message()).isEqualTo(outcome.message()).contains("cannot answer poison");
        assertThat(outcome.turnId()).contains(letter.turnId());
        assertThat(state(session, turn.inputId().orElseThrow())).contains(InputStatus.State.DEAD_LETTERED);
        List<SessionEvent.TurnFailed> failures = Seen.log(session, SessionEvent.TurnFailed.class);
        assertThat(failures).hasSize(MeerkatFixture.ATTEMPTS);
        assertThat(failures.get(MeerkatFixture.ATTEMPTS - 1).retryAt()).isEmpty();
    }

    @Test
    public void theSessionGoesOnAfterADeadLetterAndDoesNotTryItAgain() throws Exception {
        Session session = idle("a");
        failing("poison");
        Watch watch = watch(session);
        session.startTurn("poison");
        retryUntil(watch, SessionEvent.InputDeadLettered.class);

        assertThat(handled(session, "next")).isEqualTo("next");
        assertThat(Seen.log(session, SessionEvent.TurnFailed.class)).hasSize(MeerkatFixture.ATTEMPTS);
        assertThat(session.snapshot().waitingComms()).hasValue(0);
    }

    @Test
    public void aPoisonInputDoesNotTakeItsBatchMatesWithIt() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Gate gate = hold(session);
        InputId poison = session.send(CommsCommand.Input.of("poison")).inputId();
        InputId good = session.send(CommsCommand.Input.of("good")).inputId();
        InputId later = session.send(CommsCommand.Input.of("later")).inputId();
        failing("poison");
        gate.open();

        retryUntil(
                watch,
                event -> event instanceof SessionEvent.InputConsumed c
                        && c.inputs().contains(later));

        assertThat(state(session, poison)).contains(InputStatus.State.DEAD_LETTERED);
        assertThat(state(session, good)).contains(InputStatus.State.CONSUMED);
        assertThat(state(session, later)).contains(InputStatus.State.CONSUMED);
        assertThat(Seen.log(session, SessionEvent.InputDeadLettered.class))
                .singleElement()
                .satisfies(letter -> assertThat(letter.inputs()).containsExactly(poison));
        assertThat(Seen.times(session, "good")).isEqualTo(1);
        assertThat(Seen.times(session, "later")).isEqualTo(1);
    }

    @Test
    public void aFailureThatPassesCostsNoInputOfTheBatch() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Gate gate = hold(session);
        InputId one = session.send(CommsCommand.Input.of("one")).inputId();
        InputId two = session.send(CommsCommand.Input.of("two")).inputId();
        fixture().agent(turn -> {
            if (turn.attempt() == 1 && turn.inputs().size() == 2) {
                throw new IOException("just now");
            }
            return Seen.ECHO.answer(turn);
        });
        gate.open();

        retryUntil(
                watch,
                event -> event instanceof SessionEvent.InputConsumed c
                        && c.inputs().contains(two));

        assertThat(state(session, one)).contains(InputStatus.State.CONSUMED);
        assertThat(Seen.log(session, SessionEvent.InputDeadLettered.class)).isEmpty();
        assertThat(Seen.times(session, "one")).isEqualTo(1);
        assertThat(Seen.times(session, "two")).isEqualTo(1);
    }

    @Test
    public void whatComesDuringTheDelayWaitsAndIsHandledAfterwards() throws Exception {
        Session session = idle("a");
        failing("poison");
        Watch watch = watch(session);
        session.startTurn("poison");
        watch.await(SessionEvent.TurnFailed.class);

        InputId next = session.send(CommsCommand.Input.of("next")).inputId();
        retryUntil(watch, SessionEvent.InputDeadLettered.class);

        assertThat(watch.completed(next).text()).isEqualTo("next");
        assertThat(watch.seen().indexOf(watch.await(SessionEvent.InputDeadLettered.class)))
                .isLessThan(watch.seen().indexOf(watch.completed(next)));
    }

    @Test
    public void otherSessionsDoNotWaitForARetry() throws Exception {
        Session session = idle("a");
        Session other = idle("b");
        failing("poison");
        Watch watch = watch(session);
        session.startTurn("poison");
        watch.await(SessionEvent.TurnFailed.class);

        assertThat(handled(other, "work")).isEqualTo("work");
    }

    @Test
    public void anErrorIsAFailureToo() throws Exception {
        failsOnce(turn -> {
            throw new LinkageError("half installed");
        });
    }

    @Test
    public void anUncheckedExceptionIsAFailureToo() throws Exception {
        failsOnce(turn -> {
            throw new IllegalStateException("not ready");
        });
    }

    @Test
    public void anAnswerThatIsNullIsAFailureToo() throws Exception {
        failsOnce(turn -> BadValues.nil());
    }

    @Test
    public void anInterruptedExceptionWithoutAnInterruptIsAFailureToo() throws Exception {
        failsOnce(turn -> {
            throw new InterruptedException("of the agent's own making");
        });
    }

    @Test
    public void anEmptyAnswerIsAnAnswer() throws Exception {
        Session session = idle("a");
        fixture().agent(turn -> "");

        assertThat(completed(session.startTurn("work")).text()).isEmpty();
    }

    @Test
    public void aToolThatFailsIsRecordedAndItsExceptionReachesTheAgent() throws Exception {
        Session session = idle("a");
        fixture().agent(turn -> {
            try {
                turn.tool("look", Json.NULL, key -> {
                    throw new IOException("no such file");
                });
                return "found";
            } catch (IOException e) {
                return "caught: " + e.getMessage();
            }
        });

        assertThat(completed(session.startTurn("work")).text()).isEqualTo("caught: no such file");

        SessionEvent.ToolCalled called = watch(session).await(SessionEvent.ToolCalled.class);
        assertThat(called.call().failed()).isTrue();
        assertThat(called.call().result().text()).contains("no such file");
    }

    @Test
    @Needs({Detail.CRASH, Detail.CLOCK})
    public void aDelayThatACrashCutsIsKept() throws Exception {
        Session session = idle("a");
        failing("poison");
        session.startTurn("poison");
        watch(session).await(SessionEvent.TurnFailed.class);

        fixture().crash();
        Watch watch = watch(again(session));
        fixture().advance(RETRY);

        SessionEvent.InputDeadLettered letter = retryUntil(watch, SessionEvent.InputDeadLettered.class);
        assertThat(attempts(again(session), letter.turnId())).containsExactly(1, 2);
    }

    /** The first attempt fails as given, the second answers. */
    private void failsOnce(Agent first) throws Exception {
        Session session = idle("a");
        fixture().agent(turn -> turn.attempt() == 1 ? first.answer(turn) : "recovered");
        Watch watch = watch(session);
        Turn turn = session.startTurn("work");

        assertThat(watch.await(SessionEvent.TurnFailed.class).retryAt()).isPresent();
        fixture().advance(RETRY);

        assertThat(completed(turn).text()).isEqualTo("recovered");
    }

    private void failing(String poison) {
        fixture().agent(turn -> {
            if (Seen.texts(turn.inputs()).contains(poison)) {
                throw new IOException("cannot answer " + poison);
            }
            return Seen.ECHO.answer(turn);
        });
    }

    private <E extends SessionEvent> E retryUntil(Watch watch, Class<E> type) throws InterruptedException {
        return type.cast(retryUntil(watch, type::isInstance));
    }

    /** Lets every announced retry begin until an event has come. */
    private SessionEvent retryUntil(Watch watch, java.util.function.Predicate<SessionEvent> wanted)
            throws InterruptedException {
        int known = 0;
        while (true) {
            SessionEvent event = watch.at(known++);
            if (wanted.test(event)) {
                return event;
            }
            if (event instanceof SessionEvent.TurnFailed failure
                    && failure.retryAt().isPresent()) {
                fixture().advance(RETRY);
            }
        }
    }

    private static List<Integer> attempts(Session session, TurnId turn) throws InterruptedException {
        return Seen.log(session, SessionEvent.TurnStarted.class).stream()
                .filter(event -> event.turnId().equals(turn))
                .map(SessionEvent.TurnStarted::attempt)
                .toList();
    }

    private static Optional<InputStatus.State> state(Session session, InputId input) throws InterruptedException {
        return session.inputStatus(input).map(InputStatus::state);
    }
}
