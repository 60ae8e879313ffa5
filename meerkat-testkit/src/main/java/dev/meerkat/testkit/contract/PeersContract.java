package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.SelfSendException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who is whose peer: the named sessions of a realm, by name and by id. */
@Requires(Capability.REALM_TRUST)
public abstract class PeersContract extends ContractChapter {
    /** For subclasses. */
    protected PeersContract() {}

    @Test
    @Needs(Detail.OWN_PEER_ID)
    public void theNamedSessionsOfARealmArePeersByNameWithoutOneself() throws Exception {
        Session b = idle("b");
        Session c = idle(SessionSpec.ofPrompt("start").withCommsName("c"));
        Session a = idle("a");
        idle(SessionSpec.ofPrompt("without a name"));

        assertThat(a.peers()).extracting(Peer::name).containsExactly("b", "c");
        assertThat(b.peers()).extracting(Peer::name).containsExactly("a", "c");
        assertThat(a.peers()).extracting(Peer::id).containsExactly(peerId(b), peerId(c));
    }

    @Test
    public void aPeerTellsWhatItsSpecSaysOfIt() throws Exception {
        Session a = idle("a");
        PeerMeta meta = new PeerMeta("reviews code", Map.of("team", "core"));
        idle(SessionSpec.ofPrompt("start").withKeepAliveAs("b").withPeerMeta(meta));

        Peer b = a.peers().get(0);

        assertThat(b.meta()).isEqualTo(meta);
        assertThat(b.sendableKinds())
                .contains("peer_message", "peer_request", "peer_response")
                .doesNotContain("input");
        assertThat(b.transport()).isNotBlank();
    }

    @Test
    public void aLonelySessionHasNoPeers() throws Exception {
        assertThat(idle("a").peers()).isEmpty();
    }

    @Test
    public void aSessionWithoutANameHasNoPartInPeerComms() throws Exception {
        idle("a");
        Session nameless = idle(SessionSpec.ofPrompt("start"));

        assertThat(nameless.snapshot().peerId()).isEmpty();
        assertThatExceptionOfType(NotSupportedException.class).isThrownBy(nameless::peers);
        assertThatExceptionOfType(NotSupportedException.class)
                .isThrownBy(() -> nameless.send(PeerMessage.to("a", "hello")));
    }

    @Test
    public void anUnknownNameIsRefusedWithTheNamesThereAre() throws Exception {
        Session a = idle("a");
        idle("b");
        PeerMessage message = PeerMessage.to("nobody", "hello");

        assertThatExceptionOfType(PeerNotFoundException.class)
                .isThrownBy(() -> a.send(message))
                .withMessageContainingAll("to", "nobody", "b")
                .satisfies(refusal -> {
                    assertThat(refusal.candidates()).extracting(Peer::name).containsExactly("b");
                });
        assertLogged(a, SessionEvent.PeerSent.class, 0);
    }

    @Test
    public void anUnknownIdIsRefused() throws Exception {
        Session a = idle("a");
        PeerRef nobody = PeerRef.id(new PeerId(new UUID(1, 2)));

        assertThatExceptionOfType(PeerNotFoundException.class)
                .isThrownBy(() -> a.send(PeerMessage.to(nobody, "hello")))
                .withMessageContaining(nobody.toString());
    }

    @Test
    public void aNameIsTakenLetterByLetter() throws Exception {
        Session a = idle("a");
        idle("Bob");

        assertThatExceptionOfType(PeerNotFoundException.class).isThrownBy(() -> a.send(PeerMessage.to("bob", "hello")));
    }

    @Test
    @Needs(Detail.OWN_PEER_ID)
    public void nobodyIsItsOwnPeer() throws Exception {
        Session a = idle("a");
        PeerRef self = PeerRef.id(peerId(a));

        assertThatExceptionOfType(SelfSendException.class).isThrownBy(() -> a.send(PeerMessage.to("a", "hello")));
        assertThatExceptionOfType(SelfSendException.class).isThrownBy(() -> a.send(PeerMessage.to(self, "hello")));
    }

    @Test
    @Needs(Detail.OWN_PEER_ID)
    public void anArchivedSessionIsNobodysPeer() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        PeerRef byId = PeerRef.id(peerId(b));

        b.archive();

        assertThat(a.peers()).isEmpty();
        assertThatExceptionOfType(PeerNotFoundException.class).isThrownBy(() -> a.send(PeerMessage.to("b", "hello")));
        assertThatExceptionOfType(PeerNotFoundException.class).isThrownBy(() -> a.send(PeerMessage.to(byId, "hello")));
    }

    @Test
    @Needs(Detail.OWN_PEER_ID)
    public void whoTakesOverANameGetsItsMessagesUnderAnotherId() throws Exception {
        Session a = idle("a");
        Session first = idle("b");
        PeerId firstId = peerId(first);
        first.archive();
        Session second = idle("b");

        a.send(PeerMessage.to("b", "hello"));

        assertThat(watch(second).admitted("hello")).isNotNull();
        assertThat(peerId(second)).isNotEqualTo(firstId);
        assertThatExceptionOfType(PeerNotFoundException.class)
                .isThrownBy(() -> a.send(PeerMessage.to(PeerRef.id(firstId), "hello")));
    }

    @Test
    @Needs(Detail.REALMS)
    public void realmsAreSeparate() throws Exception {
        Session a = idle(named("a", "north"));
        Session north = idle(named("b", "north"));
        Session south = idle(named("b", "south"));

        assertThat(a.peers()).extracting(Peer::id).containsExactly(peerId(north));
        assertThat(south.peers()).isEmpty();
        assertThatExceptionOfType(PeerNotFoundException.class)
                .isThrownBy(() -> a.send(PeerMessage.to(PeerRef.id(peerId(south)), "hello")));
        a.send(PeerMessage.to("b", "hello"));
        assertThat(watch(north).admitted("hello")).isNotNull();
        assertThat(Seen.log(south, SessionEvent.InputAdmitted.class)).hasSize(1);
    }

    @Test
    @Needs(Detail.OWN_PEER_ID)
    public void aPeerIdIsANameBasedUuidOfItsOwnAndStaysOverARestart() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        PeerId before = peerId(a);
        assertThat(before).isNotEqualTo(peerId(b));
        assertThat(before.value().version()).isEqualTo(5);

        fixture().restart();

        assertThat(peerId(again(a))).isEqualTo(before);
        assertThat(again(b).peers()).extracting(Peer::id).containsExactly(before);
    }

    private static SessionSpec named(String name, String realm) {
        return SessionSpec.ofPrompt("start").withKeepAliveAs(name).withRealm(realm);
    }

    private static PeerId peerId(Session session) throws InterruptedException {
        return session.snapshot().peerId().orElseThrow();
    }
}
