package dev.meerkat.core.store;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TraceContext;
import java.time.Instant;
import java.util.Optional;

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
 * @param trace the trace of what sent it
 */
public record Envelope(
        EnvelopeId id,
        SessionId sender,
        PeerSender from,
        SessionId receiver,
        PeerSender to,
        CommsCommand<?> command,
        boolean toHandle,
        Instant at,
        Optional<TraceContext> trace) {
    /**
     * An envelope whose sender told no trace.
     *
     * @param id its id
     * @param sender the sending session
     * @param from the sender as the receiver sees it
     * @param receiver the receiving session
     * @param to the receiver as the sender sees it
     * @param command what is sent
     * @param toHandle of a request: whether its response goes to a handle
     * @param at when it was sent
     */
    public Envelope(
            EnvelopeId id,
            SessionId sender,
            PeerSender from,
            SessionId receiver,
            PeerSender to,
            CommsCommand<?> command,
            boolean toHandle,
            Instant at) {
        this(id, sender, from, receiver, to, command, toHandle, at, Optional.empty());
    }
}
