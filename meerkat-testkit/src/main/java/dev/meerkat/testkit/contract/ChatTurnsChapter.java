package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.agent.ModelException;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.agent.AgentRouter;
import dev.meerkat.core.agent.Backlog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How answers end, what a turn may know while it runs, and which agent answers. */
abstract class ChatTurnsChapter extends ChatChapter {
    private static CommsCommand.Input steer(String text) {
        return CommsCommand.Input.of(text).withHandlingMode(HandlingMode.STEER);
    }

    private static void steerNow(Session session, String text) {
        try {
            session.send(steer(text));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anAnswerWithoutAReasonWasCutShortAndIsTriedAgain() throws Exception {
        model.then(listener -> {
                    listener.onDelta(new ChatDelta.Text("half an ans"));
                    listener.onComplete();
                })
                .says("whole");
        Session a = idle(open(ChatAgent.of(model)), "a");

        TurnOutcome.Completed end = completed(ask(a, "Talk."));

        assertThat(end.text()).isEqualTo("whole");
        assertThat(end.finishReason()).contains(FinishReason.STOP);
        assertThat(event(a, SessionEvent.TurnFailed.class))
                .isInstanceOfSatisfying(
                        SessionEvent.TurnFailed.class,
                        failed -> assertThat(failed.code()).isEqualTo("model_cut_short"));
    }

    @Test
    void anAnswerThatCameToItsLengthOrWasHeldBackSaysSo() throws Exception {
        for (FinishReason reason :
                List.of(FinishReason.LENGTH, FinishReason.CONTENT_FILTER, new FinishReason("pause_turn"))) {
            model.then(listener -> {
                listener.onDelta(new ChatDelta.Text("once upon"));
                listener.onDelta(new ChatDelta.Finished(reason));
                listener.onComplete();
            });
        }
        Session a = idle(open(ChatAgent.of(model)), "a");

        assertThat(completed(ask(a, "Talk.")).finishReason()).contains(FinishReason.LENGTH);
        assertThat(completed(ask(a, "Talk.")).finishReason()).contains(FinishReason.CONTENT_FILTER);
        FinishReason other = completed(ask(a, "Talk.")).finishReason().orElseThrow();
        assertThat(other.kind()).isEqualTo(FinishReason.Kind.OTHER);
        assertThat(other.word()).isEqualTo("pause_turn");
        SessionEvent.TurnCompleted first = (SessionEvent.TurnCompleted) event(a, SessionEvent.TurnCompleted.class);
        assertThat(first.finishReason()).contains(FinishReason.LENGTH);
    }

    @Test
    void aModelThatSaysNothingForTooLongIsCancelledAndTriedAgain() throws Exception {
        model.then(listener -> listener.onDelta(new ChatDelta.Text("um"))).says("awake");
        Session a = idle(open(ChatAgent.of(model).idleTimeout(Duration.ofMillis(40))), "a");

        assertThat(completed(ask(a, "Talk.")).text()).isEqualTo("awake");
        model.awaitCancelled(PATIENCE);
        SessionEvent.TurnFailed failed = (SessionEvent.TurnFailed) event(a, SessionEvent.TurnFailed.class);
        assertThat(failed.code()).isEqualTo("model_stalled");
    }

    @Test
    void aRefusalIsNotTriedAgainAndABadKeyIs() throws Exception {
        ModelException refusal = new ModelException(ModelException.Kind.REFUSED, "no", null);
        ModelException badKey = new ModelException(ModelException.Kind.BAD_CREDENTIALS, "key", null);
        model.then(listener -> listener.onError(refusal));
        Session a = idle(open(ChatAgent.of(model)), "a");

        assertThat(ask(a, "Talk.")).isInstanceOf(TurnOutcome.Failed.class);
        assertThat(model.requests()).hasSize(1);

        model.then(listener -> listener.onError(badKey))
                .then(listener -> listener.onError(badKey))
                .then(listener -> listener.onError(badKey));
        assertThat(ask(a, "Talk.")).isInstanceOf(TurnOutcome.Failed.class);
        assertThat(model.requests()).hasSize(4);
    }

    @Test
    void aSteerThatComesWhileTheModelSpeaksGetsOneMoreRound() throws Exception {
        Session a = idle(open(ChatAgent.of(model)), "a");
        model.then(listener -> {
                    listener.onDelta(new ChatDelta.Text("one"));
                    steerNow(a, "and two");
                    listener.onDelta(new ChatDelta.Finished(FinishReason.STOP));
                    listener.onComplete();
                })
                .says("two");

        assertThat(completed(ask(a, "Count.")).text()).isEqualTo("two");
        assertThat(last(model.read(1))).contains("and two");
        assertThat(model.read(1)).contains(new ChatMessage.Assistant("one", List.of()));
    }

    @Test
    void aCallIsGivenUpForASteerIfTheAgentIsSetSo() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<ChatModel.Listener> first = new CompletableFuture<>();
        model.then(listener -> {
                    listener.onDelta(new ChatDelta.Text("far too lo"));
                    first.complete(listener);
                    begun.countDown();
                })
                .says("short");
        Session a = idle(open(ChatAgent.of(model).steering(ChatAgent.Steering.GIVE_UP_CALL)), "a");
        Turn turn = a.startTurn("Talk.");
        assertThat(begun.await(2, TimeUnit.MINUTES)).isTrue();

        a.send(steer("be short"));

        assertThat(completed(turn.await(PATIENCE).orElseThrow()).text()).isEqualTo("short");
        model.awaitCancelled(PATIENCE);
        assertThat(model.read(1)).contains(new ChatMessage.Assistant("far too lo", List.of()));
        assertThat(last(model.read(1))).contains("be short");
        first.join().onDelta(new ChatDelta.Text("ng"));
        assertThat(a.history(0, 100).entries().toString()).doesNotContain("far too long");
    }

    @Test
    void whatALateCallbackSaysAfterAnInterruptIsDropped() throws Exception {
        CompletableFuture<ChatModel.Listener> running = new CompletableFuture<>();
        model.then(listener -> {
            listener.onDelta(new ChatDelta.Text("said"));
            running.complete(listener);
        });
        Session a = idle(open(ChatAgent.of(model)), "a");
        Turn turn = a.startTurn("Talk.");
        ChatModel.Listener listener = running.get(2, TimeUnit.MINUTES);

        a.interrupt();
        TurnOutcome end = turn.await(PATIENCE).orElseThrow();
        listener.onDelta(new ChatDelta.Text(" and more"));
        listener.onComplete();

        assertThat(end)
                .isInstanceOfSatisfying(
                        TurnOutcome.Interrupted.class,
                        stopped -> assertThat(stopped.text()).isEqualTo("said"));
        assertThat(a.history(0, 100).entries().toString()).doesNotContain("and more");
    }

    @Test
    void aBatchThatIsInterruptedKeepsWhatIsDone() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        ChatTool slow = new ChatTool("slow", "Is slow.", SCHEMA, (args, key) -> {
            running.countDown();
            new CountDownLatch(1).await();
            return Json.NULL;
        });
        model.asks("", "peers", "{}", "slow", "{}");
        Meerkat meerkat = open(ChatAgent.of(model).tools(slow));
        idle(meerkat, "known-peer");
        Session a = idle(meerkat, "a");
        Turn turn = a.startTurn("Work.");
        assertThat(running.await(2, TimeUnit.MINUTES)).isTrue();
        a.interrupt();
        assertThat(turn.await(PATIENCE).orElseThrow()).isInstanceOf(TurnOutcome.Interrupted.class);

        model.says("on");
        completed(ask(a, "Go on."));
        assertThat(model.read(1).toString()).contains("known-peer").contains("not known: the turn was stopped");
    }

