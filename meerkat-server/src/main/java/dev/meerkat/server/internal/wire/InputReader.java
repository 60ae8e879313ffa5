package dev.meerkat.server.internal.wire;

import dev.meerkat.api.ContextNote;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.RequestId;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.comms.BlockForm;
import java.util.Locale;
import java.util.Set;

/** Reads what outside systems tell a session. */
public final class InputReader {
    private InputReader() {}

    /**
     * Reads the parameters of {@code session/external_event}.
     *
     * <p>Wider than other servers: the line 0.6 takes an {@code idempotency_key} too, and both a {@code source}.
     */
    public static ExternalEvent event(Params params) {
        String kind = params.oneOf("kind", Set.of("generic_json", "peer_response_terminal"))
                .orElseThrow(() -> params.missing("kind"));
        if (!kind.equals("generic_json")) {
            throw Faults.badRequest("peer_response_terminal is reserved on session/external_event; use"
                    + " session/peer_response_terminal");
        }
        String type = params.text("event_type");
        if (type.isBlank()) {
            throw Faults.badRequest("event_type cannot be empty");
        }
        ExternalEvent event =
                ExternalEvent.genericJson(type, params.json("payload")).withBlocks(BlockForm.read(params, "blocks"));
        event = params.optionalText("source").map(event::withSource).orElse(event);
        return params.optionalText("idempotency_key")
                .map(event::withIdempotencyKey)
                .orElse(event);
    }

    /** Reads the parameters of {@code session/peer_response_terminal}. */
    public static PeerAnswer answer(Params params) {
        params.only(Set.of("session_id", "peer_id", "display_name", "request_id", "status", "result"));
        String status = params.oneOf("status", Set.of("completed", "failed", "cancelled"))
                .orElseThrow(() -> params.missing("status"));
        return new PeerAnswer(
                PeerId.of(params.text("peer_id")),
                params.optionalText("display_name"),
                RequestId.of(params.text("request_id")),
                PeerAnswer.Status.valueOf(status.toUpperCase(Locale.ROOT)),
                params.json("result"));
    }

    /** Reads the parameters of {@code session/inject_context}. */
    public static ContextNote note(Params params, ContractLine line) {
        String text = line.contextIsContent() ? ContextReader.text(params.object("content")) : params.text("text");
        return new ContextNote(text, params.optionalText("source"), params.optionalText("idempotency_key"));
    }
}
