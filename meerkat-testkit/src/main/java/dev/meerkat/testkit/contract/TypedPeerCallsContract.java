package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Session;
import dev.meerkat.peers.IntentFailedException;
import dev.meerkat.peers.Intents;
import dev.meerkat.peers.TypedPeer;
import dev.meerkat.peers.TypedReply;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Calls of typed peers from a session, also a remote one, and one without handles on replies. */
public abstract class TypedPeerCallsContract extends ContractChapter {
    /** The intents. */
    public interface Sums {
        /** A value that is waited for. */
        int sum(int one, int other);

        /** A stage. */
        CompletionStage<Integer> later(int number);

        /** A handle. */
        TypedReply<Integer> kept(int number);
    }

    private static final Intents<Sums> SUMS = Intents.of(Sums.class);

    /** Where ids of peers are not told. */
    private static final PeerId STRANGER = new PeerId(new UUID(7, 7));

    private static final Sums ANSWERS = new Sums() {
        @Override
        public int sum(int one, int other) {
            return Math.addExact(one, other);
        }

        @Override
        public CompletionStage<Integer> later(int number) {
            return CompletableFuture.completedStage(number);
        }

        @Override
        public TypedReply<Integer> kept(int number) {
            return TypedReply.of(number);
        }
    };

    /** For subclasses. */
    protected TypedPeerCallsContract() {}

    private TypedPeer<Sums> peer() throws Exception {
        Session a = idle("a");
        Session b = idle("b");
        PeerRef ref =
                lacks(Capability.PEER_NAMES) ? PeerRef.id(b.snapshot().peerId().orElse(STRANGER)) : PeerRef.named("b");
        return SUMS.peer(a, ref).timeout(PATIENCE);
    }

    private TypedPeer<Sums> answeringPeer() throws Exception {
        TypedPeer<Sums> peer = peer();
        fixture().agent(SUMS.answeredBy(ANSWERS).otherwise(Seen.ECHO));
        return peer;
    }

    @Test
    @Requires(Capability.FREE_INTENTS)
    @Needs(Detail.SCRIPTED_AGENT)
    public void aCallIsAnsweredByTheResponse() throws Exception {
        Sums sums = answeringPeer().proxy();

        assertThat(sums.sum(2, 3)).isEqualTo(5);
        assertThat(sums.later(4).toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(4);
        assertThatExceptionOfType(IntentFailedException.class).isThrownBy(() -> sums.sum(Integer.MAX_VALUE, 1));
    }

    @Test
    @Requires(Capability.FREE_INTENTS)
    @Needs(Detail.SCRIPTED_AGENT)
    public void theReplyOfAHandleIsHadAgainByItsRequest() throws Exception {
        TypedPeer<Sums> peer = answeringPeer();
        TypedReply<Integer> kept = peer.proxy().kept(7);

        assertThat(kept.await(PATIENCE)).isEqualTo(7);
        assertThat(peer.reply(kept.requestId(), Integer.class).await(PATIENCE)).isEqualTo(7);
    }

    @Test
    public void whereIntentsAreNotFreeEachCallIsRefused() throws Exception {
        Assumptions.assumeTrue(lacks(Capability.FREE_INTENTS), "intents are free");
        // By its id: such a server may list no peers either, so that no name is found.
        PeerRef b = PeerRef.id(idle("b").snapshot().peerId().orElse(STRANGER));
        Sums sums = SUMS.peer(idle("a"), b).timeout(PATIENCE).proxy();

        assertThatExceptionOfType(NotSupportedException.class)
                .isThrownBy(() -> sums.sum(2, 3))
                .withMessageContaining("intent");
        assertThatExceptionOfType(NotSupportedException.class).isThrownBy(() -> sums.later(1));
        assertThatExceptionOfType(NotSupportedException.class).isThrownBy(() -> sums.kept(1));
    }
}
