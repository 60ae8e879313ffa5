package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Firing;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Reply;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.ScheduleId;
import dev.meerkat.api.ScheduleSpec;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Timing;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.testkit.Gate;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Inputs that come later. */
@Requires(Capability.SCHEDULES)
public abstract class LaterContract extends ContractChapter {
    private static final Duration HOUR = Duration.ofHours(1);

    /** Between two looks at what is not told. */
    private static final Duration LOOK = Duration.ofMillis(20);

    /** For subclasses. */
    protected LaterContract() {}

    @Test
    @Needs({Detail.CLOCK, Detail.INPUT_EVENTS})
    public void anInputComesWhenItIsDueAndSaysThatNoOneIsPresent() throws InterruptedException {
        Session session = idle("a");
        Watch watch = watch(session);
        CommsCommand.Input input = CommsCommand.Input.of("look again").withSource("host");

        Schedule schedule = session.later(HOUR, input);
        assertThat(session.schedules()).containsExactly(schedule);
        assertThat(session.snapshot().schedules())
                .contains(new SessionSnapshot.Schedules(1, Optional.of(schedule.next())));
        fixture().advance(HOUR);

        SessionEvent.InputAdmitted came = watch.await(
                SessionEvent.InputAdmitted.class, admitted -> admitted.input().body() instanceof InputBody.Local);
        assertThat(came.input().body())
                .isEqualTo(new InputBody.Local(input, Optional.of(new Firing(schedule.id(), schedule.next()))));
        watch.completed(came.input().id());
        assertNoneIsLeft(session);
    }

    @Test
    public void schedulesAreListedNextFirstAsTheyWereMadeAndTakenBack() throws InterruptedException {
        Session session = idle("a");
        CommsCommand.Input input = CommsCommand.Input.of("look \u2603");
        Timing.Cron cron =
                Timing.Cron.of("30 9 * * MON-FRI", ZoneId.of("Europe/Helsinki")).withMisfire(Timing.Misfire.SKIP);
        Schedule later = session.schedule(ScheduleSpec.cron(cron, input).withKey("daily"));
        Schedule far = session.later(Duration.ofDays(300), input);

        assertThat(session.schedules()).isEqualTo(List.of(later, far));
        assertThat(session.schedule(later.spec())).isEqualTo(later);
        assertThat(session.cancel(later.id())).isTrue();
        assertThat(session.cancel(later.id())).isFalse();
        assertThat(session.cancel(new ScheduleId(new UUID(1, 2)))).isFalse();
        assertThat(session.schedules()).containsExactly(far);
    }

    @Test
    public void whatCannotBeScheduledIsRefusedAndLeavesNoTrace() throws InterruptedException {
        Session session = idle("a");
        CommsCommand.Input input = CommsCommand.Input.of("x");
        ScheduleSpec wrong = ScheduleSpec.cron(Timing.Cron.of("61 * * * *", ZoneId.of("UTC")), input);
        ScheduleSpec keyed = ScheduleSpec.after(HOUR, input).withKey("k");
        Schedule first = session.schedule(keyed);

        assertThatThrownBy(() -> session.schedule(wrong))
                .isInstanceOfSatisfying(
                        InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("cron"));
        assertThatThrownBy(() -> session.schedule(
                        ScheduleSpec.after(HOUR.plusHours(1), input).withKey("k")))
                .isInstanceOfSatisfying(
                        NotDoneException.class, e -> assertThat(e.code()).isEqualTo("schedule_conflict"));
        assertThatThrownBy(() -> session.schedule(BadValues.nil())).isInstanceOf(InvalidFieldException.class);
        assertThatThrownBy(() -> session.cancel(BadValues.nil())).isInstanceOf(InvalidFieldException.class);
        assertThat(session.schedules()).containsExactly(first);
    }

    @Test
    public void anArchivedSessionHasNoSchedules() throws InterruptedException {
        Session session = idle("a");
        CommsCommand.Input input = CommsCommand.Input.of("x");
        session.later(HOUR, input);
        session.archive();

        assertThatThrownBy(() -> session.later(HOUR, input)).isInstanceOf(SessionArchivedException.class);
    }

