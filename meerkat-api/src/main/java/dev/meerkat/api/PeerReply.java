package dev.meerkat.api;

import java.time.Instant;
import java.util.List;

/**
 * The response to a request; terminal, where a {@link Reply} returns it.
 *
 * @param requestId the request
 * @param from the responder
 * @param status accepted (progress), completed or failed
 * @param result any JSON
 * @param blocks more content
 * @param contentTaint what the responder declares of the content
 * @param at when it was admitted
 */
public record PeerReply(
        RequestId requestId,
        PeerSender from,
        ResponseStatus status,
        Json result,
        List<ContentBlock> blocks,
        ContentTaint contentTaint,
        Instant at)
        implements HasJson {
    /** Checks and copies. */
    public PeerReply {
        Check.notNull(requestId, "request_id");
        Check.notNull(from, "from");
        Check.notNull(status, "status");
        Check.notNull(result, "result");
        blocks = Check.list(blocks, "blocks");
        Check.notNull(contentTaint, "content_taint");
        Check.notNull(at, "at");
    }
}
