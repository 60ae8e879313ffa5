package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.agent.Budget;
import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.HealthCheck;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Budgets of turns and sessions, and what parks a session. */
abstract class ChatBudgetsChapter extends ChatChapter {
    private static TurnOutcome.Parked parked(TurnOutcome outcome) {
        assertThat(outcome).isInstanceOf(TurnOutcome.Parked.class);
        return (TurnOutcome.Parked) outcome;
    }

    private static boolean answers(SessionEvent event, String text) {
        return event instanceof SessionEvent.TurnCompleted completed
                && completed.text().equals(text);
    }

    @Test
    void aTurnOverItsBudgetParksItsSessionUntilSomebodyUnparksIt() throws Exception {
        model.asks("", "peers", "{}").asks("", "peers", "{}");
        Meerkat meerkat = open(ChatAgent.of(model).budget(Budget.UNLIMITED.withModelCalls(2)));
        Session a = alive(meerkat, "a");

        TurnOutcome.Parked end = parked(ask(a, "Loop."));

        assertThat(end.code()).isEqualTo("budget_exceeded");
        assertThat(end.message()).contains("turn", "3 of 2", "calls of the model");
        assertThat(a.snapshot().parked())
                .hasValueSatisfying(why -> assertThat(why.message()).isEqualTo(end.message()));
        assertThat(((HealthCheck) meerkat).health().problems())
                .anySatisfy(problem -> assertThat(problem.code()).isEqualTo("session_parked"));
        assertThat(parked(ask(a, "And now?")).turnId()).isEqualTo(end.turnId());
        a.sendExternalEvent(ExternalEvent.genericJson("news", Json.of("more")));
        assertThat(a.snapshot().waitingExternal()).hasValue(1);
        assertThat(model.requests()).hasSize(2);

        model.says("looped").says("now").says("seen");
        assertThat(a.unpark()).isTrue();
        assertThat(a.unpark()).isFalse();
        event(a, 1, e -> answers(e, "looped"));
        event(a, 2, SessionEvent.TurnCompleted.class::isInstance);
        assertThat(a.snapshot().parked()).isEmpty();
        assertThat(((HealthCheck) meerkat).health().problems()).isEmpty();
    }

    @Test
    void aRestartNeitherUnparksNorStartsTheCountAnew() throws Exception {
        model.says("one").says("two");
        ChatAgent agent = ChatAgent.of(model).sessionBudget(Budget.UNLIMITED.withTokens(20));
        Session a = idle(open(agent), "a");
        completed(ask(a, "One."));
        a = open(agent).open(a.id());
        completed(ask(a, "Two."));

        assertThat(parked(ask(a, "Three.")).message()).contains("session", "22 of 20", "tokens");
        Meerkat again = open(agent);
        a = again.open(a.id());
        assertThat(a.snapshot().parked()).isPresent();
        assertThat(parked(ask(a, "Four.")).code()).isEqualTo("budget_exceeded");
        assertThat(((HealthCheck) again).health().problems()).hasSize(1);
        assertThat(model.requests()).hasSize(2);

        model.says("three").says("four");
        assertThat(a.unpark()).isTrue();
        event(a, 1, e -> answers(e, "four"));
    }

    @Test
    void toolsOverTheBudgetAreCalledOnceUnparkedAndOnceOnly() throws Exception {
        AtomicInteger paid = new AtomicInteger();
        ChatTool pay = new ChatTool("pay", "Pays.", SCHEMA, (args, key) -> Json.of(paid.incrementAndGet()));
        model.asks("", "pay", "{}", "pay", "{}").says("paid");
        Session a = idle(open(ChatAgent.of(model).tools(pay).budget(Budget.UNLIMITED.withToolCalls(1))), "a");

        assertThat(parked(ask(a, "Pay.")).message()).contains("2 of 1", "calls of tools");
        assertThat(paid).hasValue(0);
        assertThat(a.unpark()).isTrue();
        event(a, 1, e -> answers(e, "paid"));
        assertThat(paid).hasValue(2);
    }

    @Test
    void aTurnThatTakesTooLongIsStoppedAndWhatItSaidIsKept() throws Exception {
        model.then(listener -> listener.onDelta(new ChatDelta.Text("so far")));
        Session a = idle(open(ChatAgent.of(model).budget(Budget.UNLIMITED.withTime(Duration.ofMillis(300)))), "a");

        assertThat(parked(ask(a, "Talk.")).message()).contains("time");
        model.awaitCancelled(PATIENCE);
        assertThat(a.history(0, 100).entries())
                .anySatisfy(entry -> assertThat(entry)
                        .isInstanceOfSatisfying(
                                TranscriptEntry.ModelStep.class,
                                step -> assertThat(step.text()).isEqualTo("so far")));
    }

    @Test
    void attemptsThatFailCount() throws Exception {
        for (int i = 0; i < 3; i++) {
            model.then(listener -> {
                listener.onDelta(new ChatDelta.Text("cut"));
                listener.onComplete();
            });
        }
        Session a = idle(open(ChatAgent.of(model).budget(Budget.UNLIMITED.withModelCalls(2))), "a");

        assertThat(parked(ask(a, "Talk.")).message()).contains("3 of 2");
        assertThat(model.requests()).hasSize(2);
    }

    @Test
    void anInterruptEndsAParkedTurnAndTheSessionGoesOn() throws Exception {
        model.asks("", "peers", "{}");
        Session a = idle(open(ChatAgent.of(model).budget(Budget.UNLIMITED.withModelCalls(1))), "a");
        parked(ask(a, "Loop."));

        assertThat(a.interrupt()).isInstanceOf(InterruptOutcome.Stopping.class);

        event(a, SessionEvent.TurnInterrupted.class);
        assertThat(a.snapshot().parked()).isEmpty();
        assertThat(model.requests()).hasSize(1);
        model.says("on");
        assertThat(completed(ask(a, "Go on.")).text()).isEqualTo("on");
    }

    @Test
    void aParkedSessionCanBeArchived() throws Exception {
        model.asks("", "peers", "{}");
        Session a = idle(open(ChatAgent.of(model).budget(Budget.UNLIMITED.withModelCalls(1))), "a");
        parked(ask(a, "Loop."));

        a.archive();

        event(a, 2, SessionEvent.Lifecycle.class::isInstance);
    }
}
