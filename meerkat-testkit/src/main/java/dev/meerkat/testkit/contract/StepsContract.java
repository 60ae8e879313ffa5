package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.ToolRequest;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.api.Usage;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.testkit.Gate;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A turn commits in steps, each as a whole and once. */
@Needs(Detail.SCRIPTED_AGENT)
public abstract class StepsContract extends ContractChapter {
    /** For subclasses. */
    protected StepsContract() {}

    @Test
    public void aSafePointCommitsTheStepBeforeTheTurnEnds() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        fixture().agent(turn -> {
            turn.tool("look", Json.NULL, key -> Json.parse("1"));
            turn.safePoint();
            gate.pass();
            return "done";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);

        assertLogged(session, SessionEvent.ToolCalled.class, 1);
        assertThat(Seen.transcript(session)).hasSize(4).last().isInstanceOf(TranscriptEntry.Tool.class);
        assertStatus(session, turn, InputStatus.State.CONSUMED);
        gate.open();
    }

    private void assertStatus(Session session, Turn turn, InputStatus.State expected) throws InterruptedException {
        if (told(Detail.PROMPT_IDS) && told(Detail.INPUT_STATUS)) {
            assertThat(session.inputStatus(turn.inputId().orElseThrow()).map(InputStatus::state))
                    .contains(expected);
        }
    }