    @Test
    @Needs({Detail.CRASH, Detail.CLOCK, Detail.INPUT_EVENTS})
    public void whatIsDueComesOnceAfterACrash() throws InterruptedException {
        Session session = idle("a");
        Schedule schedule = session.later(HOUR, CommsCommand.Input.of("look again"));
        fixture().crash();
        Session again = again(session);
        assertThat(again.schedules()).containsExactly(schedule);
        Watch watch = watch(again);
        fixture().advance(HOUR);

        watch.completed(watch.await(
                        SessionEvent.InputAdmitted.class,
                        admitted -> admitted.input().body() instanceof InputBody.Local)
                .input()
                .id());
        fixture().restart();
        assertNoneIsLeft(again(session));
        assertThat(Seen.log(again(session), SessionEvent.InputAdmitted.class).stream()
                        .filter(admitted -> admitted.input().body() instanceof InputBody.Local))
                .hasSize(1);
    }

    @Test
    @Needs({Detail.CLOCK, Detail.SCRIPTED_AGENT})
    public void aRequestThatIsNotAnsweredInTimeIsOverdueAndALateAnswerIsRefused() throws InterruptedException {
        Session a = idle("a");
        Session b = idle(SessionSpec.ofPrompt("begin").withCommsName("b"));
        Reply reply = a.request(
                CommsCommand.PeerRequest.to("b", "sum", Json.EMPTY_OBJECT).withTimeToLive(HOUR));
        fixture().advance(HOUR);

        assertThat(reply.await(PATIENCE).orElseThrow().status()).isEqualTo(ResponseStatus.OVERDUE);
        CommsCommand.PeerResponse late =
                CommsCommand.PeerResponse.completed(PeerRef.named("a"), reply.requestId(), Json.NULL);
        assertThatThrownBy(() -> b.send(late)).isInstanceOf(AlreadyAnsweredException.class);
    }

    @Test
    @Needs({Detail.CLOCK, Detail.INPUT_EVENTS})
    public void inputsThatNoTurnTakesUpInTimeExpire() throws InterruptedException {
        Session a = idle("a");
        Session b = idle(SessionSpec.ofPrompt("begin").withCommsName("b"));
        InputId input = b.send(CommsCommand.Input.of("x").withTimeToLive(HOUR)).inputId();
        InputId message =
                new InputId(a.send(CommsCommand.PeerMessage.to("b", "y").withTimeToLive(HOUR))
                        .envelopeId()
                        .value());
        fixture().advance(HOUR);
        completed(b.startTurn("go"));

        assertThat(b.inputStatus(input).orElseThrow().state()).isEqualTo(InputStatus.State.EXPIRED);
        assertThat(b.inputStatus(message).orElseThrow().state()).isEqualTo(InputStatus.State.EXPIRED);
        assertThat(Seen.inputs(b)).doesNotContain("x", "y");
    }

    @Test
    @Needs({Detail.CLOCK, Detail.SCRIPTED_AGENT})
    public void aTurnThatLastsLongerThanItsSessionAllowsFails() throws InterruptedException {
        Gate never = gate();
        fixture().agent(turn -> {
            if (Seen.texts(turn.inputs()).contains("long")) {
                never.pass();
            }
            return "ok";
        });
        Session session = idle(SessionSpec.ofPrompt("begin").withTurnLength(HOUR));
        Turn turn = session.startTurn("long");
        Optional<TurnOutcome> outcome = Optional.empty();
        never.awaitReached(PATIENCE);
        // Each attempt, and the wait before the next one.
        for (long looks = PATIENCE.dividedBy(LOOK); looks > 0 && outcome.isEmpty(); looks--) {
            fixture().advance(HOUR);
            outcome = turn.await(LOOK);
        }

        assertThat(outcome)
                .get()
                .isInstanceOfSatisfying(
                        TurnOutcome.Failed.class,
                        failed -> assertThat(failed.code()).isEqualTo("turn_overdue"));
    }

    /** A schedule goes on after its input is stored, so the input may be handled before. */
    private static void assertNoneIsLeft(Session session) throws InterruptedException {
        try (EventStream stream = session.eventsFromNow()) {
            for (long looks = PATIENCE.dividedBy(LOOK);
                    looks > 0 && !session.schedules().isEmpty();
                    looks--) {
                Optional<SessionEvent> unused = stream.next(LOOK);
            }
        }
        assertThat(session.schedules()).isEmpty();
    }
}
