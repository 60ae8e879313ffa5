package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Firing;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Timing;
import dev.meerkat.api.TooManySchedulesException;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.SessionExistsException;
import dev.meerkat.core.SessionFileException;
import dev.meerkat.core.SessionTransfer;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.testkit.MeerkatHarness;
import dev.meerkat.testkit.VirtualTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes later, by virtual time, over restarts and with clocks that are set, on one kind of store. */
public abstract class SchedulesContract {
    private static final Instant START = VirtualTime.START;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final ZoneId UTC = ZoneOffset.UTC;
    private static final int LANE = 3;

    private volatile Agent agent = turn -> "ok";
    private MeerkatHarness harness;
    private Session session;

    /** For subclasses. */
    @SuppressWarnings("NullAway.Init") // set before each test
    protected SchedulesContract() {}

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
        RuntimeLimits defaults = RuntimeLimits.defaults();
        harness = MeerkatHarness.create()
                .store(stores())
                .limits(defaults.withLanes(LANE, defaults.externalInputs(), defaults.externalBytes())
                        .withSchedules(4, Duration.ofSeconds(10)))
                .answeredBy(turn -> agent.answer(turn));
        session = harness.meerkat().create(SessionSpec.ofPrompt("begin").withKeepAliveAs("a"));
        harness.settle();
    }

    /** Closes it. */
    @AfterEach
    public void close() {
        harness.close();
    }

    private static CommsCommand.Input text(String text) {
        return CommsCommand.Input.of(text);
    }

    private static Timing.Cron cron(String expression) {
        return Timing.Cron.of(expression, UTC);
    }

    private void reopened() throws InterruptedException {
        session = harness.meerkat().open("a");
        harness.settle();
    }

    /** The inputs of schedules, in the order in which they came. */
    private List<AdmittedInput> fired() throws InterruptedException {
        return Seen.log(session, SessionEvent.InputAdmitted.class).stream()
                .map(SessionEvent.InputAdmitted::input)
                .filter(input -> firing(input).isPresent())
                .toList();
    }

    private List<Instant> dues() throws InterruptedException {
        return fired().stream().map(input -> firing(input).orElseThrow().due()).toList();
    }

    private static Optional<Firing> firing(AdmittedInput input) {
        return input.body() instanceof InputBody.Local local ? local.firing() : Optional.empty();
    }

    @Test
    public void anInputComesAfterAWhileOnceAndIsMarkedAsComingByItself() throws InterruptedException {
        Schedule schedule = session.later(HOUR, text("look again"));

        assertThat(schedule.next()).isEqualTo(START.plus(HOUR));
        assertThat(session.schedules()).containsExactly(schedule);
        assertThat(session.snapshot().schedules())
                .contains(new SessionSnapshot.Schedules(1, Optional.of(START.plus(HOUR))));
        harness.advance(HOUR.minusMillis(1));
        assertThat(fired()).isEmpty();
        harness.advance(Duration.ofMillis(1));

        assertThat(fired()).singleElement().satisfies(input -> {
            assertThat(input.at()).isEqualTo(START.plus(HOUR));
            assertThat(input.body())
                    .isEqualTo(new InputBody.Local(
                            text("look again"), Optional.of(new Firing(schedule.id(), schedule.next()))));
        });
        assertThat(session.schedules()).isEmpty();
        assertThat(session.snapshot().schedules()).contains(new SessionSnapshot.Schedules(0, Optional.empty()));
        harness.advance(DAY);
        assertThat(fired()).hasSize(1);
        // It is handled, and the transcript has the mark too.
        assertThat(Seen.transcript(session))
                .filteredOn(TranscriptEntry.Input.class::isInstance)
                .map(entry -> ((TranscriptEntry.Input) entry).input())
                .last()
                .isEqualTo(fired().get(0));
    }

    @Test
    public void aTimeThatHasPassedCountsAtOnce() throws InterruptedException {
        session.later(START.minus(DAY), text("late"));
        harness.settle();

        assertThat(dues()).containsExactly(START.minus(DAY));
    }

    @Test
    public void theEarliestComesFirstInWhateverOrderTheyWereMade() throws InterruptedException {
        session.later(Duration.ofMinutes(3), text("3"));
        session.later(Duration.ofMinutes(1), text("1"));
        session.later(Duration.ofMinutes(2), text("2"));
        harness.advance(Duration.ofMinutes(5));

        assertThat(fired().stream().map(Seen::text)).containsExactly("1", "2", "3");
    }

    @Test
    public void whatIsCancelledDoesNotCome() throws InterruptedException {
        Schedule schedule = session.later(HOUR, text("never"));

        assertThat(session.cancel(schedule.id())).isTrue();
        assertThat(session.cancel(schedule.id())).isFalse();
        assertThat(session.schedules()).isEmpty();
        harness.advance(DAY);
        assertThat(fired()).isEmpty();
    }

    @Test
    public void anArchivedSessionHasNoSchedulesAndTakesNone() throws InterruptedException {
        session.later(HOUR, text("never"));
        session.archive();

        assertThat(session.schedules()).isEmpty();
        assertThatThrownBy(() -> session.later(HOUR, text("no"))).isInstanceOf(SessionArchivedException.class);
        harness.advance(DAY);
        assertThat(fired()).isEmpty();
    }

    @Test
    public void aSessionHasAsManySchedulesAsItMay() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            session.later(HOUR, text("x"));
        }

        assertThatThrownBy(() -> session.later(HOUR, text("x")))
                .isInstanceOfSatisfying(TooManySchedulesException.class, e -> {
                    assertThat(e.bound()).isEqualTo(4);
                    assertThat(e.session()).isEqualTo(session.id());
                });
        assertThat(session.schedules()).hasSize(4);
        harness.advance(HOUR);
        session.later(HOUR, text("x"));
    }

    @Test
    public void underAKeyTheSameScheduleIsThereOnceAndAnotherOneIsAConflict() throws InterruptedException {
        ScheduleSpec daily =
                ScheduleSpec.cron(cron("0 9 * * *"), text("report")).withKey("daily");
        Schedule first = session.schedule(daily);
        harness.restart();
        reopened();

        assertThat(session.schedule(daily)).isEqualTo(first);
        assertThatThrownBy(() -> session.schedule(
                        ScheduleSpec.cron(cron("0 8 * * *"), text("report")).withKey("daily")))
                .isInstanceOfSatisfying(
                        NotDoneException.class, e -> assertThat(e.code()).isEqualTo("schedule_conflict"));
        assertThat(session.schedules()).containsExactly(first);
    }

    @Test
    public void whatIsDueWhileNoRuntimeIsOpenComesOnceWhenOneIs() throws InterruptedException {
        session.later(HOUR, text("after"));
        session.later(START.plus(HOUR.multipliedBy(2)), text("at"));
        harness.crash();
        harness.time().shift(DAY);
        reopened();

        assertThat(fired().stream().map(Seen::text)).containsExactly("after", "at");
        harness.restart();
        reopened();
        assertThat(fired()).hasSize(2);
        assertThat(session.schedules()).isEmpty();
    }

    @Test
    public void aCronScheduleFiresAgainAndAgainUntilItsEnd() throws InterruptedException {
        Instant end = START.plus(DAY.multipliedBy(3)).plus(Duration.ofHours(9));
        session.schedule(ScheduleSpec.cron(cron("0 9 * * *").withEnd(end), text("report")));

        harness.advance(DAY.multipliedBy(10));

        Instant first = START.plus(Duration.ofHours(9));
        assertThat(dues()).containsExactly(first, first.plus(DAY), first.plus(DAY.multipliedBy(2)), end);
        assertThat(session.schedules()).isEmpty();
    }

    @Test
    public void ofTimesThatHavePassedOneCounts() throws InterruptedException {
        session.schedule(ScheduleSpec.cron(cron("0 * * * *"), text("hourly")));
        harness.restart();
        harness.time().shift(Duration.ofMinutes(5 * 60 + 10));
        reopened();

        assertThat(dues()).containsExactly(START.plus(HOUR));
        assertThat(session.schedules().get(0).next()).isEqualTo(START.plus(HOUR.multipliedBy(6)));
        harness.advance(HOUR);
        assertThat(dues()).containsExactly(START.plus(HOUR), START.plus(HOUR.multipliedBy(6)));
    }

    @Test
    public void timesThatHavePassedDoNotCountIfTheScheduleSkipsThem() throws InterruptedException {
        session.schedule(ScheduleSpec.cron(cron("0 * * * *").withMisfire(Timing.Misfire.SKIP), text("hourly")));
        harness.restart();
        harness.time().shift(Duration.ofMinutes(5 * 60 + 10));
        reopened();

        assertThat(dues()).isEmpty();
        harness.advance(HOUR);
        assertThat(dues()).containsExactly(START.plus(HOUR.multipliedBy(6)));
        harness.restart();
        // Half a minute late is in time.
        harness.time().shift(Duration.ofMinutes(50).plusSeconds(30));
        reopened();
        assertThat(dues()).containsExactly(START.plus(HOUR.multipliedBy(6)), START.plus(HOUR.multipliedBy(7)));
    }

    @Test
    public void aClockThatIsSetForwardIsNoticed() throws InterruptedException {
        session.later(START.plus(HOUR), text("at"));
        session.schedule(ScheduleSpec.cron(cron("30 * * * *"), text("cron")));
        harness.settle();
        harness.time().shift(DAY);
        harness.advance(MINUTE);

        assertThat(fired().stream().map(Seen::text)).containsExactly("cron", "at");
    }

    @Test
    public void aClockThatIsSetBackHoldsUpADelayNoLongerThanTheDelay() throws InterruptedException {
        session.later(HOUR, text("after"));
        harness.advance(MINUTE);
        harness.time().shift(DAY.multipliedBy(-30));
        harness.advance(HOUR.plus(MINUTE));

        assertThat(fired().stream().map(Seen::text)).containsExactly("after");
    }

    @Test
    public void aClockThatIsSetBackRepeatsNoTimeAndLeavesNoneOut() throws InterruptedException {
        session.schedule(ScheduleSpec.cron(cron("0 * * * *"), text("cron")));
        harness.advance(HOUR.multipliedBy(3).plus(MINUTE));
        harness.time().shift(HOUR.multipliedBy(-2));
        harness.advance(HOUR.multipliedBy(4));

        List<Instant> hours = List.of(1, 2, 3, 4, 5).stream()
                .map(hour -> START.plus(HOUR.multipliedBy(hour)))
                .toList();
        assertThat(dues()).isEqualTo(hours);
    }

    @Test
    public void aClockThatWasFarAheadDoesNotSilenceACronSchedule() throws InterruptedException {
        session.schedule(ScheduleSpec.cron(cron("0 * * * *"), text("cron")));
        harness.time().shift(DAY.multipliedBy(365));
        harness.advance(HOUR);
        harness.time().shift(DAY.multipliedBy(-365));
        int before = fired().size();
        harness.advance(HOUR.multipliedBy(2));

        assertThat(fired().size() - before).isEqualTo(2);
    }

    @Test
    public void aTimeThatComesWhileTheLaneIsFullIsTriedAgain() throws InterruptedException {
        session.changeKeepAlive(false);
        harness.settle();
        for (int i = 0; i < LANE; i++) {
            session.send(text("fill"));
        }
        session.later(MINUTE, text("later"));
        harness.advance(HOUR);
        assertThat(fired()).isEmpty();
        assertThat(session.schedules()).hasSize(1);

        session.changeKeepAlive(true);
        harness.settle();
        harness.advance(MINUTE);
        assertThat(fired().stream().map(Seen::text)).containsExactly("later");
        assertThat(session.schedules()).isEmpty();
    }

    @Test
    public void anAgentWakesItself() throws InterruptedException {
        AtomicReference<ScheduleId> made = new AtomicReference<>();
        agent = turn -> {
            if (Seen.texts(turn.inputs()).contains("go")) {
                made.set(turn.wakeMe(Duration.ofMinutes(10), "is it deployed?"));
            }
            return "ok";
        };
        session.startTurn("go");
        harness.settle();

        assertThat(session.schedules()).singleElement().satisfies(schedule -> {
            assertThat(schedule.id()).isEqualTo(made.get());
            assertThat(schedule.next()).isEqualTo(START.plus(Duration.ofMinutes(10)));
        });
        harness.advance(Duration.ofMinutes(10));
        assertThat(fired()).singleElement().satisfies(input -> {
            CommsCommand.Input command = ((InputBody.Local) input.body()).command();
            assertThat(command.body()).isEqualTo("is it deployed?");
            assertThat(command.source()).isEqualTo(TurnContext.WAKE_ME);
        });
        assertThat(Seen.log(session, SessionEvent.ToolCalled.class))
                .singleElement()
                .satisfies(called -> assertThat(called.call().name()).isEqualTo(TurnContext.WAKE_ME));
    }

    @Test
    public void aTurnThatIsTriedAgainWakesItsSessionOnce() throws InterruptedException {
        agent = turn -> {
            if (Seen.texts(turn.inputs()).contains("go")) {
                turn.wakeMe(HOUR, "look");
                if (turn.attempt() == 1) {
                    throw new IllegalStateException("fails once");
                }
            }
            return "ok";
        };
        session.startTurn("go");
        harness.advance(MINUTE);

        assertThat(session.schedules()).hasSize(1);
        harness.advance(HOUR.multipliedBy(2));
        assertThat(fired()).hasSize(1);
    }

    @Test
    public void anAgentCannotWakeItselfTooSoon() throws InterruptedException {
        AtomicReference<Throwable> refused = new AtomicReference<>();
        agent = turn -> {
            if (Seen.texts(turn.inputs()).contains("go")) {
                try {
                    turn.wakeMe(Duration.ofSeconds(9), "look");
                } catch (InvalidFieldException e) {
                    refused.set(e);
                }
            }
            return "ok";
        };
        session.startTurn("go");
        harness.settle();

        assertThat(refused.get())
                .isInstanceOfSatisfying(
                        InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("in"));
        assertThat(session.schedules()).isEmpty();
    }

    private InputId event(String type, Duration timeToLive) throws InterruptedException {
        ExternalEvent event = ExternalEvent.genericJson(type, Json.NULL)
                .withIdempotencyKey(type)
                .withTimeToLive(timeToLive);
        return ((EventOutcome.Accepted) session.sendExternalEvent(event))
                .inputId()
                .orElseThrow();
    }

    private InputStatus.State state(InputId input) throws InterruptedException {
        return session.inputStatus(input).orElseThrow().state();
    }

    @Test
    public void anEventThatNoTurnTakesUpInTimeExpiresVisiblyAndNoOtherDoes() throws InterruptedException {
        session.changeKeepAlive(false);
        harness.settle();
        InputId fresh = event("fresh", HOUR);
        InputId old = event("old", MINUTE);
        InputId older = event("older", Duration.ofSeconds(1));
        InputId last = event("last", HOUR);
        harness.advance(MINUTE);
        harness.restart();
        reopened();
        assertThat(state(old)).isEqualTo(InputStatus.State.QUEUED);
        session.startTurn("go");
        session.startTurn("go on");
        session.startTurn("and on");
        harness.settle();

        assertThat(List.of(state(fresh), state(old), state(older), state(last)))
                .containsExactly(
                        InputStatus.State.CONSUMED,
                        InputStatus.State.EXPIRED,
                        InputStatus.State.EXPIRED,
                        InputStatus.State.CONSUMED);
        assertThat(Seen.log(session, SessionEvent.InputExpired.class))
                .singleElement()
                .satisfies(expired -> assertThat(expired.inputs()).containsExactly(old, older));
        assertThat(Seen.transcript(session).stream()
                        .filter(TranscriptEntry.Input.class::isInstance)
                        .map(entry -> Seen.text(((TranscriptEntry.Input) entry).input())))
                .contains("fresh", "last", "and on")
                .doesNotContain("old", "older");
        assertThat(session.snapshot().waitingExternal()).hasValue(0);
        assertThat(session.deadLetters(0, 10).deadLetters()).isEmpty();
        ExternalEvent again = ExternalEvent.genericJson("old", Json.NULL).withIdempotencyKey("old");
        assertThat(session.sendExternalEvent(again)).isInstanceOf(EventOutcome.Duplicate.class);
    }

    @Test
    public void whatATurnHasTakenUpDoesNotExpire() throws InterruptedException {
        agent = turn -> {
            if (Seen.texts(turn.inputs()).contains("taken") && turn.attempt() == 1) {
                harness.time().sleep(Duration.ofMinutes(2));
                throw new IllegalStateException("fails once");
            }
            return "ok";
        };
        InputId taken = event("taken", MINUTE);
        harness.advance(Duration.ofSeconds(1));
        InputId waiting = event("waiting", MINUTE);
        harness.advance(Duration.ofMinutes(5));

        assertThat(state(taken)).isEqualTo(InputStatus.State.CONSUMED);
        assertThat(state(waiting)).isEqualTo(InputStatus.State.EXPIRED);
    }

    @Test
    public void aCronExpressionThatIsWrongOrNeverDueIsRefusedWithItsName() throws InterruptedException {
        for (String wrong : List.of("* * * *", "60 * * * *", "0 0 30 2 *", "0 0 * * FOO", "@often", "1-0 * * * *")) {
            assertThatThrownBy(() -> session.schedule(ScheduleSpec.cron(cron(wrong), text("x"))))
                    .as(wrong)
                    .isInstanceOfSatisfying(InvalidFieldException.class, e -> {
                        assertThat(e.field()).isEqualTo("cron");
                        assertThat(e.value()).contains(wrong);
                    });
        }
        ScheduleSpec over = ScheduleSpec.cron(cron("0 * * * *").withEnd(START), text("x"));
        assertThatThrownBy(() -> session.schedule(over)).isInstanceOf(InvalidFieldException.class);
        assertThat(session.schedules()).isEmpty();
    }

    @Test
    public void aSessionThatIsTakenIntoAnOpenRuntimeGoesOnAtOnceWithItsSchedulesAndWhatWaits() throws Exception {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        agent = turn -> {
            throw new IllegalStateException("not now");
        };
        session.later(HOUR, text("later"));
        InputId waits = session.send(text("waits")).inputId();
        harness.settle();
        SessionTransfer transfer = SessionTransfer.of(harness.meerkat());
        transfer.exportSession(session.id(), file);
        harness.meerkat().delete(session.id());
        agent = turn -> "ok";
        byte[] cut = Arrays.copyOf(file.toByteArray(), file.size() / 2);
        assertThatThrownBy(() -> transfer.importSession(new ByteArrayInputStream(cut)))
                .isInstanceOf(SessionFileException.class);
        assertThatThrownBy(() -> harness.meerkat().open("a")).isInstanceOf(SessionNotFoundException.class);

        SessionId id = transfer.importSession(new ByteArrayInputStream(file.toByteArray()));

        assertThat(id).isEqualTo(session.id());
        assertThatThrownBy(() -> transfer.importSession(new ByteArrayInputStream(file.toByteArray())))
                .isInstanceOf(SessionExistsException.class);
        reopened();
        harness.advance(HOUR);
        assertThat(session.inputStatus(waits).orElseThrow().state()).isEqualTo(InputStatus.State.CONSUMED);
        assertThat(dues()).containsExactly(START.plus(HOUR));
        assertThat(session.schedules()).isEmpty();
    }
}
