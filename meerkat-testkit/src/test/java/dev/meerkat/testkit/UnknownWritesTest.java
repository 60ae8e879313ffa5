package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.Reply;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.testkit.FaultyStore.Moment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is stored though its write failed takes effect as soon as the store takes writes, and stops nothing after it. */
@Timeout(60)
class UnknownWritesTest {
    private static final Duration LATER = Duration.ofMinutes(1);

    private final MeerkatHarness harness = MeerkatHarness.create();
    private final FaultyStore store = FaultyStore.around(MemoryStore.create());
    private volatile boolean failing;
    private Session a;
    private Session b;

    @BeforeEach
    void twoSessions() throws InterruptedException {
        harness.store(() -> store)
                .retry(RetryPolicy.inPlace(1, Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .answeredBy(turn -> {
                    if (failing) {
                        throw new IllegalStateException("poison");
                    }
                    String text = InputPattern.describe(turn.inputs());
                    if (text.contains("Prompt \"send\"")) {
                        turn.comms().send(CommsCommand.PeerMessage.to("b", "hi"));
                    }
                    return text;
                });
        a = session("a");
        b = session("b");
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private Session session(String name) throws InterruptedException {
        Session session =
                harness.meerkat().create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs(name));
        harness.settle();
        return session;
    }

    private void mended() throws InterruptedException {
        store.mend();
        harness.advance(LATER);
    }

    private static ExternalEvent event(String type) {
        return ExternalEvent.genericJson(type, Json.NULL).withIdempotencyKey(type);
    }

    private String answer(Session session) throws InterruptedException {
        return session.snapshot().lastAnswer().orElseThrow();
    }

    @Test
    void anEventIsHandledAndSoAreThoseAfterIt() throws InterruptedException {
        store.failWrite(1, Moment.AFTER);
        assertThatExceptionOfType(UnknownOutcomeException.class).isThrownBy(() -> b.sendExternalEvent(event("e1")));
        mended();

        assertThat(answer(b)).contains("e1");
        assertThat(b.sendExternalEvent(event("e1"))).isInstanceOf(EventOutcome.Duplicate.class);
        for (String next : List.of("e2", "e3", "e4")) {
            b.sendExternalEvent(event(next));
            harness.settle();
            assertThat(answer(b)).contains(next);
        }
    }

    @Test
    void anInputThatWasNotStoredLeavesItsRoom() throws InterruptedException {
        store.failWrite(1, Moment.BEFORE);
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> b.sendExternalEvent(event("e1")));
        mended();

        assertThat(b.snapshot().waitingExternal()).hasValue(0);
        b.sendExternalEvent(event("e2"));
        harness.settle();
        assertThat(answer(b)).contains("e2").doesNotContain("e1");
    }

    @Test
    void aMessageOfATurnIsHandledOnce() throws InterruptedException {
        // The prompt, the start and the end of the turn, and then the delivery.
        store.failWrite(4, Moment.AFTER);
        a.startTurn("send");
        harness.settle();
        mended();

        assertThat(answer(b)).contains("hi");
        b.send(CommsCommand.Input.of("next"));
        harness.settle();
        assertThat(answer(b)).contains("next").doesNotContain("hi");
    }

    @Test
    void aSessionBeginsItsFirstTurn() throws InterruptedException {
        store.failWrite(1, Moment.AFTER);
        assertThatExceptionOfType(UnknownOutcomeException.class).isThrownBy(() -> session("c"));
        mended();

        assertThat(answer(harness.meerkat().open("c"))).contains("Begin.");
    }

    @Test
    void aDeadLetterThatWasPutBackIsTriedAgain() throws InterruptedException {
        failing = true;
        b.sendExternalEvent(event("e1"));
        harness.settle();
        failing = false;
        store.failWrite(1, Moment.AFTER);
        assertThatExceptionOfType(UnknownOutcomeException.class)
                .isThrownBy(() -> b.redrive(
                        b.deadLetters(0, 1).deadLetters().get(0).input().id()));
        mended();

        assertThat(answer(b)).contains("e1");
    }

    @Test
    void aDeadLetterThatItsKeyPutBackIsTriedAgain() throws InterruptedException {
        failing = true;
        b.sendExternalEvent(event("e1"));
        harness.settle();
        failing = false;
        store.failWrite(1, Moment.AFTER);
        assertThatExceptionOfType(UnknownOutcomeException.class).isThrownBy(() -> b.sendExternalEvent(event("e1")));
        mended();

        assertThat(answer(b)).contains("e1");
    }

    @Test
    void aReplyReachesWhoWaitsForIt() throws InterruptedException {
        Reply reply = a.request(CommsCommand.PeerRequest.to("b", "ask", Json.NULL));
        harness.settle();
        CompletableFuture<PeerReply> came = reply.completion().toCompletableFuture();
        store.failWrite(1, Moment.AFTER);
        assertThatExceptionOfType(UnknownOutcomeException.class)
                .isThrownBy(() -> b.send(
                        CommsCommand.PeerResponse.completed(PeerRef.named("a"), reply.requestId(), Json.of("yes"))));
        mended();

        assertThat(came)
                .isCompletedWithValueMatching(arrived -> arrived.requestId().equals(reply.requestId()));
    }

    @Test
    void workThatWaitsBeginsWhenASessionIsKeptAlive() throws InterruptedException {
        b.changeKeepAlive(false);
        b.send(CommsCommand.Input.of("waits"));
        harness.settle();
        store.failWrite(1, Moment.AFTER);
        assertThatExceptionOfType(UnknownOutcomeException.class).isThrownBy(() -> b.changeKeepAlive(true));
        mended();

        assertThat(answer(b)).contains("waits");
    }
}
