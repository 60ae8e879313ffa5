package dev.meerkat.wire.internal.form;

import dev.meerkat.api.ContextNote;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionQuery;

/** The form of values that are only asked with: they are neither stored nor told. */
public final class RequestForm {
    private RequestForm() {}

    /** Writes a query. */
    public static void write(Out out, SessionQuery query) {
        out.labels("labels", query.labels())
                .flag("archived", query.archived())
                .number("offset", query.offset())
                .number("limit", query.limit());
    }

    /** Reads a query. */
    public static SessionQuery query(Node in) {
        return new SessionQuery(
                in.labels("labels"),
                in.has("archived") && in.flag("archived"),
                in.smallNumber("offset"),
                in.smallNumber("limit"));
    }

    /** Writes a context. */
    public static void write(Out out, ContextNote note) {
        out.text("text", note.text())
                .text("source", note.source().orElse(null))
                .text("idempotency_key", note.idempotencyKey().orElse(null));
    }

    /** Reads a context. */
    public static ContextNote note(Node in) {
        return new ContextNote(in.text("text"), in.optionalText("source"), in.optionalText("idempotency_key"));
    }

    /** Writes an answer. */
    public static void write(Out out, PeerAnswer answer) {
        out.id("peer_id", answer.peer())
                .text("display_name", answer.displayName().orElse(null))
                .id("request_id", answer.requestId())
                .constant("status", answer.status())
                .json("result", answer.result());
    }

    /** Reads an answer. */
    public static PeerAnswer answer(Node in) {
        return new PeerAnswer(
                PeerId.of(in.text("peer_id")),
                in.optionalText("display_name"),
                RequestId.of(in.text("request_id")),
                in.constant("status", PeerAnswer.Status.class),
                in.json("result"));
    }
}
