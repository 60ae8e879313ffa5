package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import java.util.Optional;

/** Tells that something came from a peer. */
final class PeerContent {
    private PeerContent() {}

    /** Of an input; empty if it is from no peer. */
    static Optional<ObjectNode> ingested(AdmittedInput input) {
        return input.body()
                .match(
                        prompt -> Optional.empty(),
                        local -> Optional.empty(),
                        external -> Optional.empty(),
                        message -> Optional.of(
                                of("message", message.from(), message.command().contentTaint())
                                        .put("delivery_id", input.id().toString())),
                        lifecycle -> Optional.of(of("lifecycle", lifecycle.from(), ContentTaint.UNDECLARED)),
                        request -> Optional.of(tainted(
                                of("request", request.from(), request.requestId()),
                                request.command().contentTaint())),
                        response -> Optional.of(tainted(
                                of(
                                        CommsNotices.responseKind(
                                                response.command().status()),
                                        response.from(),
                                        response.command().inReplyTo()),
                                response.command().contentTaint())));
    }

    /** Of a reply that is waited for. */
    static ObjectNode ingested(PeerReply reply) {
        ObjectNode payload = of(CommsNotices.responseKind(reply.status()), reply.from(), reply.requestId());
        return tainted(payload, reply.contentTaint());
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
