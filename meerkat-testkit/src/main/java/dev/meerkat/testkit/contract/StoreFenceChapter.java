package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.Session;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.RuntimeEvent;
import dev.meerkat.core.RuntimeListener;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import dev.meerkat.core.store.Fenced;
import dev.meerkat.testkit.FencedStore;
import dev.meerkat.testkit.Gate;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A runtime whose sessions go to another owner: it does nothing more for them, and those who wait are told. */
public abstract class StoreFenceChapter extends StoreClosingChapter {
    private static final Duration PATIENCE = ContractChapter.PATIENCE;
    private static final Fenced BY = new Fenced(7, "node-2");

    /** For the last chapter. */
    StoreFenceChapter() {}

    private static Meerkat meerkat(FencedStore store, Agent agent) {
        return MeerkatRuntime.of(agent)
                .store(store)
                .retry(RetryPolicy.inPlace(3, Duration.ofMillis(1), Duration.ofMillis(1)))
                .open();
    }

    private static Session idle(Meerkat meerkat, String name) throws InterruptedException {
        Session session = meerkat.create(named(name));
        assertThat(ended(session.initialTurn().orElseThrow())).isInstanceOf(TurnOutcome.Completed.class);
        return session;
    }

    private static TurnOutcome ended(Turn turn) throws InterruptedException {
        return turn.await(PATIENCE).orElseThrow(() -> new AssertionError("the turn has not ended"));
    }

    private static boolean isWork(TurnContext turn) {
        return Seen.texts(turn.inputs()).contains("work");
    }

    @Test
    public void aTurnWhoseStepIsFencedEndsAndItsCallerIsToldThatItsOutcomeIsUnknown() throws Exception {
        FencedStore store = FencedStore.around(store());
        Gate working = Gate.named("working");
        Queue<Integer> attempts = new ConcurrentLinkedQueue<>();
        Agent agent = turn -> {
            if (isWork(turn)) {
                attempts.add(turn.attempt());
                working.pass();
            }
            return "ok";
        };
        try (Meerkat meerkat = meerkat(store, agent)) {
            Session session = idle(meerkat, "a");
            Session other = idle(meerkat, "b");
            Turn turn = session.startTurn("work");
            Turn behind = session.startTurn("behind");
            working.awaitReached(PATIENCE);
            store.fence(session.id(), BY);
            working.open();

            for (Turn waiting : List.of(turn, behind)) {
                assertThatThrownBy(() -> waiting.await(PATIENCE))
                        .isInstanceOf(UnknownOutcomeException.class)
                        .hasMessageContaining("node-2")
                        .hasMessageContaining("epoch 7");
            }
            assertThat(ended(other.startTurn("go on"))).isInstanceOf(TurnOutcome.Completed.class);
            assertThat(attempts).containsExactly(1);
            assertThat(load(session.id()).standing().progress().turn()).isNotNull();

            store.giveBack(session.id());
            assertThat(ended(session.startTurn("last"))).isInstanceOf(TurnOutcome.Completed.class);
            assertThat(attempts).containsExactly(1, 2);
            assertThat(Seen.inputs(session)).containsSubsequence("work", "behind", "last");
        }
    }

    @Test
    public void everyCallThatNeedsAFencedSessionIsRefusedAndLeavesNoTrace() throws Exception {
        FencedStore store = FencedStore.around(store());
        try (Meerkat meerkat = meerkat(store, turn -> "ok")) {
            Session session = idle(meerkat, "a");
            Session peer = idle(meerkat, "b");
            long last = load(session.id()).log().last().sequence();
            store.fence(session.id(), BY);

            refused(() -> session.sendExternalEvent(ExternalEvent.genericJson("x", Json.NULL)));
            refused(() -> session.startTurn("hi"));
            refused(() -> session.send(CommsCommand.Input.of("hi")));
            refused(() -> session.changeKeepAlive(false));
            refused(session::archive);
            refused(() -> peer.send(CommsCommand.PeerMessage.to("a", "hi")));

            assertThat(load(session.id()).log().last().sequence()).isEqualTo(last);
            assertThat(load(session.id()).standing().archived()).isFalse();
            assertThat(load(session.id()).spec().keepAlive()).isTrue();
            store.giveBack(session.id());
            session.archive();
            assertThat(load(session.id()).standing().archived()).isTrue();
        }
    }

