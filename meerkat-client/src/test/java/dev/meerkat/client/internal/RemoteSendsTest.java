package dev.meerkat.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Capabilities;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAmbiguousException;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.client.internal.calls.ServerFacts;
import dev.meerkat.client.internal.wire.AnsweredFaults;
import dev.meerkat.client.internal.wire.SessionRow;
import dev.meerkat.wire.ContractVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Names of peers, and refusals that servers leave vague. */
class RemoteSendsTest {
    /** A server with peers that the test names. */
    private static final class Directory extends NoCalls {
        final List<Peer> peers = new ArrayList<>();
        final List<PeerId> sent = new ArrayList<>();
        int listed;
        int made;
        boolean commsOff;
        boolean resolving;
        boolean readable = true;
        boolean hasHistory = true;

        @Override
        public ServerFacts facts() {
            return new ServerFacts(
                    ContractVersion.parse("0.9.8"),
                    new Capabilities("server", "0.9.8", Set.of()),
                    resolving,
                    false,
                    false);
        }

        PeerId add(String name) {
            PeerId id = new PeerId(new UUID(5, ++made));
            peers.add(new Peer(id, name, "inproc", name, Set.of("peer_message"), PeerMeta.NONE));
            return id;
        }

        @Override
        public List<Peer> peers(SessionId session) {
            listed++;
            return List.copyOf(peers);
        }

        @Override
        @SuppressWarnings("unchecked")
        public <R extends Receipt> R send(SessionId session, CommsCommand<R> command, PeerId to) {
            if (commsOff) {
                throw new NotDoneException(AnsweredFaults.COMMS_NOT_ENABLED, "Session not found or comms not enabled");
            }
            if (resolving) {
                throw new PeerAmbiguousException(command.recipient().orElseThrow(), List.of());
            }
            if (peers.stream().noneMatch(p -> p.id().equals(to))) {
                throw new PeerNotFoundException(PeerRef.id(to), List.of());
            }
            sent.add(to);
            return (R) new Receipt.PeerMessageSent(new EnvelopeId(new UUID(0, 9)), new Delivery.Queued());
        }

        @Override
        public SessionRow read(SessionId session) {
            if (!readable) {
                throw new SessionNotFoundException(session.toString());
            }
            return new SessionRow(session, null, Instant.EPOCH, 0, false, Map.of(), Optional.empty(), Optional.empty());
        }

        @Override
        public HistoryPage history(SessionId session, long offset, int limit, String self) {
            if (!hasHistory) {
                throw new SessionNotFoundException(session.toString());
            }
            return new HistoryPage(List.of(), 0, 0);
        }
    }

    private final Directory server = new Directory();
    private final RemoteSessionHandle session = new RemoteSessionHandle(server.context(), NoCalls.SESSION, "me", null);

    private void send(String name) throws InterruptedException {
        Receipt.PeerMessageSent unused = session.send(CommsCommand.PeerMessage.to(name, "hello"));
    }

    @Test
    void aNameIsSentAsTheIdThatTheServerListsForIt() throws Exception {
        server.add("a");
        PeerId b = server.add("b");

        send("b");

        assertThat(server.sent).containsExactly(b);
    }

    @Test
    void aNameIsLeftToAServerThatResolvesItWhichMayFindSeveral() {
        server.resolving = true;
        server.add("a");
        server.add("b");
        server.add("b");

        assertThatThrownBy(() -> send("b"))
                .isInstanceOfSatisfying(
                        PeerAmbiguousException.class,
                        ambiguous -> assertThat(ambiguous.candidates())
                                .containsExactly(server.peers.get(1), server.peers.get(2)));
        assertThat(server.listed).as("only after the refusal").isEqualTo(1);
    }

    @Test
    void aListingIsUsedForMoreThanOneSend() throws Exception {
        server.add("b");

        send("b");
        send("b");

        assertThat(server.sent).hasSize(2);
        assertThat(server.listed).isEqualTo(1);
    }

    @Test
    void aNameThatHasGoneToAnotherPeerIsLookedUpAgain() throws Exception {
        server.add("b");
        send("b");
        server.peers.clear();
        server.add("c");
        PeerId newer = server.add("b");

        send("b");

        assertThat(server.sent).last().isEqualTo(newer);
    }

    @Test
    void anAbsentNameIsRefusedWithTheCandidates() {
        server.add("a");

        assertThatThrownBy(() -> send("b"))
                .isInstanceOfSatisfying(
                        PeerNotFoundException.class,
                        e -> assertThat(e.candidates()).extracting(Peer::name).containsExactly("a"));
        assertThat(server.sent).isEmpty();
    }

    @Test
    void anAmbiguousNameIsRefusedWithTheCandidates() {
        PeerId one = server.add("b");
        PeerId two = server.add("b");

        assertThatThrownBy(() -> send("b"))
                .isInstanceOfSatisfying(
                        PeerAmbiguousException.class,
                        e -> assertThat(e.candidates()).extracting(Peer::id).containsExactly(one, two));
        assertThat(server.sent).isEmpty();
    }

    @Test
    void anUnknownIdIsRefusedWithTheCandidates() {
        server.add("a");
        PeerRef stranger = PeerRef.id(new PeerId(new UUID(7, 7)));

        assertThatThrownBy(() -> session.send(CommsCommand.PeerMessage.to(stranger, "hello")))
                .isInstanceOfSatisfying(
                        PeerNotFoundException.class,
                        e -> assertThat(e.candidates()).hasSize(1));
    }

    @Test
    void aSessionWithoutCommsIsToldFromOneThatIsNotThere() {
        server.add("b");
        server.commsOff = true;

        assertThatThrownBy(() -> send("b")).hasMessageContaining("comms not enabled");
        server.readable = false;
        assertThatThrownBy(() -> send("b")).isInstanceOf(SessionArchivedException.class);
        server.hasHistory = false;
        assertThatThrownBy(() -> send("b")).isInstanceOf(SessionNotFoundException.class);
    }
}