    @Test
    public void beforeTheSafePointNothingOfTheStepIsVisible() throws Exception {
        Session session = idle("a");
        Session peer = idle("b");
        Gate gate = gate();
        fixture().agent(turn -> {
            turn.tool("look", Json.NULL, key -> Json.parse("1"));
            turn.comms().send(CommsCommand.PeerMessage.to("b", "report"));
            gate.pass();
            return "done";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);
        peer.send(CommsCommand.Input.of("marker"));

        assertLogged(session, SessionEvent.ToolCalled.class, 0);
        assertLogged(session, SessionEvent.PeerSent.class, 0);
        assertThat(Seen.transcript(session)).hasSize(2);
        assertStatus(session, turn, InputStatus.State.STAGED);
        fixture().agent(Seen.ECHO);
        gate.open();
        watch(peer).admitted("report");
        assertThat(Seen.log(peer, SessionEvent.InputAdmitted.class).stream().skip(1))
                .extracting(event -> Seen.text(event.input()))
                .containsExactly("marker", "report");
    }

    @Test
    public void messagesLeaveWhenTheirStepCommitsNotWhenTheTurnEnds() throws Exception {
        Session session = idle("a");
        Session peer = idle("b");
        Gate gate = gate();
        fixture().agent(turn -> {
            turn.comms().send(CommsCommand.PeerMessage.to("b", "report"));
            turn.safePoint();
            gate.pass();
            return "done";
        });
        session.startTurn("work");
        gate.awaitReached(PATIENCE);

        assertThat(watch(peer).admitted("report")).isNotNull();
        assertThat(Seen.log(session, SessionEvent.TurnCompleted.class)).hasSize(1);
        fixture().agent(Seen.ECHO);
        gate.open();
    }

    @Test
    @Needs(Detail.CLOCK)
    public void messagesOfAFailedAttemptNeverLeave() throws Exception {
        Session session = idle("a");
        Session peer = idle("b");
        fixture().agent(turn -> {
            if (!Seen.texts(turn.inputs()).contains("work")) {
                return Seen.ECHO.answer(turn);
            }
            turn.comms().send(CommsCommand.PeerMessage.to("b", "attempt" + turn.attempt()));
            if (turn.attempt() == 1) {
                throw new IOException("after sending");
            }
            return "done";
        });
        Watch watch = watch(session);
        Turn turn = session.startTurn("work");
        watch.await(SessionEvent.TurnFailed.class);
        fixture().advance(MeerkatFixture.RETRY_DELAY.multipliedBy(2));
        completed(turn);
        watch(peer).admitted("attempt2");

        assertThat(Seen.log(peer, SessionEvent.InputAdmitted.class).stream().skip(1))
                .extracting(event -> Seen.text(event.input()))
                .containsExactly("attempt2");
        assertThat(Seen.log(session, SessionEvent.PeerSent.class)).hasSize(1);
        assertThat(Seen.transcript(session))
                .filteredOn(TranscriptEntry.Sent.class::isInstance)
                .hasSize(1);
    }

    @Test
    public void theStepsOfAModelAreInTheTranscriptBeforeItsToolsAreCalled() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        fixture().agent(turn -> {
            List<ToolRequest> calls = List.of(
                    turn.toolRequest("call_1", "look", Json.parse("{\"at\":1}")),
                    turn.toolRequest("call_2", "look", Json.parse("{\"at\":2}")));
            turn.modelStep("I look.", calls);
            gate.pass();
            turn.toolResult(calls.get(0), Json.of("seen"), false);
            turn.toolResult(calls.get(1), Json.of("dark"), true);
            return "done";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);

        assertThat(Seen.transcript(session)).last().isInstanceOf(TranscriptEntry.ModelStep.class);
        gate.open();
        completed(turn);
        List<TranscriptEntry> entries = Seen.transcript(session);
        TranscriptEntry.ModelStep model = (TranscriptEntry.ModelStep) entries.get(3);
        assertThat(model.text()).isEqualTo("I look.");
        assertThat(model.calls())
                .extracting(ToolRequest::name, ToolRequest::arguments)
                .containsExactly(tuple("look", Json.parse("{\"at\":1}")), tuple("look", Json.parse("{\"at\":2}")));
        assertThat(entries.subList(4, 6))
                .extracting(entry -> ((TranscriptEntry.Tool) entry).call().key())
                .containsExactlyElementsOf(
                        model.calls().stream().map(ToolRequest::key).toList());
        assertThat(entries.get(6)).isInstanceOf(TranscriptEntry.Answer.class);
    }

    @Test
    @Needs(Detail.CLOCK)
    public void anAgentThatResumesSendsTheSameAgainOnlyIfItSaysSo() throws Exception {
        Session session = idle("a");
        Session peer = idle("b");
        fixture().agent(turn -> {
            if (!Seen.texts(turn.inputs()).contains("work")) {
                return Seen.ECHO.answer(turn);
            }
            int steps = turn.resume().size();
            turn.comms().send(CommsCommand.PeerMessage.to("b", "tick"));
            turn.safePoint();
            if (turn.attempt() == 1) {
                throw new IOException("after sending");
            }
            return "resumed after " + steps;
        });
        Watch watch = watch(session);
        Turn turn = session.startTurn("work");
        watch.await(SessionEvent.TurnFailed.class);
        fixture().advance(MeerkatFixture.RETRY_DELAY.multipliedBy(2));

        assertThat(completed(turn).text()).isEqualTo(echoed("resumed after 2"));
        assertThat(Seen.transcript(session))
                .filteredOn(TranscriptEntry.Sent.class::isInstance)
                .hasSize(2);
        watch(peer).admitted("tick");
    }

    @Test
    @Needs(Detail.CLOCK)
    public void whatATurnUsedOfModelsIsSummedOverItsStepsAndAttempts() throws Exception {
        Session session = idle("a");
        fixture().agent(turn -> {
            turn.used(new Usage(10, 1));
            turn.tool("look", Json.of(turn.attempt()), key -> Json.NULL);
            turn.safePoint();
            turn.used(new Usage(100, 2));
            if (turn.attempt() == 1) {
                throw new IOException("after a step");
            }
            return "done";
        });
        Watch watch = watch(session);
        Turn turn = session.startTurn("work");
        watch.await(SessionEvent.TurnFailed.class);
        fixture().advance(MeerkatFixture.RETRY_DELAY.multipliedBy(2));

        assertThat(completed(turn).usage()).contains(new Usage(220, 6));
    }

    @Test
    public void aModelMayStreamFromAnotherThread() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        fixture().agent(turn -> {
            Thread reader = new Thread(() -> turn.emit("partial"));
            reader.start();
            reader.join();
            gate.pass();
            return "done";
        });
        session.startTurn("work");
        gate.awaitReached(PATIENCE);
        session.interrupt();
        gate.open();

        assertThat(watch(session).await(SessionEvent.TurnInterrupted.class).text())
                .isEqualTo(told(Detail.PARTIAL_ANSWERS) ? "partial" : "");
    }

