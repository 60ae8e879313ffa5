package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.api.CommsNameTakenException;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.testkit.Gate;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What was acknowledged survives: an orderly restart and a crash lose nothing and repeat nothing. */
public abstract class RestartContract extends ContractChapter {
    private static final PeerRef A = PeerRef.named("a");

    /** For subclasses. */
    protected RestartContract() {}

    @Test
    public void aKeepAliveSessionWakesAfterARestart() throws Exception {
        wakesAfter(fixture()::restart);
    }

    @Test
    @Needs(Detail.CRASH)
    public void aKeepAliveSessionWakesAfterACrash() throws Exception {
        wakesAfter(fixture()::crash);
    }

    private void wakesAfter(Runnable interruption) throws Exception {
        Session session = idle("a");
        interruption.run();
        echo();

        assertThat(handled(again(session), "work")).isEqualTo(echoed("work"));
        assertThat(meerkat().open("a").id()).isEqualTo(session.id());
    }

    @Test
    public void aSessionThatSleepsKeepsWhatWaitsOverARestart() throws Exception {
        sleepsThrough(fixture()::restart);
    }

    @Test
    @Needs(Detail.CRASH)
    public void aSessionThatSleepsKeepsWhatWaitsOverACrash() throws Exception {
        sleepsThrough(fixture()::crash);
    }

    private void sleepsThrough(Runnable interruption) throws Exception {
        needs(Detail.SCRIPTED_AGENT);
        Session session = idle(SessionSpec.ofPrompt("start").withCommsName("a"));
        InputId input = session.send(CommsCommand.Input.of("input")).inputId();
        session.sendExternalEvent(ExternalEvent.genericJson("event", Json.NULL));

        interruption.run();
        fixture().agent(Seen.ECHO);
        Session again = again(session);

        if (told(Detail.INPUT_STATUS)) {
            assertThat(again.inputStatus(input).map(InputStatus::state)).contains(InputStatus.State.QUEUED);
        }
        if (told(Detail.LANE_COUNTS)) {
            assertThat(again.snapshot().waitingExternal()).hasValue(1);
        }
        assertThat(completed(again.startTurn("go")).text()).isEqualTo("input event go");
    }

