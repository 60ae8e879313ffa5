package dev.meerkat.testkit;

import static dev.meerkat.testkit.InputPattern.event;
import static dev.meerkat.testkit.InputPattern.local;
import static dev.meerkat.testkit.InputPattern.message;
import static dev.meerkat.testkit.InputPattern.prompt;
import static dev.meerkat.testkit.InputPattern.request;
import static dev.meerkat.testkit.InputPattern.textLike;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.TurnContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScriptedAgentTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MeerkatHarness harness = MeerkatHarness.create().retry(RetryPolicy.none());
    private final ScriptedAgent agent = harness.agent();

    @AfterEach
    void nothingIsLeft() {
        harness.close();
    }

    @Test
    void scriptsOfASessionAreUsedInOrder() throws InterruptedException {
        agent.on("a")
                .expect(prompt("Begin."))
                .answer("begun")
                .expect(prompt("more"))
                .answer("done");
        Session session = session("a");
        assertThat(text(session.initialTurn().orElseThrow())).isEqualTo("begun");
        assertThat(text(session.startTurn("more"))).isEqualTo("done");
    }

    @Test
    void anAnswerIsWhatWasEmitted() throws InterruptedException {
        agent.onAny().expectAny().emit("par", "tial").answer();
        assertThat(text(unnamed())).isEqualTo("partial");
    }

    @Test
    void aScriptWithoutAnEndAnswersWhatWasEmitted() throws InterruptedException {
        agent.onAny().expect(inputs -> inputs.size() == 1).emit("only").safePoint();
        assertThat(text(unnamed())).isEqualTo("only");
    }

    @Test
    void anExpectedCallCanComeSeveralTimes() throws InterruptedException {
        agent.onAny().expectAny().times(3).answer("again");
        for (int i = 0; i < 3; i++) {
            assertThat(text(unnamed())).isEqualTo("again");
        }
    }

    @Test
    void sessionsWithoutANameAreScriptedByTheirIds() throws InterruptedException {
        Session session = harness.meerkat().create(SessionSpec.ofPrompt("Wait.").withDeferredStart());
        agent.on(session.id()).expect(prompt("Wait."), prompt("now")).answer("by id");
        assertThat(text(session.startTurn("now"))).isEqualTo("by id");
    }

    @Test
    void gatesHoldATurnWhileOthersRun() throws InterruptedException {
        agent.on("a").expectAny().emit("be").gate("mid").emit("gun").answer();
        agent.on("b").expectAny().answer("meanwhile");
        Session a = session("a");
        agent.gate("mid").awaitReached(PATIENCE);
        assertThat(text(session("b").initialTurn().orElseThrow())).isEqualTo("meanwhile");
        agent.gate("mid").open();
        assertThat(text(a.initialTurn().orElseThrow())).isEqualTo("begun");
    }

    @Test
    void aHeldTurnCanBeInterrupted() throws InterruptedException {
        agent.on("a").expectAny().emit("half").gate("mid").answer("never");
        Session session = session("a");
        agent.gate("mid").awaitReached(PATIENCE);
        session.interrupt();
        assertThat(session.initialTurn().orElseThrow().await(PATIENCE))
                .get()
                .isInstanceOfSatisfying(
                        TurnOutcome.Interrupted.class,
                        interrupted -> assertThat(interrupted.text()).isEqualTo("half"));
    }

    @Test
    void safePointsTakeSteeredInputs() throws InterruptedException {
        agent.on("a").expectAny().gate("mid").safePointTaking(local("hurry")).answer("hurried");
        Session session = session("a");
        agent.gate("mid").awaitReached(PATIENCE);
        session.send(CommsCommand.Input.of("hurry").withHandlingMode(HandlingMode.STEER));
        agent.gate("mid").open();
        assertThat(text(session.initialTurn().orElseThrow())).isEqualTo("hurried");
    }

    @Test
    void delaysPassOnTheClockOfTheTest() throws InterruptedException {
        agent.onAny().expectAny().delay(Duration.ofMinutes(5)).answer("late");
        Turn turn = unnamed();
        harness.settle();
        harness.advance(Duration.ofMinutes(4));
        assertThat(turn.completion().toCompletableFuture()).isNotDone();
        harness.advance(Duration.ofMinutes(1));
        assertThat(text(turn)).isEqualTo("late");
    }

    @Test
    void toolsAndActionsRunInOrder() throws InterruptedException {
        AtomicReference<String> key = new AtomicReference<>();
        agent.onAny()
                .expectAny()
                .tool("add", Json.of(List.of(1, 2)), Json.of(3))
                .tool("ask", Json.NULL, given -> {
                    key.set(given);
                    return Json.NULL;
                })
                .run(TurnContext::safePoint)
                .answer(turn -> "step " + turn.step());
        Session session = harness.meerkat().create(SessionSpec.ofPrompt("Begin."));
        assertThat(text(session.initialTurn().orElseThrow())).isEqualTo("step 1");
        assertThat(session.history(0, 10).entries())
                .filteredOn(TranscriptEntry.Tool.class::isInstance)
                .extracting(entry -> ((TranscriptEntry.Tool) entry).call().name())
                .containsExactly("add", "ask");
        assertThat(key.get()).isNotBlank();
    }

    @Test
    void agentsTalkToEachOther() throws InterruptedException {
        agent.onAny().expect(prompt("Begin.")).times(2).answer("ready");
        AtomicReference<PeerReply> reply = new AtomicReference<>();
        agent.on("b")
                .expect(request("sum"))
                .respond(Json.of(3))
                .answer("responded")
                .expect(message("thanks"))
                .reply("welcome")
                .answer("replied");
        Session a = session("a");
        session("b");
        harness.settle();
        agent.on("a")
                .expect(prompt("ask"))
                .request(
                        CommsCommand.PeerRequest.to("b", "sum", Json.of(List.of(1, 2))),
                        Duration.ofMinutes(1),
                        reply::set)
                .send(CommsCommand.PeerMessage.to("b", "thanks"))
                .answer("asked")
                .expect(message("welcome"))
                .answer("end");
        assertThat(text(a.startTurn("ask"))).isEqualTo("asked");
        harness.settle();
        assertThat(reply.get().result()).isEqualTo(Json.of(3));
        assertThat(agent.calls("a")).hasSize(3);
    }

    @Test
    void aRequestWithoutReplyFailsTheTurnOnTheClockOfTheTest() throws InterruptedException {
        agent.onAny().expect(prompt("Begin.")).times(2).answer("ready");
        Session a = session("a");
        session("b");
        harness.settle();
        agent.on("b").expect(request("sum")).answer("no answer");
        agent.on("a")
                .expectAny()
                .request(CommsCommand.PeerRequest.to("b", "sum", Json.NULL), Duration.ofMinutes(1), reply -> {})
                .answer("never");
        Turn turn = a.startTurn("ask");
        harness.settle();
        harness.advance(Duration.ofMinutes(1));
        assertThat(turn.await(PATIENCE))
                .get()
                .isInstanceOfSatisfying(
                        TurnOutcome.Failed.class,
                        failed -> assertThat(failed.code()).isEqualTo("no_reply"));
    }

    @Test
    void eventsAreExpectedByType() throws InterruptedException {
        agent.on("a")
                .expect(prompt("Begin."))
                .answer("ready")
                .expect(event("deploy"))
                .answer("seen");
        Session session = session("a");
        harness.settle();
        session.sendExternalEvent(ExternalEvent.genericJson("deploy", Json.of("v1")));
        harness.settle();
        assertThat(session.snapshot().lastAnswer()).hasValue("seen");
    }

    @Test
    void failuresFailTheTurn() throws InterruptedException {
        agent.onAny().expect(textLike("^Beg")).emit("x").fail(new IllegalStateException("no more"));
        assertThat(unnamed().await(PATIENCE))
                .get()
                .isInstanceOfSatisfying(
                        TurnOutcome.Failed.class,
                        failed -> assertThat(failed.message()).contains("no more"));
    }

    @Test
    void callsAreLogged() throws InterruptedException {
        agent.onAny().expectAny().answer("one").expectAny().answer("two");
        Session session = session("a");
        text(session.initialTurn().orElseThrow());
        text(session.startTurn("more"));
        assertThat(agent.calls()).hasSize(2).allSatisfy(call -> {
            assertThat(call.session()).isEqualTo(session.id());
            assertThat(call.attempt()).isEqualTo(1);
            assertThat(call.step()).isZero();
        });
        assertThat(agent.calls().get(1).transcriptSize()).isEqualTo(2);
        assertThat(agent.calls().get(1).toString()).contains("call of a").contains("Prompt \"more\"");
    }

    @Test
    void anUnexpectedCallFailsTheTurnAndIsReported() throws InterruptedException {
        agent.on("a").expect(prompt("other")).answer("never");
        Session session = session("a");
        assertThat(session.initialTurn().orElseThrow().await(PATIENCE))
                .get()
                .isInstanceOfSatisfying(TurnOutcome.Failed.class, failed -> {
                    assertThat(failed.code()).isEqualTo(ScriptedAgent.UNEXPECTED);
                    assertThat(failed.message()).contains("Begin.").contains("prompt \"other\"");
                });
        assertThatThrownBy(agent::verify)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("unexpected: call of a")
                .hasMessageContaining("not used: a: [prompt \"other\"]")
                .hasMessageContaining("ScriptedAgentTest.java");
        assertThatThrownBy(harness::close).isInstanceOf(AssertionError.class).hasMessageContaining("not used");
    }

    @Test
    void callsThatNothingExpectsGoToTheOtherAgent() throws InterruptedException {
        agent.otherwise(turn -> "other");
        assertThat(text(unnamed())).isEqualTo("other");
        agent.verify();
    }

    @Test
    void streamedPiecesReachThoseWhoWatch() throws InterruptedException {
        agent.on("a").expectAny().gate("start").emit("x").answer("y");
        Session session = session("a");
        agent.gate("start").awaitReached(PATIENCE);
        try (dev.meerkat.api.EventStream events =
                session.events(session.snapshot().lastCursor().orElseThrow())) {
            agent.gate("start").open();
            assertThat(events.next(PATIENCE)).get().isInstanceOf(SessionEvent.TextDelta.class);
        }
    }

    private Session session(String name) throws InterruptedException {
        return harness.meerkat().create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs(name));
    }

    private Turn unnamed() throws InterruptedException {
        return harness.meerkat()
                .create(SessionSpec.ofPrompt("Begin."))
                .initialTurn()
                .orElseThrow();
    }

    private static String text(Turn turn) throws InterruptedException {
        TurnOutcome outcome = turn.await(PATIENCE).orElseThrow(() -> new AssertionError("the turn has not ended"));
        assertThat(outcome).isInstanceOf(TurnOutcome.Completed.class);
        return ((TurnOutcome.Completed) outcome).text();
    }
}
