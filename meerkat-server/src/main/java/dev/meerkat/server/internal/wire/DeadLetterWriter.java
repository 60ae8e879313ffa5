package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;

/** Writes dead letters. Their inputs have the form of rows of {@code session/history}. */
public final class DeadLetterWriter {
    private final ContractLine line;

    /** In the form of a line. */
    public DeadLetterWriter(ContractLine line) {
        this.line = line;
    }

    /** One dead letter. */
    public ObjectNode row(DeadLetter letter) {
        AdmittedInput input = letter.input();
        ObjectNode row = WireJson.object()
                .put("session_id", letter.sessionId().toString())
                .put("input_id", input.id().toString())
                .put("sequence", input.position().sequence())
                .put("admitted_at", input.at().toString())
                .put("code", letter.code())
                .put("message", letter.message())
                .put("attempt_count", letter.attempts())
                .put("abandoned_at", letter.at().toString());
        if (input.body() instanceof InputBody.External external) {
            external.event().idempotencyKey().ifPresent(key -> row.put("idempotency_key", key));
        }
        row.set(
                "input",
                new HistoryWriter(line, letter.sessionId())
                        .row(new TranscriptEntry.Input(input.at(), TurnId.UNKNOWN, input)));
        return row;
    }
}
