package dev.meerkat.core.internal.peer;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.RequestId;
import java.util.UUID;

/** The receipt that belongs to each command. */
public final class Receipts {
    private Receipts() {}

    @SuppressWarnings("unchecked") // each kind of command names this very receipt as its R
    public static <R extends Receipt> R of(CommsCommand<R> command, UUID id, Delivery delivery) {
        return (R) make(command, id, delivery);
    }

    private static Receipt make(CommsCommand<?> command, UUID id, Delivery delivery) {
        EnvelopeId envelope = new EnvelopeId(id);
        return command.match(
                input -> new Receipt.InputAccepted(new InputId(id), delivery),
                message -> new Receipt.PeerMessageSent(envelope, delivery),
                lifecycle -> new Receipt.PeerLifecycleSent(envelope, delivery),
                request -> new Receipt.PeerRequestSent(envelope, new RequestId(id), delivery),
                response -> new Receipt.PeerResponseSent(envelope, response.inReplyTo(), delivery));
    }
}
