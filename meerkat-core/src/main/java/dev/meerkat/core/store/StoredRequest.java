package dev.meerkat.core.store;

import dev.meerkat.api.PeerReply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import java.time.Instant;
import java.util.Optional;

/**
 * A request that was admitted.
 *
 * @param id its id
 * @param requester the session that sent it
 * @param responder the session that received it
 * @param toHandle whether its response goes to a handle instead of the requester's inbox
 * @param deadline when its requester is told that it was not answered, or empty for never
 * @param reply its terminal response, or empty while it is open
 */
public record StoredRequest(
        RequestId id,
        SessionId requester,
        SessionId responder,
        boolean toHandle,
        Optional<Instant> deadline,
        Optional<PeerReply> reply) {}
