package dev.meerkat.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Capabilities;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Receipt;
import dev.meerkat.client.internal.calls.ServerFacts;
import dev.meerkat.wire.ContractVersion;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DeliveriesTest {
    private static final Receipt.InputAccepted INPUT =
            new Receipt.InputAccepted(new InputId(new UUID(0, 1)), new Delivery.Queued());
    private static final Receipt.PeerMessageSent SENT =
            new Receipt.PeerMessageSent(new EnvelopeId(new UUID(0, 2)), new Delivery.HandedOff());
    private static final EventOutcome EVENT =
            new EventOutcome.Accepted(new InputId(new UUID(0, 3)), Cursor.START, new Delivery.Queued());

    private static Deliveries at(Set<Capability> capabilities) {
        return new Deliveries(new NoCalls() {
            @Override
            public ServerFacts facts() {
                return new ServerFacts(
                        ContractVersion.parse("0.9.8"), new Capabilities("server", "0.9.8", capabilities));
            }
        });
    }

    @Test
    void aDurableServerIsTakenAtItsWordForWhatItTookIn() {
        Deliveries durable = at(Set.of(Capability.DURABLE));

        assertThat(durable.proven(INPUT).delivery()).isEqualTo(new Delivery.Durable(false));
        assertThat(durable.proven(EVENT))
                .isInstanceOfSatisfying(
                        EventOutcome.Accepted.class,
                        accepted -> assertThat(accepted.delivery()).isEqualTo(new Delivery.Durable(false)));
    }

    @Test
    void whatAnAnswerSaysItselfStands() {
        assertThat(at(Set.of(Capability.DURABLE)).proven(SENT)).isEqualTo(SENT);
        assertThat(at(Set.of()).proven(INPUT)).isEqualTo(INPUT);
        assertThat(at(Set.of()).proven(EVENT)).isEqualTo(EVENT);
    }
}
