package dev.meerkat.client;

import dev.meerkat.api.Json;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.RequestId;
import java.util.Optional;

/**
 * The last answer of a peer to a request; the parameters of {@code session/peer_response_terminal}.
 *
 * @param peer who was asked
 * @param displayName the peer's name for the transcript, or empty
 * @param requestId the request
 * @param status how it ended
 * @param result what came of it, any JSON
 */
public record PeerAnswer(PeerId peer, Optional<String> displayName, RequestId requestId, Status status, Json result) {

    /** How a request ended. */
    public enum Status {
        /** Done. */
        COMPLETED,
        /** Tried without success. */
        FAILED,
        /** Taken back. */
        CANCELLED
    }
}