    @Test
    @Needs(Detail.CLOCK)
    public void aRetryDoesNotRepeatCommittedSteps() throws Exception {
        Session session = idle("a");
        var calls = new LinkedBlockingQueue<String>();
        fixture().agent(turn -> {
            calls.add("attempt " + turn.attempt() + " step " + turn.step());
            if (turn.step() == 0) {
                turn.tool("first", Json.NULL, key -> Json.NULL);
                turn.safePoint();
            }
            if (turn.attempt() == 1) {
                throw new IOException("in the second step");
            }
            return "done";
        });
        Watch watch = watch(session);
        Turn turn = session.startTurn("work");
        watch.await(SessionEvent.TurnFailed.class);
        fixture().advance(MeerkatFixture.RETRY_DELAY.multipliedBy(2));

        assertThat(completed(turn).text()).isEqualTo("done");
        assertThat(calls).containsExactly("attempt 1 step 0", "attempt 2 step 1");
        assertThat(Seen.log(session, SessionEvent.ToolCalled.class)).hasSize(1);
        assertThat(Seen.times(session, "work")).isEqualTo(1);
    }

    @Test
    @Needs(Detail.CLOCK)
    public void theKeyOfAToolCallIsTheSameOnEveryAttemptAndOfNoOtherCall() throws Exception {
        Session session = idle("a");
        var keys = new LinkedBlockingQueue<String>();
        fixture().agent(turn -> {
            turn.tool("one", Json.NULL, key -> {
                keys.add(key);
                return Json.NULL;
            });
            turn.tool("two", Json.NULL, key -> {
                keys.add(key);
                return Json.NULL;
            });
            if (turn.attempt() == 1) {
                throw new IOException("again");
            }
            return "done";
        });
        Watch watch = watch(session);
        Turn first = session.startTurn("first");
        watch.await(SessionEvent.TurnFailed.class);
        fixture().advance(MeerkatFixture.RETRY_DELAY.multipliedBy(2));
        completed(first);

        List<String> seen = List.copyOf(keys);
        assertThat(seen).hasSize(4);
        assertThat(seen.subList(2, 4)).isEqualTo(seen.subList(0, 2)).doesNotHaveDuplicates();
        assertThat(Seen.log(session, SessionEvent.ToolCalled.class))
                .extracting(event -> event.call().key())
                .isEqualTo(seen.subList(0, 2));
    }

    @Test
    @Needs(Detail.CRASH)
    public void aToolCallOfACommittedStepIsNotMadeAgainAfterACrashAndTheNextHasTheSameKey() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        var firsts = new LinkedBlockingQueue<String>();
        var keys = new LinkedBlockingQueue<String>();
        fixture().agent(turn -> {
            turn.tool("first", Json.NULL, key -> {
                firsts.add(key);
                return Json.NULL;
            });
            turn.safePoint();
            turn.tool("second", Json.NULL, key -> {
                keys.add(key);
                gate.pass();
                return Json.NULL;
            });
            return "done";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);

        fixture().crash();
        gate.open();
        watch(again(session)).completed(turn.inputId().orElseThrow());

        assertThat(firsts).hasSize(1);
        assertThat(keys).hasSize(2);
        assertThat(keys.poll()).isEqualTo(keys.poll());
        assertThat(Seen.log(again(session), SessionEvent.ToolCalled.class))
                .extracting(event -> event.call().name())
                .containsExactly("first", "second");
    }