    @Test
    void aToolHasATimeLimitOfItsOwn() throws Exception {
        ChatTool slow = new ChatTool("slow", "Is slow.", SCHEMA, (args, key) -> {
                    new CountDownLatch(1).await();
                    return Json.NULL;
                })
                .withTimeout(Duration.ofMillis(20));
        ChatTool fast = new ChatTool("fast", "Is fast.", SCHEMA, (args, key) -> Json.of("did it"));
        model.asks("", "slow", "{}", "fast", "{}").says("so");
        Session a = idle(open(ChatAgent.of(model).tools(slow, fast)), "a");

        completed(ask(a, "Work."));

        assertThat(model.read(1).toString()).contains("not done within PT0.02S").contains("did it");
    }

    @Test
    void aTurnKnowsWhatWaits() throws Exception {
        CompletableFuture<Session> session = new CompletableFuture<>();
        CompletableFuture<Backlog> waiting = new CompletableFuture<>();
        Session a = idle(
                open(turn -> {
                    if (!waiting.isDone()) {
                        assertThat(turn.waiting().total()).isZero();
                        assertThat(turn.waiting().oldest()).isEmpty();
                        session.join().send(CommsCommand.Input.of("later"));
                        session.join().send(steer("now"));
                        session.join().sendExternalEvent(ExternalEvent.genericJson("news", Json.NULL));
                        turn.steered().toCompletableFuture().get(2, TimeUnit.MINUTES);
                        waiting.complete(turn.waiting());
                    }
                    return "ok";
                }),
                "a");
        session.complete(a);

        completed(ask(a, "Look."));

        Backlog backlog = waiting.join();
        assertThat(List.of(backlog.prompts(), backlog.steered(), backlog.queued(), backlog.events()))
                .containsExactly(0, 1, 1, 1);
        assertThat(backlog.oldest()).isPresent();
    }

