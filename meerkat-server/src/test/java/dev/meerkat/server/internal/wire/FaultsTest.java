package dev.meerkat.server.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAmbiguousException;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FaultsTest {
    private static final UUID ID = UUID.fromString("01900000-0000-7000-8000-000000000009");

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new StoreException("disk full", null), -32032, 503, "store_unavailable", "not_done"),
                Arguments.of(new MeerkatClosedException("closed"), -32032, 503, "runtime_closed", "not_done"),
                Arguments.of(new NotSupportedException("no"), -32020, 501, "capability_unavailable", "not_done"),
                Arguments.of(new UnknownOutcomeException(ID, "lost", null), -32603, 500, "send_ambiguous", "unknown"),
                Arguments.of(
                        new UnknownOutcomeException("tool_timeout", "late", null),
                        -32603,
                        500,
                        "tool_timeout",
                        "unknown"),
                Arguments.of(
                        new FailedException("llm_overloaded", "busy", null), -32010, 502, "llm_overloaded", "failed"),
                Arguments.of(new FailedException("agent_failed", "no", null), -32603, 500, "agent_failed", "failed"),
                Arguments.of(new InterruptedException(), -32032, 503, "runtime_shutting_down", "unknown"),
                Arguments.of(new RejectedExecutionException(), -32011, 429, "", "not_done"),
                Arguments.of(new IllegalStateException("secret"), -32603, 500, "", "unknown"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void eachTellsWhatIsKnownOfTheWork(Throwable failure, int code, int status, String kind, String outcome) {
        WireFault fault = Faults.of(failure);

        assertThat(fault.code().rpc()).isEqualTo(code);
        assertThat(fault.code().status()).isEqualTo(status);
        assertThat(fault.data().path("kind").asText()).isEqualTo(kind);
        assertThat(fault.data().path("outcome").asText()).isEqualTo(outcome);
        assertThat(fault.message()).doesNotContain("secret");
    }

    @Test
    void whatIsUnknownIsNamedByItsId() {
        assertThat(Faults.of(new UnknownOutcomeException(ID, "lost", null))
                        .data()
                        .path("id")
                        .asText())
                .isEqualTo(ID.toString());
        assertThat(Faults.of(new UnknownOutcomeException("tool_timeout", "late", null))
                        .data()
                        .has("id"))
                .isFalse();
    }

    @Test
    void aNameThatSeveralPeersHaveIsToldWithAllOfThemUpToABound() {
        List<Peer> twins = IntStream.range(0, 100).mapToObj(FaultsTest::twin).toList();
        CommsCommand<?> command = CommsCommand.PeerMessage.to("twin", "hi");

        WireFault fault = new SendFaults(Surface.RPC, new SessionId(ID))
                .of(new PeerAmbiguousException(PeerRef.named("twin"), twins), command);

        assertThat(fault.code().rpc()).isEqualTo(-32603);
        assertThat(fault.data().path("code").asText()).isEqualTo("peer_not_found_or_not_trusted");
        assertThat(fault.data().path("kind").asText()).isEqualTo("peer_ambiguous");
        assertThat(fault.data().path("ambiguous").asBoolean()).isTrue();
        assertThat(fault.data().path("outcome").asText()).isEqualTo("not_done");
        assertThat(fault.data().path("peer").asText()).isEqualTo("twin");
        assertThat(fault.data().path("candidates")).hasSize(32);
        assertThat(fault.data().at("/candidates/1/peer_id").asText())
                .isEqualTo(twins.get(1).id().toString());
    }

    private static Peer twin(int number) {
        PeerId id = PeerId.of(new UUID(0x0190_0000_0000_5000L, 0x8000_0000_0000_0000L + number).toString());
        return new Peer(id, "twin", "inproc", "twin", Set.of("peer_message"), PeerMeta.NONE);
    }
}