    @Test
    @Needs(Detail.CRASH)
    public void theKeyOfAToolCallIsTheSameAfterACrashForAnAgentThatPassesOverCommittedSteps() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        var keys = new LinkedBlockingQueue<String>();
        fixture().agent(turn -> {
            if (turn.step() == 0) {
                turn.tool("first", Json.NULL, key -> Json.NULL);
                turn.safePoint();
            }
            turn.tool("second", Json.NULL, key -> {
                keys.add(key);
                gate.pass();
                return Json.NULL;
            });
            return "done";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);

        fixture().crash();
        gate.open();
        watch(again(session)).completed(turn.inputId().orElseThrow());

        assertThat(keys).hasSize(2);
        assertThat(keys.poll()).isEqualTo(keys.poll());
        assertThat(Seen.log(again(session), SessionEvent.ToolCalled.class)).hasSize(2);
    }

    /** A map of Java has another order in each process. */
    @Test
    @Needs(Detail.CRASH)
    public void whatACommittedStepDidIsNotDoneAgainThoughItsJsonHasAnotherOrderAfterACrash() throws Exception {
        Session session = idle("a");
        Session peer = idle("b");
        Gate gate = gate();
        var keys = new LinkedBlockingQueue<String>();
        var orders = new LinkedBlockingQueue<>(
                List.of(Json.parse("{\"x\":1e2,\"y\":\"A\"}"), Json.parse("{\"y\":\"\\u0041\",\"x\":100}")));
        fixture().agent(turn -> {
            if (!turn.session().commsName().equals(Optional.of("a"))) {
                return "ok";
            }
            Json json = orders.remove();
            turn.tool("look", json, key -> Json.of(keys.add(key)));
            turn.comms().send(CommsCommand.PeerRequest.to("b", "checksum_token", json));
            turn.comms().send(new CommsCommand.PeerLifecycle(PeerRef.named("b"), LifecycleKind.PEER_ADDED, json));
            turn.safePoint();
            gate.pass();
            return "done";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);

        fixture().crash();
        gate.open();
        watch(again(session)).completed(turn.inputId().orElseThrow());

        assertThat(orders).isEmpty();
        assertThat(keys).hasSize(1);
        assertThat(Seen.log(again(session), SessionEvent.PeerSent.class)).hasSize(2);
        handled(again(peer), "marker");
        assertThat(Seen.log(again(peer), SessionEvent.InputAdmitted.class))
                .filteredOn(event -> event.input().body() instanceof InputBody.PeerRequest)
                .hasSize(1);
    }

    @Test
    public void theTurnCountsItsCommittedSteps() throws Exception {
        Session session = idle("a");
        fixture().agent(turn -> {
            int before = turn.step();
            turn.safePoint();
            int between = turn.step();
            turn.tool("look", Json.NULL, key -> Json.NULL);
            turn.safePoint();
            return before + " " + between + " " + turn.step();
        });

        assertThat(handled(session, "work")).isEqualTo("0 1 2");
    }

    @Test
    public void theAgentSeesWhatItsOwnStepsCommitted() throws Exception {
        Session session = idle("a");
        fixture().agent(turn -> {
            long before = turn.history(0, 1).messageCount();
            turn.tool("look", Json.NULL, key -> Json.NULL);
            long uncommitted = turn.history(0, 1).messageCount();
            turn.safePoint();
            return before + " " + uncommitted + " " + turn.history(0, 1).messageCount();
        });

        assertThat(handled(session, "work")).isEqualTo("2 2 4");
    }

    @Test
    public void afterTheAgentReturnedItsContextIsOfNoUse() throws Exception {
        Session session = idle("a");
        var kept = new LinkedBlockingQueue<TurnContext>();
        fixture().agent(turn -> {
            kept.add(turn);
            return "ok";
        });
        handled(session, "work");
        TurnContext turn = kept.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(turn).isNotNull();
        Seen.Trace before = trace(session);

        for (ThrowingCallable call : List.<ThrowingCallable>of(
                turn::safePoint,
                turn::inputs,
                turn::session,
                turn::comms,
                () -> turn.emit("late"),
                () -> turn.history(0, 1),
                () -> turn.tool("late", Json.NULL, key -> Json.NULL))) {
            assertThatThrownBy(call).isInstanceOf(IllegalStateException.class);
        }
        assertThat(trace(session)).isEqualTo(before);
    }
}
