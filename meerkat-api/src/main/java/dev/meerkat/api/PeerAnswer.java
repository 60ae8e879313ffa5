package dev.meerkat.api;

import java.util.Optional;

/**
 * The last answer of a peer to a request, for {@link Session#deliverPeerAnswer}; the params of {@code
 * session/peer_response_terminal} on the wire.
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
        /** Taken back; a {@link PeerReply} tells it as failed. */
        CANCELLED
    }

    /** Checks all parts. */
    public PeerAnswer {
        Check.notNull(peer, "peer_id");
        Check.notNull(displayName, "display_name")
                .ifPresent(name -> Check.name(name, "display_name", Limits.NAME_CHARS));
        Check.notNull(requestId, "request_id");
        Check.notNull(status, "status");
        Limits.message("result", Check.notNull(result, "result").sizeBytes());
    }
}
