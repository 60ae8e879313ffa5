package dev.meerkat.core.store;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.SessionId;
import java.time.Instant;

/**
 * A peer command on its way.
 *
 * @param id its id, by which the receiver knows a second delivery
 * @param sender the sending session
 * @param from the sender as the receiver sees it
 * @param receiver the receiving session
 * @param to the receiver as the sender sees it
 * @param command what is sent
 * @param toHandle of a request: whether its response goes to a handle
 * @param at when it was sent
 */
public record Envelope(
        EnvelopeId id,
        SessionId sender,
        PeerSender from,
        SessionId receiver,
        PeerSender to,
        CommsCommand<?> command,
        boolean toHandle,
        Instant at) {}
