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
 * @param from the sender
 * @param to the receiver
 * @param command what is sent
 * @param toHandle of a request: whether its response goes to a handle
 * @param at when it was sent
 * @param trace the trace of what sent it
 * @param logged whether the sender's log has it; otherwise the log gets it together with the admission
 */
public record Envelope(
        EnvelopeId id,
        Party from,
        Party to,
        CommsCommand<?> command,
        boolean toHandle,
        Instant at,
        Optional<TraceContext> trace,
        boolean logged) {
    /**
     * One of the two that a command goes between.
     *
     * @param session the session
     * @param peer the session as the other one sees it
     */
    public record Party(SessionId session, PeerSender peer) {}
}