    @Test
    public void aListenerIsToldThatASessionIsAnothersNow() throws Exception {
        FencedStore store = FencedStore.around(store());
        Queue<RuntimeEvent> told = new ConcurrentLinkedQueue<>();
        RuntimeListener listener = new RuntimeListener() {
            @Override
            public void on(RuntimeEvent event) {
                told.add(event);
            }
        };
        try (Meerkat meerkat =
                MeerkatRuntime.of(turn -> "ok").store(store).listener(listener).open()) {
            Session session = idle(meerkat, "a");
            store.fence(session.id(), BY);
            refused(() -> session.startTurn("hi"));

            assertThat(told).contains(new RuntimeEvent.FencedOff(session.id(), BY.holder(), BY.epoch()));
        }
    }

    @Test
    public void aCreationThatIsFencedIsRefused() throws Exception {
        FencedStore store = FencedStore.around(store());
        try (Meerkat meerkat = meerkat(store, turn -> "ok")) {
            store.fenceCreations(BY);

            refused(() -> meerkat.create(named("a")));

            assertThat(store().find("default", "a")).isEmpty();
        }
    }

    @Test
    public void thoseWhoWaitForRepliesOfAFencedSessionAreToldAndItsStreamsEnd() throws Exception {
        FencedStore store = FencedStore.around(store());
        try (Meerkat meerkat = meerkat(store, turn -> "ok")) {
            Session asker = idle(meerkat, "asker");
            idle(meerkat, "silent");
            Reply reply = asker.request(CommsCommand.PeerRequest.to("silent", "sum", Json.NULL));
            CompletableFuture<PeerReply> waiting = reply.completion().toCompletableFuture();
            try (EventStream events = asker.events(load(asker.id()).log().last())) {
                store.fence(asker.id(), BY);
                refused(() -> asker.startTurn("hi"));

                assertThatThrownBy(() -> {
                            while (events.next(PATIENCE).isPresent()) {
                                assertThat(events).isNotNull();
                            }
                        })
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("node-2");
            }
            assertThatThrownBy(() -> waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .hasCauseInstanceOf(UnknownOutcomeException.class)
                    .hasMessageContaining("node-2");
        }
    }

    @Test
    public void noStepAndNoToolBeginsPastTheEndOfTheLeaseAndTheTurnGoesOnWhenItIsBack() throws Exception {
        FencedStore store = FencedStore.around(store());
        AtomicInteger tools = new AtomicInteger();
        Gate before = Gate.named("before the tool");
        Queue<Throwable> refusals = new ConcurrentLinkedQueue<>();
        Agent agent = turn -> {
            if (isWork(turn)) {
                before.pass();
                try {
                    turn.tool("charge", Json.NULL, key -> Json.of(tools.incrementAndGet()));
                } catch (RuntimeException e) {
                    refusals.add(e);
                    store.giveBack(turn.session().id());
                }
            }
            return "ok";
        };
        try (Meerkat meerkat = meerkat(store, agent)) {
            Session session = idle(meerkat, "a");
            Turn turn = session.startTurn("work");
            before.awaitReached(PATIENCE);
            store.doubt(session.id());
            before.open();

            assertThat(ended(turn)).isInstanceOf(TurnOutcome.Completed.class);
            assertThat(refusals).hasSize(1);
            assertThat(tools).hasValue(1);
        }
    }

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("belongs to node-2 now, by epoch 7")
                .hasMessageContaining("nothing of this call was stored");
    }
}
