package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.Lane;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.testkit.Gate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each lane is bounded by itself; a refusal is typed, leaves no trace, and says when to come again. */
@Needs({Detail.TINY_LIMITS, Detail.SCRIPTED_AGENT})
public abstract class LanesAndBoundsContract extends ContractChapter {
    /** For subclasses. */
    protected LanesAndBoundsContract() {}

    @Test
    public void theCommsLaneTakesItsBoundAndNoMore() throws Exception {
        Session session = idle("a");
        Gate gate = hold(session);
        fillComms(session);
        if (told(Detail.LANE_COUNTS)) {
            assertThat(session.snapshot().waitingComms()).hasValue(MeerkatFixture.COMMS_INPUTS);
        }
        Seen.Trace before = trace(session);

        assertThatExceptionOfType(LaneFullException.class)
                .isThrownBy(() -> session.send(CommsCommand.Input.of("one too many")))
                .satisfies(LanesAndBoundsContract::isCommsRefusal);

        assertThat(trace(session)).isEqualTo(before);
        gate.open();
    }

    @Test
    @Needs(Detail.PROMPT_IDS)
    public void promptsHaveTheSameBoundOfTheirOwn() throws Exception {
        Session session = idle("a");
        Gate gate = hold(session);
        for (int i = 0; i < MeerkatFixture.COMMS_INPUTS; i++) {
            session.startTurn("p" + i);
        }
        Seen.Trace before = trace(session);

        assertThatExceptionOfType(LaneFullException.class)
                .isThrownBy(() -> session.startTurn("one too many"))
                .satisfies(LanesAndBoundsContract::isCommsRefusal);

        assertThat(trace(session)).isEqualTo(before);
        gate.open();
    }

    @Test
    public void aFullLaneNeverKeepsASessionFromAnExplicitTurnThatEmptiesIt() throws Exception {
        Session session = idle(SessionSpec.ofPrompt("start").withCommsName("a"));
        fixture().agent(Seen.ECHO);
        fillComms(session);
        assertThatExceptionOfType(LaneFullException.class)
                .isThrownBy(() -> session.send(CommsCommand.Input.of("one too many")));

        completed(session.startTurn("go"));
        completed(session.startTurn("go on"));

        if (told(Detail.LOCAL_INPUTS)) {
            assertThat(Seen.turns(session).stream().flatMap(List::stream))
                    .containsExactlyInAnyOrder("i0", "i1", "i2", "i3", "go", "go on");
        }
        fillComms(session);
    }

    @Test
    @Requires(Capability.PEER_NAMES)
    public void aPeerIsRefusedWhenTheReceiversLaneIsFullAndBothLogsStayAsTheyWere() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        Gate gate = hold(b);
        fillComms(b);
        Seen.Trace sender = trace(a);
        Seen.Trace receiver = trace(b);

        assertThatExceptionOfType(LaneFullException.class)
                .isThrownBy(() -> a.send(CommsCommand.PeerMessage.to("b", "one too many")))
                .satisfies(LanesAndBoundsContract::isCommsRefusal)
                .withMessageContaining(b.id().toString());
        if (!lacks(Capability.REPLY_HANDLES)) {
            assertThatExceptionOfType(LaneFullException.class)
                    .isThrownBy(() -> a.request(CommsCommand.PeerRequest.to("b", "one too many", Json.NULL)));
        }

