package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.testkit.FaultyStore.Moment;
import dev.meerkat.testkit.FaultyTransport.Fault;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private final MeerkatHarness harness = MeerkatHarness.create();
    private final FaultyTransport transport = FaultyTransport.scripted(harness.time());
    private final FaultyStore store = FaultyStore.around(MemoryStore.create());
    private Session a;
    private Session b;

    @BeforeEach
    void twoSessions() throws InterruptedException {
        harness.agent().otherwise(turn -> InputPattern.describe(turn.inputs()));
        harness.transport(transport).store(() -> store);
        a = harness.meerkat().create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
        b = harness.meerkat().create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("b"));
        harness.settle();
    }

    @AfterEach
    void nothingIsLeft() {
        harness.close();
    }

    @Test
    void aDroppedEnvelopeIsUnknownToItsSenderAndNeverArrives() throws InterruptedException {
        transport.next(Fault.DROP);
        UnknownOutcomeException unknown = sendUnknown();
        assertThat(b.inputStatus(new InputId(unknown.id().orElseThrow()))).isEmpty();
    }

    @Test
    void aLostAcknowledgementIsUnknownToItsSenderAndArrives() throws InterruptedException {
        transport.next(Fault.LOSE_ACK);
        UnknownOutcomeException unknown = sendUnknown();
        assertThat(b.inputStatus(new InputId(unknown.id().orElseThrow()))).isPresent();
    }

    @Test
    void aRepeatedEnvelopeIsTakenOnce() throws InterruptedException {
        transport.next(Fault.DUPLICATE);
        a.send(CommsCommand.PeerMessage.to("b", "hi"));
        harness.settle();
        assertThat(harness.agent().calls("b")).hasSize(2);
        assertThat(b.snapshot().lastAnswer()).hasValue("[PeerMessage \"hi\"]");
    }

    @Test
    void adelayedEnvelopeArrivesWhenTheClockGetsThere() throws InterruptedException {
        harness.agent()
                .on("a")
                .expectAny()
                .send(CommsCommand.PeerMessage.to("b", "hi"))
                .answer("sent");
        transport.next(Fault.DELAY);
        a.startTurn("send");
        harness.settle();
        assertThat(harness.agent().calls("b")).hasSize(1);
        harness.advance(Duration.ofSeconds(1));
        assertThat(b.snapshot().lastAnswer()).hasValue("[PeerMessage \"hi\"]");
    }

    @Test
    void anAgentsDroppedMessageIsSentAgain() throws InterruptedException {
        harness.agent()
                .on("a")
                .expectAny()
                .send(CommsCommand.PeerMessage.to("b", "hi"))
                .answer("sent");
        transport.next(Fault.DROP, Fault.LOSE_ACK);
        a.startTurn("send");
        harness.settle();
        harness.advance(Duration.ofMinutes(1));
        assertThat(b.snapshot().lastAnswer()).hasValue("[PeerMessage \"hi\"]");
        assertThat(harness.agent().calls("b")).hasSize(2);
    }

    @Test
    void sameSeedGivesTheSameFaults() {
        assertThat(faults(5)).isEqualTo(faults(5)).isNotEqualTo(faults(6)).contains("none", "unknown", "twice");
    }

    private static List<String> faults(long seed) {
        FaultyTransport seeded = FaultyTransport.seeded(VirtualTime.create(), seed, 50, Duration.ofSeconds(1));
        return java.util.stream.IntStream.range(0, 100)
                .mapToObj(i -> seen(seeded))
                .toList();
    }

    private static String seen(FaultyTransport transport) {
        int[] received = new int[1];
        boolean failed = transport
                .open(envelope -> {
                    received[0]++;
                    return java.util.concurrent.CompletableFuture.completedFuture(
                            new dev.meerkat.api.Delivery.HandedOff());
                })
                .deliver(envelope())
                .toCompletableFuture()
                .isCompletedExceptionally();
        return failed ? "unknown" : received[0] == 2 ? "twice" : received[0] == 1 ? "none" : "later";
    }

    private static dev.meerkat.core.store.Envelope envelope() {
        java.util.UUID id = new java.util.UUID(1, 2);
        dev.meerkat.api.SessionId session = new dev.meerkat.api.SessionId(id);
        dev.meerkat.api.PeerSender peer = new dev.meerkat.api.PeerSender(new dev.meerkat.api.PeerId(id), "p");
        return new dev.meerkat.core.store.Envelope(
                new dev.meerkat.api.EnvelopeId(id),
                new dev.meerkat.core.store.Envelope.Party(session, peer),
                new dev.meerkat.core.store.Envelope.Party(session, peer),
                CommsCommand.PeerMessage.to("p", "x"),
                false,
                VirtualTime.START,
                java.util.Optional.empty(),
                true);
    }

    @Test
    void aWriteThatFailsBeforehandIsRefused() throws InterruptedException {
        store.failWrite(1, Moment.BEFORE);
        assertThatThrownBy(() -> b.send(CommsCommand.Input.of("x"))).isInstanceOf(StoreException.class);
        b.send(CommsCommand.Input.of("y"));
        harness.settle();
        assertThat(b.snapshot().lastAnswer()).hasValue("[Local \"y\"]");
    }

    @Test
    void aWriteThatFailsAfterwardsIsUnknownAndBreaksTheStore() throws InterruptedException {
        store.failWrite(2, Moment.AFTER);
        long before = store.writes();
        harness.executor().hold();
        b.send(CommsCommand.Input.of("x"));
        UnknownOutcomeException unknown = org.junit.jupiter.api.Assertions.assertThrows(
                UnknownOutcomeException.class, () -> b.send(CommsCommand.Input.of("y")));
        assertThatThrownBy(() -> b.send(CommsCommand.Input.of("z"))).isInstanceOf(StoreException.class);
        // The fourth looks what became of the second, and is refused as the third.
        assertThat(store.writes() - before).isEqualTo(4);
        assertThat(b.inputStatus(new InputId(unknown.id().orElseThrow()))).isPresent();
        store.mend();
        harness.crash();
        harness.executor().release();
        harness.settle();
        assertThat(harness.meerkat().open("b").snapshot().lastAnswer()).hasValue("[Local \"x\", Local \"y\"]");
    }

    @Test
    void writesAreCountedFromOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> store.failWrite(0, Moment.BEFORE));
    }

    private UnknownOutcomeException sendUnknown() {
        return org.junit.jupiter.api.Assertions.assertThrows(
                UnknownOutcomeException.class, () -> a.send(CommsCommand.PeerMessage.to("b", "hi")));
    }
}
