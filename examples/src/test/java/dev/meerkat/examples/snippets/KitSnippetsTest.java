package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.*;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.testkit.FaultyStore;
import dev.meerkat.testkit.InputPattern;
import dev.meerkat.testkit.MeerkatExtension;
import dev.meerkat.testkit.MeerkatHarness;
import dev.meerkat.testkit.ScriptedAgent;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(MeerkatExtension.class)
class KitSnippetsTest {
    private final Agent myAgent = turn -> "seen " + turn.inputs().size();

    @Test
    void ownAgentsAreTestedTheSameWay(MeerkatHarness harness) throws InterruptedException {
        // snippet: own-agent
        harness.answeredBy(myAgent);
        Session session = harness.meerkat().create(SessionSpec.ofPrompt("Go.").withKeepAliveAs("agent-a"));
        harness.settle();
        // end
        assertThat(session.snapshot().lastAnswer()).hasValue("seen 1");
    }

    @Test
    void timeIsTheTests(MeerkatHarness harness, ScriptedAgent agent) throws InterruptedException {
        // snippet: time
        agent.on("agent-a")
                .expectAny()
                .fail(new IOException("the model is away"))
                .expectAny()
                .answer("ready");
        Session session = harness.meerkat().create(SessionSpec.ofPrompt("Go.").withKeepAliveAs("agent-a"));
        harness.settle(); // the first attempt has failed
        harness.advance(Duration.ofSeconds(2)); // the second is due, and has run
        // end
        assertThat(session.snapshot().lastAnswer()).hasValue("ready");
    }

    @Test
    void aRunningTurnIsHeldAtAGate(MeerkatHarness harness, ScriptedAgent agent) throws InterruptedException {
        // snippet: gate
        agent.on("agent-a").expectAny().gate("model").answer("ready");
        Session session = harness.meerkat().create(SessionSpec.ofPrompt("Go.").withKeepAliveAs("agent-a"));
        agent.gate("model").awaitReached(Duration.ofSeconds(10)); // the turn runs, and waits here
        assertThat(session.snapshot().state()).isEqualTo(SessionSnapshot.State.RUNNING);
        agent.gate("model").open();
        harness.settle();
        // end
        assertThat(session.snapshot().state()).isEqualTo(SessionSnapshot.State.IDLE);
    }

    @Test
    void aCrashLosesNothingThatWasAcknowledged(MeerkatHarness harness, ScriptedAgent agent)
            throws InterruptedException {
        agent.on("agent-a")
                .expectAny()
                .answer("ready")
                .expect(InputPattern.event("tick"))
                .answer("ticked");
        // snippet: crash
        Session session = harness.meerkat().create(SessionSpec.ofPrompt("Go.").withKeepAliveAs("agent-a"));
        harness.settle();
        harness.executor().hold(); // no turn runs from here on
        session.sendExternalEvent(ExternalEvent.genericJson("tick", Json.NULL));
        harness.crash(); // as if the process had died: the store is opened again
        harness.executor().release();
        harness.settle();
        // end
        assertThat(harness.meerkat().open("agent-a").snapshot().lastAnswer()).hasValue("ticked");
    }

    @Test
    void aWriteFailsOnDemand(MeerkatHarness harness, ScriptedAgent agent) throws InterruptedException {
        agent.on("agent-a").expectAny().answer("ready");
        // snippet: fault
        FaultyStore store = FaultyStore.around(MemoryStore.create());
        harness.store(() -> store);
        Session session = harness.meerkat().create(SessionSpec.ofPrompt("Go.").withKeepAliveAs("agent-a"));
        harness.settle();
        store.failWrite(1, FaultyStore.Moment.BEFORE); // the next write is refused, surely not done
        assertThatThrownBy(() -> session.sendExternalEvent(ExternalEvent.genericJson("tick", Json.NULL)))
                .isInstanceOf(StoreException.class);
        // end
        assertThat(session.snapshot().waitingExternal()).hasValue(0);
        assertThat(store.durable()).isFalse();
    }
}
