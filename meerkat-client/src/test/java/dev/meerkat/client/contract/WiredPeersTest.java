package dev.meerkat.client.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.CommsCommand.PeerRequest;
import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAmbiguousException;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.client.RemoteMeerkat;
import dev.meerkat.client.fake.FakeLine;
import dev.meerkat.client.fake.FakeServer;
import dev.meerkat.client.fake.FakeTcp;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Peers as the real servers have them: members of a mob that were wired, addressed by name and by id. */
@SuppressWarnings("try") // closing may be interrupted
class WiredPeersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String B = "m/w/b";

    private FakeServer server;
    private FakeTcp tcp;
    private RawRpc raw;
    private RemoteMeerkat meerkat;
    private Session a;
    private Session b;

    private void wired(FakeLine line) throws Exception {
        server = FakeServer.of(line);
        tcp = new FakeTcp(server);
        raw = new RawRpc(tcp);
        meerkat = MeerkatClient.tcp(tcp.host(), tcp.port()).open();
        raw.mob("m");
        SessionId one = raw.member("m", "w", "a");
        SessionId other = raw.member("m", "w", "b");
        raw.wire("m", "a", "b");
        a = meerkat.open(one);
        b = meerkat.open(other);
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        meerkat.close();
        raw.close();
        tcp.close();
        server.close();
        Leftovers.assertNone();
    }

    @ParameterizedTest
    @EnumSource
    void wiredMembersAreEachOthersPeers(FakeLine line) throws Exception {
        wired(line);

        assertThat(a.peers()).extracting(Peer::name).containsExactly(B);
        assertThat(b.peers()).extracting(Peer::name).containsExactly("m/w/a");
        assertThat(a.peers().get(0).id()).isNotEqualTo(b.peers().get(0).id());
    }

    @ParameterizedTest
    @EnumSource
    void aMessageByNameReachesThePeerAndWakesIt(FakeLine line) throws Exception {
        wired(line);

        Receipt.PeerMessageSent receipt = answered(() -> a.send(PeerMessage.to(B, "hello")));

        assertDelivered(receipt.delivery(), line);
        InputBody.PeerMessage got = (InputBody.PeerMessage) newest();
        assertThat(got.command().body()).isEqualTo("hello");
        assertThat(got.from().name()).isEqualTo("m/w/a");
        assertThat(got.from().id()).isEqualTo(b.peers().get(0).id());
        assertThat(a.snapshot().messageCount()).as("the sender sleeps on").isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aMessageByIdReachesThePeer(FakeLine line) throws Exception {
        wired(line);
        PeerId id = a.peers().get(0).id();

        answered(() -> a.send(PeerMessage.to(PeerRef.id(id), "by id")));

        assertThat(((InputBody.PeerMessage) newest()).command().body()).isEqualTo("by id");
    }

    @ParameterizedTest
    @EnumSource
    void aSteeredMessageWakesAnIdlePeerWhereTheLineSteersAndElseIsRefused(FakeLine line) throws Exception {
        wired(line);
        PeerMessage steered = PeerMessage.to(B, "now").withHandlingMode(HandlingMode.STEER);
        if (line == FakeLine.V06) {
            assertThatExceptionOfType(NotSupportedException.class)
                    .isThrownBy(() -> a.send(steered))
                    .withMessageContaining("handling_mode");
            return;
        }

        answered(() -> a.send(steered));

        assertThat(((InputBody.PeerMessage) newest()).command().body()).isEqualTo("now");
    }

    @ParameterizedTest
    @EnumSource
    void taintIsDeclaredWhereTheLineCarriesItAndElseRefused(FakeLine line) throws Exception {
        wired(line);
        PeerMessage tainted = PeerMessage.to(B, "from the web").withContentTaint(ContentTaint.TAINTED);

        if (line == FakeLine.V06) {
            assertThatExceptionOfType(NotSupportedException.class)
                    .isThrownBy(() -> a.send(tainted))
                    .withMessageContaining("content_taint");
            assertThat(b.snapshot().messageCount()).isEqualTo(1);
        } else {
            answered(() -> a.send(tainted));
            assertThat(((InputBody.PeerMessage) newest()).command().contentTaint())
                    .isEqualTo(ContentTaint.TAINTED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLifecycleNoticeIsTakenWithoutATurn(FakeLine line) throws Exception {
        wired(line);

        Receipt.PeerLifecycleSent receipt = a.send(new CommsCommand.PeerLifecycle(
                PeerRef.named(B), LifecycleKind.PEER_ADDED, Json.parse("{\"peer\":\"x\"}")));

        assertThat(receipt.envelopeId()).isNotNull();
        assertThat(receipt.delivery()).isNotInstanceOf(Delivery.Durable.class);
        assertThat(b.snapshot().messageCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aRequestOfTheClosedSetIsShownAndAnsweredOnce(FakeLine line) throws Exception {
        wired(line);

        Receipt.PeerRequestSent receipt =
                answered(() -> a.send(PeerRequest.to(B, "checksum_token", Json.parse("{\"subject\":\"s\"}"))));

        assertDelivered(receipt.delivery(), line);
        InputBody.PeerRequest got = (InputBody.PeerRequest) newest();
        assertThat(got.requestId()).isEqualTo(receipt.requestId());
        assertThat(got.command().intent()).isEqualTo("checksum_token");
        assertThat(got.command().params().text()).isEqualTo("{\"subject\":\"s\"}");
        PeerResponse response = PeerResponse.completed(
                PeerRef.named("m/w/a"),
                receipt.requestId(),
                Json.parse("{\"request_intent\":\"checksum_token\",\"request_subject\":\"s\",\"token\":\"t\"}"));
        assertThat(b.send(response).inReplyTo()).isEqualTo(receipt.requestId());
        assertThatExceptionOfType(dev.meerkat.api.MeerkatException.class).isThrownBy(() -> b.send(response));
    }

    @ParameterizedTest
    @EnumSource
    void anIntentOutsideTheClosedSetIsRefusedBeforeItIsSent(FakeLine line) throws Exception {
        wired(line);

        assertThatExceptionOfType(NotSupportedException.class)
                .isThrownBy(() -> a.send(PeerRequest.to(B, "review", Json.EMPTY_OBJECT)))
                .withMessageContaining("review");
        assertThat(b.snapshot().messageCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void anAbsentNameIsRefusedWithTheNamesThereAre(FakeLine line) throws Exception {
        wired(line);

        assertThatExceptionOfType(PeerNotFoundException.class)
                .isThrownBy(() -> a.send(PeerMessage.to("nobody", "x")))
                .withMessageContaining("nobody")
                .withMessageContaining(B)
                .satisfies(refusal ->
                        assertThat(refusal.candidates()).extracting(Peer::name).containsExactly(B));
        PeerRef unknown = PeerRef.id(new PeerId(new UUID(1, 2)));
        assertThatExceptionOfType(PeerNotFoundException.class)
                .isThrownBy(() -> a.send(PeerMessage.to(unknown, "x")))
                .satisfies(refusal -> assertThat(refusal.candidates()).hasSize(1));
    }

    @ParameterizedTest
    @EnumSource
    void aNameOfTwoPeersIsRefusedWithBothAndTheirIdsStillServe(FakeLine line) throws Exception {
        wired(line);
        SessionId one = raw.member("m", "w/x", "c");
        SessionId other = raw.member("m", "w", "x/c");
        raw.wire("m", "a", "c");
        raw.wire("m", "a", "x/c");

        assertThatExceptionOfType(PeerAmbiguousException.class)
                .isThrownBy(() -> a.send(PeerMessage.to("m/w/x/c", "x")))
                .satisfies(refusal -> assertThat(refusal.candidates()).hasSize(2));
        assertThat(meerkat.open(one).snapshot().messageCount()).isEqualTo(1);
        assertThat(meerkat.open(other).snapshot().messageCount()).isEqualTo(1);
        for (Peer peer : a.peers()) {
            assertThat(a.send(PeerMessage.to(PeerRef.id(peer.id()), "x")).envelopeId())
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatIsArchivedIsNoPeerAnyMore(FakeLine line) throws Exception {
        wired(line);
        answered(() -> a.send(PeerMessage.to(B, "last words")));

        b.archive();

        assertThatExceptionOfType(PeerNotFoundException.class)
                .isThrownBy(() -> a.send(PeerMessage.to(B, "too late")))
                .satisfies(refusal -> assertThat(refusal.candidates()).isEmpty());
    }

    /** Sends, and waits until a turn of b has answered. */
    private <R> R answered(Send<R> send) throws Exception {
        try (EventStream events = b.eventsFromNow()) {
            R receipt = send.run();
            SessionEvent event;
            do {
                event = events.next(PATIENCE).orElseThrow(() -> new AssertionError("the peer does not wake"));
            } while (!(event instanceof SessionEvent.TurnCompleted));
            return receipt;
        }
    }

    private interface Send<R> {
        R run() throws InterruptedException;
    }

    /** The newest input in the transcript of b. */
    private InputBody newest() throws InterruptedException {
        List<TranscriptEntry> inputs = b.history(0, 100).entries().stream()
                .filter(TranscriptEntry.Input.class::isInstance)
                .toList();
        return ((TranscriptEntry.Input) inputs.get(inputs.size() - 1)).input().body();
    }

    private static void assertDelivered(Delivery delivery, FakeLine line) {
        if (line == FakeLine.V06) {
            assertThat(delivery).as("not told").isNotInstanceOf(Delivery.Durable.class);
        } else {
            assertThat(delivery).isInstanceOf(Delivery.Durable.class);
        }
    }
}