    @Test
    void aReaderThatComesLateGetsWhatWasSaidBeforeOnce() throws Exception {
        CompletableFuture<ChatModel.Listener> running = new CompletableFuture<>();
        model.then(listener -> {
            listener.onDelta(new ChatDelta.Text("once "));
            listener.onDelta(new ChatDelta.Text("upon "));
            running.complete(listener);
        });
        Session a = idle(open(ChatAgent.of(model)), "a");
        Turn turn = a.startTurn("Tell.");
        ChatModel.Listener listener = running.get(2, TimeUnit.MINUTES);
        try (EventStream late = a.eventsFromNow()) {
            listener.onDelta(new ChatDelta.Text("a time"));
            listener.onDelta(new ChatDelta.Finished(FinishReason.STOP));
            listener.onComplete();
            completed(turn.await(PATIENCE).orElseThrow());

            StringBuilder text = new StringBuilder();
            SessionEvent event = late.next(PATIENCE).orElseThrow();
            while (!(event instanceof SessionEvent.TurnCompleted)) {
                text.append(event instanceof SessionEvent.TextDelta delta ? delta.delta() + "|" : "");
                event = late.next(PATIENCE).orElseThrow();
            }
            assertThat(text.toString()).isEqualTo("once upon |a time|");
        }
    }

    @Test
    void eachKindOfSessionHasItsAgentAndAnUnknownKindIsRefused() throws Exception {
        Meerkat meerkat = open(AgentRouter.create()
                .byName("build-*", turn -> "builder")
                .byLabel("role", "triage", turn -> "triage")
                .when(session -> session.model().isPresent(), turn -> "model"));
        SessionSpec spec = SessionSpec.ofPrompt("Hello.").withDeferredStart();

        assertThat(completed(ask(meerkat.create(spec.withCommsName("build-1")), "?"))
                        .text())
                .isEqualTo("builder");
        assertThat(completed(ask(meerkat.create(spec.withLabels(Map.of("role", "triage"))), "?"))
                        .text())
                .isEqualTo("triage");
        assertThat(completed(ask(meerkat.create(spec.withModel("m")), "?")).text())
                .isEqualTo("model");
        assertThat(ask(meerkat.create(spec.withCommsName("rebuild-1")), "?"))
                .isInstanceOfSatisfying(TurnOutcome.Failed.class, end -> {
                    assertThat(end.code()).isEqualTo("no_agent");
                    assertThat(end.message()).contains("rebuild-1");
                });
        Meerkat other = open(AgentRouter.create().otherwise(turn -> "any"));
        assertThat(completed(ask(other.create(spec), "?")).text()).isEqualTo("any");
    }
}