        assertThat(trace(a)).isEqualTo(sender);
        assertThat(trace(b)).isEqualTo(receiver);
        gate.open();
    }

    @Test
    public void theExternalLaneTakesItsBoundAndNoMore() throws Exception {
        Session session = idle("a");
        Gate gate = hold(session);
        for (int i = 0; i < MeerkatFixture.EXTERNAL_INPUTS; i++) {
            accepted(session, event("e" + i));
        }
        Seen.Trace before = trace(session);

        LaneFullException refusal = refused(session, event("one too many"));

        assertThat(refusal.lane()).isEqualTo(Lane.EXTERNAL);
        assertThat(refusal.retryAfter()).isPositive();
        if (told(Detail.LANE_COUNTS)) {
            assertThat(session.snapshot().waitingExternal()).hasValue(MeerkatFixture.EXTERNAL_INPUTS);
        }
        assertThat(trace(session)).isEqualTo(before);
        gate.open();
    }

    @Test
    public void theExternalLaneTakesItsBytesAndNoMore() throws Exception {
        Session session = idle("a");
        Gate gate = hold(session);
        accepted(session, event("first", MeerkatFixture.EXTERNAL_BYTES - 100));
        Seen.Trace before = trace(session);

        assertThat(refused(session, event("one byte too many", 101)).lane()).isEqualTo(Lane.EXTERNAL);
        assertThat(trace(session)).isEqualTo(before);
        accepted(session, event("as much as fits", 100));
        refused(session, event("one byte too many", 2));
        gate.open();
    }

    @Test
    public void anEventOverTheWholeBoundIsRefusedAndDoesNotBlockSmallerOnes() throws Exception {
        Session session = idle("a");
        Seen.Trace before = trace(session);

        refused(session, event("huge", MeerkatFixture.EXTERNAL_BYTES + 1));

        assertThat(trace(session)).isEqualTo(before);
        accepted(session, event("small"));
    }

    @Test
    public void aFullCommsLaneDoesNotKeepEventsOut() throws Exception {
        Session session = idle("a");
        Gate gate = hold(session);
        fillComms(session);

        accepted(session, event("event"));
        gate.open();
    }

    @Test
    public void aFullExternalLaneDoesNotKeepInputsOut() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Gate gate = hold(session);
        accepted(session, event("big", MeerkatFixture.EXTERNAL_BYTES));
        refused(session, event("small"));

        InputId input = session.send(CommsCommand.Input.of("work")).inputId();
        gate.open();

        watch.completed(input);
    }

    @Test
    public void thereIsRoomAgainOnceInputsAreConsumed() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Gate gate = hold(session);
        InputId last = fillComms(session);
        InputId event = accepted(session, event("big", MeerkatFixture.EXTERNAL_BYTES))
                .inputId()
                .orElseThrow();
        gate.open();
        watch.completed(last);
        watch.completed(event);

        assertThat(session.snapshot().waitingComms()).hasValue(0);
        assertThat(session.snapshot().waitingExternal()).hasValue(0);
        hold(session).open();
        fillComms(session);
        accepted(session, event("big", MeerkatFixture.EXTERNAL_BYTES));
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.CRASH})
    public void theBoundHoldsOverACrash() throws Exception {
        Session session = idle("a");
        Gate gate = hold(session);
        fillComms(session);
        accepted(session, event("big", MeerkatFixture.EXTERNAL_BYTES));
        Gate after = gate();
        fixture().agent(turn -> {
            after.pass();
            return "ok";
        });

        fixture().crash();
        gate.open();
        after.awaitReached(PATIENCE);

        Session again = again(session);
        assertThatExceptionOfType(LaneFullException.class)
                .isThrownBy(() -> again.send(CommsCommand.Input.of("one too many")));
        refused(again, event("one too many"));
        after.open();
    }

    @Test
    public void whatWaitsInALaneOfOneSessionTakesNoRoomFromAnother() throws Exception {
        Session full = idle("full");
        Session other = idle("other");
        Gate gate = hold(full);
        fillComms(full);

        fillComms(other);
        gate.open();
    }

    @Test
    @Requires(Capability.PEER_NAMES)
    @Needs({Detail.SCRIPTED_AGENT, Detail.CLOCK, Detail.INPUT_EVENTS})
    public void aMessageOfACommittedStepWaitsForRoomWhenTheLaneHasFilledMeanwhile() throws Exception {
        Session a = idle("a");
        Session b = idle(SessionSpec.ofPrompt("start").withCommsName("b"));
        Gate gate = gate();
        fixture().agent(turn -> {
            if (!Seen.texts(turn.inputs()).contains("work")) {
                return Seen.ECHO.answer(turn);
            }
            turn.comms().send(CommsCommand.PeerMessage.to("b", "report"));
            gate.pass();
            return "done";
        });
        Turn turn = a.startTurn("work");
        gate.awaitReached(PATIENCE);
        fillComms(b);
        gate.open();
        completed(turn);
        assertThat(Seen.log(b, SessionEvent.InputAdmitted.class)).hasSize(1 + MeerkatFixture.COMMS_INPUTS);

        completed(b.startTurn("make room"));
        fixture().advance(MeerkatFixture.RETRY_DELAY);

        assertThat(watch(b).admitted("report")).isNotNull();
        assertThat(Seen.log(a, SessionEvent.PeerSendFailed.class)).isEmpty();
    }

    private static InputId fillComms(Session session) throws InterruptedException {
        InputId last = null;
        for (int i = 0; i < MeerkatFixture.COMMS_INPUTS; i++) {
            last = session.send(CommsCommand.Input.of("i" + i)).inputId();
        }
        if (last == null) {
            throw new AssertionError("the lane has no room at all");
        }
        return last;
    }

    private static void isCommsRefusal(LaneFullException refusal) {
        assertThat(refusal.lane()).isEqualTo(Lane.COMMS);
        assertThat(refusal.retryAfter()).isPositive();
        assertThat(refusal.code()).isEqualTo(LaneFullException.CODE);
    }

    private static EventOutcome.Accepted accepted(Session session, ExternalEvent event) throws InterruptedException {
        EventOutcome outcome = session.sendExternalEvent(event);
        assertThat(outcome).isInstanceOf(EventOutcome.Accepted.class);
        return (EventOutcome.Accepted) outcome;
    }

    private static LaneFullException refused(Session session, ExternalEvent event) throws InterruptedException {
        EventOutcome outcome = session.sendExternalEvent(event);
        assertThat(outcome).isInstanceOf(EventOutcome.Refused.class);
        return ((EventOutcome.Refused) outcome).reason();
    }

    private static ExternalEvent event(String type) {
        return event(type, 2);
    }

    private static ExternalEvent event(String type, long bytes) {
        return ExternalEvent.genericJson(type, Json.parse('"' + "x".repeat((int) bytes - 2) + '"'));
    }
}
