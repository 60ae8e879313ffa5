package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.DeadLetterPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What our server answers about dead letters. */
final class DeadLetterAnswers {
    private DeadLetterAnswers() {}

    static DeadLetterPage page(JsonNode result) {
        List<DeadLetter> letters = new ArrayList<>();
        Fields.array(result, "dead_letters").forEach(row -> letters.add(letter(row)));
        return new DeadLetterPage(letters, result.path("has_more").asBoolean(false));
    }

    private static DeadLetter letter(JsonNode row) {
        SessionId session = Fields.id(row, "session_id", SessionId::of);
        AdmittedInput input = new AdmittedInput(
                Fields.id(row, "input_id", InputId::of),
                Fields.optionalCount(row, "sequence").map(Cursor::new).orElse(Cursor.START),
                Fields.time(row, "admitted_at"),
                body(row, session));
        return new DeadLetter(
                session,
                input,
                Fields.text(row, "code"),
                Fields.text(row, "message"),
                (int) Math.min(Integer.MAX_VALUE, Fields.count(row, "attempt_count")),
                Fields.time(row, "abandoned_at"));
    }

    private static InputBody body(JsonNode row, SessionId session) {
        InputBody body = HistoryReader.input(Fields.object(row, "input"), session.toString())
                .orElseThrow(() -> Fields.invalid("input", "is none that is known"));
        Optional<String> key = Fields.optionalText(row, "idempotency_key");
        return body instanceof InputBody.External external && key.isPresent()
                ? new InputBody.External(external.event().withIdempotencyKey(key.get()))
                : body;
    }
}
