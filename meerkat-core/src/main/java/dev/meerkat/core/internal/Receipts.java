package dev.meerkat.core.internal;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.RequestId;
import java.util.UUID;

/** The receipt that belongs to each command. */
final class Receipts {
    private Receipts() {}

    @SuppressWarnings("unchecked") // each kind of command names this very receipt as its R
    static <R extends Receipt> R of(CommsCommand<R> command, UUID id, Delivery delivery) {
        return (R) make(command, id, delivery);
    }

    private static Receipt make(CommsCommand<?> command, UUID id, Delivery delivery) {
        if (command instanceof CommsCommand.PeerMessage) {
            return new Receipt.PeerMessageSent(new EnvelopeId(id), delivery);
        }
        if (command instanceof CommsCommand.PeerLifecycle) {
            return new Receipt.PeerLifecycleSent(new EnvelopeId(id), delivery);
        }
        if (command instanceof CommsCommand.PeerRequest) {
            return new Receipt.PeerRequestSent(new EnvelopeId(id), new RequestId(id), delivery);
        }
        if (command instanceof CommsCommand.PeerResponse response) {
            return new Receipt.PeerResponseSent(new EnvelopeId(id), response.inReplyTo(), delivery);
        }
        return new Receipt.InputAccepted(new InputId(id), delivery);
    }
}
