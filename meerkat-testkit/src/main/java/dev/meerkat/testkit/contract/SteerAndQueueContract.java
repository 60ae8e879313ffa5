package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.testkit.Gate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A steered input enters the running turn at its next safe point; a queued one waits for the next turn. */
@Requires(Capability.STEER)
public abstract class SteerAndQueueContract extends ContractChapter {
    /** For subclasses. */
    protected SteerAndQueueContract() {}

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aSteeredInputIsSeenByTheRunningTurnAtItsNextSafePoint() throws Exception {
        Session session = idle("a");
        Gate gate = holdThenSafePoint();
        Turn turn = session.startTurn("hold");
        gate.awaitReached(PATIENCE);

        InputId steered = session.send(steer("now")).inputId();
        gate.open();

        assertThat(completed(turn).text()).isEqualTo("entered: now");
        SessionEvent.InputStaged staged = watch(session)
                .await(SessionEvent.InputStaged.class, event -> event.inputs().contains(steered));
        assertThat(completed(turn).turnId()).contains(staged.turnId());
        assertThat(completed(turn).turnId())
                .contains(watch(session).consumed(steered).turnId());
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aQueuedInputIsNotSeenByTheRunningTurn() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Gate gate = holdThenSafePoint();
        Turn turn = session.startTurn("hold");
        gate.awaitReached(PATIENCE);

        InputId queued = session.send(CommsCommand.Input.of("later")).inputId();
        gate.open();

        assertThat(completed(turn).text()).isEqualTo("entered: ");
        assertThat(watch.completed(queued).text()).isEqualTo("later");
        assertThat(watch.completed(queued).outcome().turnId())
                .isNotEqualTo(completed(turn).turnId());
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aSteeredInputGoesBeforeAQueuedOneThatCameEarlier() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Gate gate = holdThenSafePoint();
        Turn turn = session.startTurn("hold");
        gate.awaitReached(PATIENCE);

        InputId queued = session.send(CommsCommand.Input.of("later")).inputId();
        session.send(steer("now"));
        gate.open();

        assertThat(completed(turn).text()).isEqualTo("entered: now");
        assertThat(watch.completed(queued).text()).isEqualTo("later");
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void severalSteeredInputsEnterInTheirOrder() throws Exception {
        Session session = idle("a");
        Gate gate = holdThenSafePoint();
        Turn turn = session.startTurn("hold");
        gate.awaitReached(PATIENCE);

        session.send(steer("first"));
        session.send(steer("second"));
        gate.open();

        assertThat(completed(turn).text()).isEqualTo("entered: first second");
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aSteerDuringTheLastAnswerCausesOneMoreRoundInTheSameTurn() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Gate gate = hold(session);

        InputId steered = session.send(steer("one more thing")).inputId();
        gate.open();

        SessionEvent.TurnCompleted end = watch.completed(steered);
        assertThat(end.text()).isEqualTo("one more thing");
        assertThat(Seen.turns(session)).containsExactly(List.of("hold", "one more thing"));
        assertThat(Seen.transcript(session))
                .filteredOn(TranscriptEntry.Answer.class::isInstance)
                .extracting(entry -> ((TranscriptEntry.Answer) entry).text())
                .endsWith("held", "one more thing");
        assertThat(Seen.log(session, SessionEvent.TurnCompleted.class)).hasSize(2);
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aSteeredPeerMessageEntersTheRunningTurnToo() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        Gate gate = holdThenSafePoint();
        Turn turn = b.startTurn("hold");
        gate.awaitReached(PATIENCE);

        a.send(CommsCommand.PeerMessage.to("b", "stop that").withHandlingMode(HandlingMode.STEER));
        gate.open();

        assertThat(completed(turn).text()).isEqualTo("entered: stop that");
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aSteeredResponseEntersTheRunningTurnToo() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        var request = a.send(CommsCommand.PeerRequest.to("b", "sum", Json.NULL)).requestId();
        Gate gate = holdThenSafePoint();
        Turn turn = a.startTurn("hold");
        gate.awaitReached(PATIENCE);

        b.send(CommsCommand.PeerResponse.completed(dev.meerkat.api.PeerRef.named("a"), request, Json.NULL)
                .withHandlingMode(HandlingMode.STEER));
        gate.open();

        assertThat(completed(turn).text()).isEqualTo("entered: COMPLETED");
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void anExternalEventNeverEntersARunningTurn() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Gate gate = holdThenSafePoint();
        Turn turn = session.startTurn("hold");
        gate.awaitReached(PATIENCE);

        session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL));
        gate.open();

        assertThat(completed(turn).text()).isEqualTo("entered: ");
        assertThat(watch.completed(watch.admitted("push").input().id()).text()).isEqualTo("push");
    }

    @Test
    public void aSteeredInputWakesAnIdleSessionLikeAQueuedOne() throws Exception {
        Session session = idle("a");
        echo();

        assertThat(handled(session, steer("now"))).isEqualTo(echoed("now"));
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aSteeredInputWakesNoSessionThatIsNotKeepAlive() throws Exception {
        Session session = idle(SessionSpec.ofPrompt("start").withCommsName("a"));
        Session other = idle("other");
        fixture().agent(Seen.ECHO);

        session.send(steer("now"));
        handled(other, "elsewhere");

        assertThat(completed(session.startTurn("go")).text()).isEqualTo("now go");
        assertLogged(session, SessionEvent.TurnStarted.class, 2);
    }

    /** An agent that is held once and then tells what entered at its safe point. */
    private Gate holdThenSafePoint() {
        Gate gate = gate();
        fixture().agent(turn -> {
            if (!Seen.texts(turn.inputs()).contains("hold")) {
                return Seen.ECHO.answer(turn);
            }
            gate.pass();
            return "entered: " + String.join(" ", Seen.texts(turn.safePoint()));
        });
        return gate;
    }

    private static CommsCommand.Input steer(String body) {
        return CommsCommand.Input.of(body).withHandlingMode(HandlingMode.STEER);
    }
}
