package dev.meerkat.wire.internal.comms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.RequestId;
import dev.meerkat.wire.ContractLine;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What comms answer is read as it was written, on each line as far as the line tells it. */
class ReceiptFormTest {
    private static final UUID ID = new UUID(0, 1);
    private static final EnvelopeId ENVELOPE = new EnvelopeId(ID);
    private static final RequestId REQUEST = new RequestId(ID);
    private static final PeerRef TO = PeerRef.named("b");
    private static final List<Delivery> DELIVERIES = List.of(
            new Delivery.Queued(),
            new Delivery.HandedOff(),
            new Delivery.Acknowledged(),
            new Delivery.Durable(false),
            new Delivery.Durable(true));
    private static final List<CommsCommand<?>> COMMANDS = List.of(
            CommsCommand.Input.of("x"),
            CommsCommand.PeerMessage.to(TO, "x"),
            new CommsCommand.PeerLifecycle(TO, LifecycleKind.PEER_ADDED, Json.NULL),
            CommsCommand.PeerRequest.to(TO, "ask", Json.NULL),
            CommsCommand.PeerResponse.completed(TO, REQUEST, Json.NULL));

    private static Receipt receipt(CommsCommand<?> command, Delivery delivery) {
        return command.match(
                input -> new Receipt.InputAccepted(new InputId(ID), delivery),
                message -> new Receipt.PeerMessageSent(ENVELOPE, delivery),
                lifecycle -> new Receipt.PeerLifecycleSent(ENVELOPE, delivery),
                request -> new Receipt.PeerRequestSent(ENVELOPE, REQUEST, delivery),
                response -> new Receipt.PeerResponseSent(ENVELOPE, REQUEST, delivery));
    }

    @Test
    void onTheNewestLineAllIsTold() {
        for (CommsCommand<?> command : COMMANDS) {
            for (Delivery delivery : DELIVERIES) {
                Delivery told = command instanceof CommsCommand.Input ? new Delivery.Queued() : delivery;
                ObjectNode written = ReceiptForm.write(receipt(command, delivery), false, ContractLine.V0_9);

                assertThat((Receipt) ReceiptForm.read(command, written)).isEqualTo(receipt(command, told));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void noLineTellsMoreThanIsProved(ContractLine line) {
        for (CommsCommand<?> command : COMMANDS) {
            for (Delivery delivery : DELIVERIES) {
                ObjectNode written = ReceiptForm.write(receipt(command, delivery), false, line);
                Receipt read = (Receipt) ReceiptForm.read(command, written);

                assertThat(read).hasSameClassAs(receipt(command, delivery));
                if (read.delivery() instanceof Delivery.Durable) {
                    assertThat(read.delivery()).isEqualTo(delivery);
                } else if (read.delivery() instanceof Delivery.Acknowledged) {
                    assertThat(delivery).isInstanceOfAny(Delivery.Acknowledged.class, Delivery.Durable.class);
                }
            }
        }
    }

    @Test
    void theReceiptOfAnotherCommandIsRefused() {
        for (CommsCommand<?> command : COMMANDS) {
            for (CommsCommand<?> other : COMMANDS) {
                if (!command.kind().equals(other.kind())) {
                    ObjectNode written =
                            ReceiptForm.write(receipt(other, new Delivery.Queued()), false, ContractLine.V0_9);
                    assertThatThrownBy(() -> ReceiptForm.read(command, written))
                            .isInstanceOf(InvalidFieldException.class);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPeerIsReadAsItWasWritten(ContractLine line) {
        PeerMeta meta = new PeerMeta("reviews", Map.of("team", "a"));
        PeerId id = new PeerId(ID);
        Set<String> kinds = Set.of("peer_message", "peer_request");
        for (Peer peer : List.of(
                new Peer(id, "b", "inproc", "b", kinds, meta), new Peer(id, "b", "tcp", "h:1", kinds, PeerMeta.NONE))) {
            assertThat(PeerForm.read(PeerForm.write(peer, line))).isEqualTo(peer);
        }
    }
}
