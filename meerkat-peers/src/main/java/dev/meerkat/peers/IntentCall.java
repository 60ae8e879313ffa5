package dev.meerkat.peers;

import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;

/**
 * A request that an implementation is to answer.
 *
 * @param from who asks
 * @param requestId the request
 * @param key the same if the request is handled again after a failure or a crash: the idempotency key for other
 *     systems
 */
public record IntentCall(PeerSender from, RequestId requestId, String key) {}
