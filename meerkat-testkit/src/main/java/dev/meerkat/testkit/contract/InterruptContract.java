package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.testkit.Gate;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Interrupting stops the turn, never the session, and keeps what there was. */
public abstract class InterruptContract extends ContractChapter {
    /** For subclasses. */
    protected InterruptContract() {}

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.PROMPT_IDS})
    public void aWaitingAgentIsStoppedAndItsPartialTextIsKept() throws Exception {
        Session session = idle("a");
        Turn turn = partialAnswer(session);

        InterruptOutcome outcome = session.interrupt();

        TurnOutcome.Interrupted end = (TurnOutcome.Interrupted) ended(turn);
        assertThat(outcome).isEqualTo(new InterruptOutcome.Stopped(end.turnId().orElseThrow()));
        assertThat(end.text()).isEqualTo("so far");
        SessionEvent.TurnInterrupted event = watch(session).await(SessionEvent.TurnInterrupted.class);
        assertThat(end.turnId()).contains(event.turnId());
        assertThat(event.text()).isEqualTo("so far");
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.PROMPT_IDS})
    public void theTranscriptKeepsTheInputAndThePartialAnswer() throws Exception {
        Session session = idle("a");
        Turn turn = partialAnswer(session);

        session.interrupt();
        TurnOutcome end = ended(turn);

        var entries = Seen.transcript(session).stream().skip(2).toList();
        assertThat(entries).hasSize(2);
        assertThat(((TranscriptEntry.Input) entries.get(0)).input().id())
                .isEqualTo(turn.inputId().orElseThrow());
        TranscriptEntry.Answer answer = (TranscriptEntry.Answer) entries.get(1);
        assertThat(answer.text()).isEqualTo("so far");
        assertThat(answer.interrupted()).isTrue();
        assertThat(end.turnId()).contains(answer.turnId());
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void anInterruptedInputIsConsumedAndNotTriedAgain() throws Exception {
        Session session = idle("a");
        Turn turn = partialAnswer(session);

        session.interrupt();
        ended(turn);

        if (told(Detail.PROMPT_IDS)) {
            assertThat(session.inputStatus(turn.inputId().orElseThrow()).map(InputStatus::state))
                    .contains(InputStatus.State.CONSUMED);
        }
        fixture().agent(Seen.ECHO);
        assertThat(handled(session, "after")).isEqualTo("after");
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void theSessionStaysAliveAndHandlesWhatWaits() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Turn turn = partialAnswer(session);
        InputId waiting = session.send(CommsCommand.Input.of("waiting")).inputId();
        fixture().agent(Seen.ECHO);

        session.interrupt();
        ended(turn);

        assertThat(watch.completed(waiting).text()).isEqualTo("waiting");
        assertThat(handled(session, "later")).isEqualTo("later");
    }

    @Test
    public void anIdleSessionHasNothingToInterrupt() throws Exception {
        Session session = idle("a");
        echo();

        // Again and again where it costs nothing: the turn that has just ended must not be found.
        int times = told(Detail.SCRIPTED_AGENT) ? 20 : 3;
        for (int i = 0; i < times; i++) {
            completed(session.startTurn("work"));
            Seen.Trace before = trace(session);

            InterruptOutcome outcome = session.interrupt();

            if (told(Detail.IDLE_INTERRUPTS)) {
                assertThat(outcome).isEqualTo(new InterruptOutcome.Idle());
            } else {
                assertThat(outcome).isInstanceOf(InterruptOutcome.Stopping.class);
            }
            assertThat(trace(session)).isEqualTo(before);
        }
        assertThat(handled(session, "later")).isEqualTo(echoed("later"));
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.INPUT_EVENTS})
    public void whatTheTurnHadDoneStaysDone() throws Exception {
        Session session = idle("a");
        Session peer = idle("b");
        Gate gate = gate();
        fixture().agent(turn -> {
            turn.tool("first", Json.NULL, key -> Json.parse("1"));
            turn.safePoint();
            turn.tool("second", Json.NULL, key -> Json.parse("2"));
            turn.comms().send(CommsCommand.PeerMessage.to("b", "report"));
            gate.pass();
            return "never said";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);
        fixture().agent(Seen.ECHO);

        session.interrupt();
        ended(turn);

        assertThat(Seen.log(session, SessionEvent.ToolCalled.class)).hasSize(2);
        assertThat(Seen.log(session, SessionEvent.PeerSent.class)).hasSize(1);
        assertThat(watch(peer).admitted("report")).isNotNull();
        assertThat(Seen.log(session, SessionEvent.TurnCompleted.class)).hasSize(1);
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void anAgentThatLooksSeesTheInterrupt() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        var saw = new LinkedBlockingQueue<Boolean>();
        fixture().agent(turn -> {
            saw.add(turn.interrupted());
            try {
                gate.pass();
            } catch (InterruptedException e) {
                saw.add(turn.interrupted());
            }
            return "made the best of it";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);

        session.interrupt();

        assertThat(ended(turn)).isInstanceOf(TurnOutcome.Interrupted.class);
        assertThat(saw.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
        assertThat(saw.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aSafePointStopsAnAgentThatDidNotLook() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        var reached = new LinkedBlockingQueue<String>();
        fixture().agent(turn -> {
            try {
                gate.pass();
            } catch (InterruptedException e) {
                reached.add("swallowed");
            }
            turn.safePoint();
            reached.add("past the safe point");
            return "ok";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);

        session.interrupt();

        assertThat(ended(turn)).isInstanceOf(TurnOutcome.Interrupted.class);
        assertThat(reached).containsExactly("swallowed");
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void anInterruptDoesNotReachTheNextTurn() throws Exception {
        Session session = idle("a");
        Turn turn = partialAnswer(session);
        session.interrupt();
        ended(turn);
        fixture().agent(next -> Thread.currentThread().isInterrupted() || next.interrupted() ? "interrupted" : "fresh");

        assertThat(handled(session, "later")).isEqualTo("fresh");
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aSteeredInputThatTheTurnHadNotSeenIsHandledByTheNextTurn() throws Exception {
        Session session = idle("a");
        Watch watch = watch(session);
        Turn turn = partialAnswer(session);
        InputId steered = session.send(
                        CommsCommand.Input.of("steered").withHandlingMode(dev.meerkat.api.HandlingMode.STEER))
                .inputId();
        fixture().agent(Seen.ECHO);

        session.interrupt();
        ended(turn);

        assertThat(watch.completed(steered).text()).isEqualTo("steered");
    }

    /** Starts a turn whose agent has said something and waits for more. */
    private Turn partialAnswer(Session session) throws InterruptedException {
        Gate gate = gate();
        fixture().agent(turn -> {
            turn.emit("so ");
            turn.emit("far");
            gate.pass();
            return "so far, so good";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);
        return turn;
    }
}
