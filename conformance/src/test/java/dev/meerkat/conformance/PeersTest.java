package dev.meerkat.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.client.RemoteMeerkat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Real peers: two members of a mob, which a host has wired. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@MethodSource("dev.meerkat.conformance.Reached#tcp")
class PeersTest extends ServerTest {
    private static final Json SUBJECT = Json.parse("{\"subject\":\"s\"}");
    private static final Json TOKEN =
            Json.parse("{\"request_intent\":\"checksum_token\",\"request_subject\":\"s\",\"token\":\"t\"}");

    private int mobs;

    private record Pair(String mob, Session a, Session b) {
        /** The name under which the first sees the second. */
        String nameOfB() {
            return mob + "/w/b";
        }

        PeerRef idOfA() throws InterruptedException {
            return PeerRef.id(b.peers().get(0).id());
        }
    }

    private Pair wired() throws Exception {
        String mob = "m" + ++mobs;
        try (RawRpc host = new RawRpc(server().port())) {
            host.call(
                    "mob/create",
                    "{'definition':{'id':'" + mob
                            + "','profiles':{'w':{'model':'claude-sonnet-4-5','tools':{'comms':true}}}}}");
            for (String member : List.of("a", "b")) {
                host.call(
                        "mob/spawn",
                        "{'mob_id':'" + mob + "','profile':'w','agent_identity':'" + member
                                + "','runtime_mode':'turn_driven'}");
            }
            host.call("mob/wire", "{'mob_id':'" + mob + "','member':'a','peer':{'local':'b'}}");
            RemoteMeerkat client = client();
            return new Pair(mob, member(host, client, mob, "a"), member(host, client, mob, "b"));
        }
    }

    private static Session member(RawRpc host, RemoteMeerkat client, String mob, String member) throws Exception {
        String id = host.call("mob/member_status", "{'mob_id':'" + mob + "','agent_identity':'" + member + "'}")
                .get("current_session_id")
                .asText();
        return client.open(SessionId.of(id));
    }

    @Test
    void wiredMembersSeeEachOther() throws Exception {
        Pair pair = wired();

        List<Peer> peers = pair.a().peers();

        assertThat(peers).extracting(Peer::name).containsExactly(pair.nameOfB());
        assertThat(peers.get(0).sendableKinds()).contains("peer_message", "peer_request", "peer_response");
    }

    @Test
    void aMessageToANameWakesThePeer() throws Exception {
        // The server takes ids only; the client looks the name up.
        Pair pair = wired();
        try (EventStream events = pair.b().eventsFromNow()) {

            Receipt.PeerMessageSent sent =
                    pair.a().send(CommsCommand.PeerMessage.to(pair.nameOfB(), "Build failed in CI."));

            // The old line proves less.
            assertThat(sent.delivery())
                    .isEqualTo(reached().isLine09() ? new Delivery.Durable(false) : new Delivery.HandedOff());
            TranscriptEntry entry = answered(pair.b(), 1, events).get(1);
            assertThat(entry)
                    .isInstanceOfSatisfying(
                            TranscriptEntry.Input.class,
                            input -> assertThat(input.input().body())
                                    .isInstanceOfSatisfying(InputBody.PeerMessage.class, message -> {
                                        assertThat(message.command().body()).isEqualTo("Build failed in CI.");
                                        assertThat(message.from().name()).isEqualTo(pair.mob() + "/w/a");
                                    }));
        }
    }

    @Test
    void aSteeredMessageTellsItsTaint() throws Exception {
        Pair pair = wired();
        CommsCommand.PeerMessage steered =
                CommsCommand.PeerMessage.to(pair.nameOfB(), "now").withHandlingMode(HandlingMode.STEER);
        CommsCommand.PeerMessage tainted = steered.withContentTaint(ContentTaint.TAINTED);
        if (!reached().isLine09()) {
            assertThatExceptionOfType(NotSupportedException.class)
                    .isThrownBy(() -> pair.a().send(steered));
            assertThatExceptionOfType(NotSupportedException.class)
                    .isThrownBy(() -> pair.a().send(tainted));
            return;
        }
        try (EventStream events = pair.b().eventsFromNow()) {

            pair.a().send(tainted);

            assertThat(((TranscriptEntry.Input) answered(pair.b(), 1, events).get(1))
                            .input()
                            .body())
                    .isInstanceOfSatisfying(
                            InputBody.PeerMessage.class,
                            message ->
                                    assertThat(message.command().contentTaint()).isEqualTo(ContentTaint.TAINTED));
        }
    }

    @Test
    void aRequestOfAKnownIntentIsAnsweredOnce() throws Exception {
        Pair pair = wired();
        try (EventStream asked = pair.b().eventsFromNow();
                EventStream answer = pair.a().eventsFromNow()) {
            Receipt.PeerRequestSent sent =
                    pair.a().send(CommsCommand.PeerRequest.to(pair.nameOfB(), "checksum_token", SUBJECT));
            assertThat(answered(pair.b(), 1, asked).toString())
                    .contains(sent.requestId().toString());

            Receipt.PeerResponseSent responded =
                    pair.b().send(CommsCommand.PeerResponse.completed(pair.idOfA(), sent.requestId(), TOKEN));

            assertThat(responded.inReplyTo()).isEqualTo(sent.requestId());
            assertThat(answered(pair.a(), 1, answer).toString())
                    .contains(sent.requestId().toString());
            PeerRef a = pair.idOfA();
            assertThatExceptionOfType(MeerkatException.class)
                    .isThrownBy(() -> pair.b().send(CommsCommand.PeerResponse.completed(a, sent.requestId(), TOKEN)));
        }
    }

    @Test
    void aLifecycleNoticeIsHandedOff() throws Exception {
        Pair pair = wired();

        Receipt.PeerLifecycleSent sent = pair.a()
                .send(new CommsCommand.PeerLifecycle(
                        PeerRef.named(pair.nameOfB()), LifecycleKind.PEER_ADDED, Json.parse("{\"peer\":\"x\"}")));

        assertThat(sent.delivery()).isInstanceOf(Delivery.HandedOff.class);
    }

    @Test
    void anUnwiredPeerIsNotFound() throws Exception {
        Pair pair = wired();
        PeerRef b = PeerRef.id(pair.a().peers().get(0).id());
        try (RawRpc host = new RawRpc(server().port())) {
            host.call("mob/unwire", "{'mob_id':'" + pair.mob() + "','member':'a','peer':{'local':'b'}}");
        }

        assertThatExceptionOfType(PeerNotFoundException.class)
                .isThrownBy(() -> pair.a().send(CommsCommand.PeerMessage.to(b, "gone")));
        assertThat(pair.a().peers()).isEmpty();
    }
}