    @Test
    @Needs({Detail.CRASH, Detail.DEFERRED})
    public void aDeferredSessionIsStillDeferredAfterACrash() throws Exception {
        Session session = meerkat()
                .create(SessionSpec.ofPrompt("prompt").withKeepAliveAs("a").withDeferredStart());
        fixture().crash();
        fixture().agent(Seen.ECHO);

        assertThat(Seen.transcript(again(session))).isEmpty();
        assertThat(handled(again(session), "work")).isEqualTo("prompt work");
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.CRASH})
    public void waitingInputsAreHandledExactlyOnceAfterACrash() throws Exception {
        Session session = idle("a");
        Gate gate = hold(session);
        InputId one = session.send(CommsCommand.Input.of("one")).inputId();
        InputId two = session.send(CommsCommand.Input.of("two")).inputId();
        InputId event = ((EventOutcome.Accepted)
                        session.sendExternalEvent(ExternalEvent.genericJson("event", Json.NULL)))
                .inputId()
                .orElseThrow();

        fixture().crash();
        gate.open();
        Session again = again(session);
        Watch watch = watch(again);
        for (InputId input : List.of(one, two, event)) {
            watch.completed(input);
        }
        handled(again, "marker");

        assertThat(Seen.turns(again).stream().flatMap(List::stream))
                .containsExactly("hold", "one", "two", "event", "marker");
        assertThat(Seen.log(again, SessionEvent.InputConsumed.class).stream().flatMap(e -> e.inputs().stream()))
                .doesNotHaveDuplicates();
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.CRASH})
    public void aTurnThatACrashCutGoesOnFromItsLastCommittedStep() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        var calls = new LinkedBlockingQueue<String>();
        fixture().agent(turn -> {
            calls.add(turn.step() + " " + Seen.ECHO.answer(turn));
            if (turn.step() == 0) {
                turn.safePoint();
            }
            gate.pass();
            return "done";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);

        fixture().crash();
        gate.open();
        Watch watch = watch(again(session));
        SessionEvent.TurnCompleted end = watch.completed(turn.inputId().orElseThrow());

        assertThat(end.text()).isEqualTo("done");
        assertThat(calls).containsExactly("0 work", "1 work");
        assertThat(Seen.turns(again(session))).containsExactly(List.of("work"));
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.CRASH})
    public void aTurnThatDidNotCommitAStepIsDoneAgainAsAWhole() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        fixture().agent(turn -> {
            gate.pass();
            return turn.step() + " " + Seen.ECHO.answer(turn);
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);

        fixture().crash();
        gate.open();

        assertThat(watch(again(session)).completed(turn.inputId().orElseThrow()).text())
                .isEqualTo("0 work");
        assertThat(Seen.times(again(session), "work")).isEqualTo(1);
    }

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void aTurnThatTheClosingCutGoesOnAfterwards() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        fixture().agent(turn -> {
            gate.pass();
            return "done";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);

        fixture().restart();
        gate.open();

        assertThat(watch(again(session)).completed(turn.inputId().orElseThrow()).text())
                .isEqualTo("done");
        assertThat(Seen.log(again(session), SessionEvent.TurnInterrupted.class)).isEmpty();
        assertThatExceptionOfType(MeerkatClosedException.class).isThrownBy(() -> turn.await(PATIENCE));
    }

    @Test
    @Requires(Capability.REPLY_HANDLES)
    public void aReplyThatComesAfterARestartReachesItsHandle() throws Exception {
        replyReachesItsHandleAfter(fixture()::restart);
    }

    @Test
    @Requires(Capability.REPLY_HANDLES)
    @Needs(Detail.CRASH)
    public void aReplyThatComesAfterACrashReachesItsHandle() throws Exception {
        replyReachesItsHandleAfter(fixture()::crash);
    }

    private void replyReachesItsHandleAfter(Runnable interruption) throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        RequestId early = a.request(PeerRequest.to("b", "early", Json.NULL)).requestId();
        RequestId late = a.request(PeerRequest.to("b", "late", Json.NULL)).requestId();
        b.send(PeerResponse.completed(A, early, Json.parse("1")));

        interruption.run();
        Reply reply = again(a).reply(late);
        again(b).send(PeerResponse.completed(A, late, Json.parse("2")));

        PeerReply got = reply.await(PATIENCE).orElseThrow();
        assertThat(got.result().text()).isEqualTo("2");
        assertThat(again(a).reply(early).await(PATIENCE).orElseThrow().result().text())
                .isEqualTo("1");
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.CRASH})
    public void aMessageOfACommittedStepArrivesOnceWhateverHappensAfterIt() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        Gate gate = gate();
        fixture().agent(turn -> {
            if (!Seen.texts(turn.inputs()).contains("work")) {
                return Seen.ECHO.answer(turn);
            }
            if (turn.step() == 0) {
                turn.comms().send(CommsCommand.PeerMessage.to("b", "report"));
                turn.safePoint();
            }
            gate.pass();
            return "done";
        });
        Turn turn = a.startTurn("work");
        gate.awaitReached(PATIENCE);

        fixture().crash();
        gate.open();
        watch(again(a)).completed(turn.inputId().orElseThrow());
        Watch watch = watch(again(b));
        watch.completed(watch.admitted("report").input().id());
        fixture().crash();
        handled(again(b), "marker");

        assertThat(Seen.times(again(b), "report")).isEqualTo(1);
        assertThat(Seen.log(again(b), SessionEvent.InputAdmitted.class).stream()
                        .filter(event -> Seen.text(event.input()).equals("report")))
                .hasSize(1);
        assertThat(Seen.log(again(a), SessionEvent.PeerSent.class)).hasSize(1);
    }

    @Test
    public void namesAndLabelsStayTaken() throws Exception {
        idle("a");

        fixture().restart();

        if (told(Detail.UNIQUE_NAMES)) {
            assertThatExceptionOfType(CommsNameTakenException.class)
                    .isThrownBy(
                            () -> meerkat().create(SessionSpec.ofPrompt("start").withKeepAliveAs("a")));
        }
        assertThat(meerkat().open("a").snapshot().keepAlive()).isTrue();
    }

    @Test
    @Needs(Detail.CRASH)
    @Requires(Capability.EVENT_REPLAY)
    public void cursorsGoOnCountingAfterACrash() throws Exception {
        Session session = idle("a");
        long before = session.snapshot().lastCursor().orElse(Cursor.START).sequence();

        fixture().crash();
        handled(again(session), "work");

        List<SessionEvent> log = Seen.log(again(session));
        assertThat(log.get(log.size() - 1).cursor().sequence()).isGreaterThan(before);
        for (int i = 1; i < log.size(); i++) {
            assertThat(log.get(i).cursor()).isGreaterThan(log.get(i - 1).cursor());
        }
        if (told(Detail.POSITIONS_WITHOUT_GAPS)) {
            assertThat(log.get(log.size() - 1).cursor().sequence()).isEqualTo(log.size());
        }
    }

    @Test
    public void manyRestartsInARowChangeNothing() throws Exception {
        Session session = idle("a");
        Seen.Trace before = trace(session);

        for (int i = 0; i < 3; i++) {
            fixture().restart();
            if (told(Detail.CRASH)) {
                fixture().crash();
            }
        }

        assertThat(trace(again(session))).isEqualTo(before);
        echo();
        assertThat(handled(again(session), "work")).isEqualTo(echoed("work"));
    }

    @Test
    @Needs({Detail.SCRIPTED_AGENT, Detail.CRASH})
    public void anAgentThatWaitedForAReplyGoesOnWhenItComesAfterACrash() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        var asked = new LinkedBlockingQueue<RequestId>();
        fixture().agent(turn -> {
            if (!Seen.texts(turn.inputs()).contains("work")) {
                return Seen.ECHO.answer(turn);
            }
            Reply reply = turn.comms().request(PeerRequest.to("b", "sum", Json.NULL));
            asked.add(reply.requestId());
            return reply.await(PATIENCE).orElseThrow().result().text();
        });
        Turn turn = a.startTurn("work");
        RequestId before = asked.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        watch(b).admitted("sum");

        fixture().crash();
        RequestId after = asked.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(after).isNotNull().isEqualTo(before);
        again(b).send(PeerResponse.completed(A, after, Json.parse("3")));

        assertThat(watch(again(a)).completed(turn.inputId().orElseThrow()).text())
                .isEqualTo("3");
        assertThat(Seen.log(again(b), SessionEvent.InputAdmitted.class).stream()
                        .filter(event -> Seen.text(event.input()).equals("sum")))
                .hasSize(1);
    }
}
