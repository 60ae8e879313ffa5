package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import java.util.Optional;

/** Tells that something came from a peer. */
final class PeerContent {
    private PeerContent() {}

    /** Whether an input is from a peer. */
    static boolean isOf(InputBody body) {
        return body instanceof InputBody.PeerMessage
                || body instanceof InputBody.PeerRequest
                || body instanceof InputBody.PeerResponse
                || body instanceof InputBody.PeerLifecycle;
    }

    /** Of an input; empty if it is from no peer. */
    static Optional<ObjectNode> ingested(AdmittedInput input) {
        InputBody body = input.body();
        if (body instanceof InputBody.PeerMessage message) {
            ObjectNode payload = of("message", message.from(), message.command().contentTaint());
            return Optional.of(payload.put("delivery_id", input.id().toString()));
        }
        if (body instanceof InputBody.PeerRequest request) {
            ObjectNode payload = of("request", request.from(), request.requestId());
            return Optional.of(tainted(payload, request.command().contentTaint()));
        }
        if (body instanceof InputBody.PeerResponse response) {
            String kind = CommsNotices.responseKind(response.command().status());
            ObjectNode payload = of(kind, response.from(), response.command().inReplyTo());
            return Optional.of(tainted(payload, response.command().contentTaint()));
        }
        return body instanceof InputBody.PeerLifecycle notice
                ? Optional.of(of("lifecycle", notice.from(), ContentTaint.UNDECLARED))
                : Optional.empty();
    }

    /** Of a reply that is waited for. */
    static ObjectNode ingested(PeerReply reply) {
        return of(CommsNotices.responseKind(reply.status()), reply.from(), reply.requestId());
    }

    private static ObjectNode of(String kind, PeerSender from, RequestId request) {
        return of(kind, from, ContentTaint.UNDECLARED).put("request_id", request.toString());
    }

    private static ObjectNode of(String kind, PeerSender from, ContentTaint taint) {
        ObjectNode payload = EventPayloads.payload("peer_content_ingested").put("kind", kind);
        payload.set("peer", CommsNotices.peer(from));
        return tainted(payload, taint);
    }

    private static ObjectNode tainted(ObjectNode payload, ContentTaint taint) {
        CommsNotices.addTaint(payload, taint);
        return payload;
    }
}
