package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Parked;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.Usage;
import dev.meerkat.wire.internal.WireFields;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What servers answer about sessions and turns. */
final class SessionAnswers {
    private SessionAnswers() {}

    static Created created(JsonNode result, boolean keepAliveEarly) {
        boolean early = keepAliveEarly && Fields.optionalCount(result, "turns").orElse(0L) == 0L;
        boolean deferred = result.path("text").isMissingNode();
        TurnOutcome firstTurn = early || deferred ? null : completed(result);
        return new Created(Fields.id(result, "session_id", SessionId::of), realm(result), firstTurn);
    }

    /** The realm before the colon of a session reference, or null if there is none. */
    static @Nullable String realm(JsonNode answer) {
        String reference = Fields.textOr(answer, "session_ref", "");
        int colon = reference.indexOf(':');
        return colon > 0 ? reference.substring(0, colon) : null;
    }

    static TurnOutcome.Completed completed(JsonNode result) {
        return new TurnOutcome.Completed(
                TurnId.UNKNOWN, Fields.text(result, "text"), usage(result), finishReason(result));
    }

    /** Why a model stopped; a word that is not of the contract is its provider's own. */
    static Optional<FinishReason> finishReason(JsonNode result) {
        return Fields.optionalText(result, "stop_reason")
                .filter(word -> !word.isBlank())
                .map(word -> switch (word) {
                    case "end_turn", "stop_sequence" -> FinishReason.STOP;
                    case "max_tokens" -> FinishReason.LENGTH;
                    case "tool_use" -> FinishReason.TOOL_CALLS;
                    default -> new FinishReason(word);
                });
    }

    /** What this turn took, and on servers that do not tell, what the session took up to now. */
    private static Optional<Usage> usage(JsonNode result) {
        return counts(result.path("run_usage").isObject() ? result.path("run_usage") : result.path("usage"));
    }

    static Optional<Usage> counts(JsonNode usage) {
        Optional<Long> input = Fields.optionalCount(usage, "input_tokens");
        Optional<Long> output = Fields.optionalCount(usage, "output_tokens");
        return input.isPresent() && output.isPresent()
                ? Optional.of(new Usage(input.get(), output.get()))
                : Optional.empty();
    }

    static SessionRow session(JsonNode row) {
        return new SessionRow(
                Fields.id(row, "session_id", SessionId::of),
                realm(row),
                Fields.time(row, "created_at"),
                Fields.count(row, "message_count"),
                row.path("is_active").asBoolean(false),
                labels(row),
                Fields.optionalText(row, "model"),
                Fields.optionalText(row, "last_assistant_text"),
                parked(row.path("parked")));
    }

    private static Optional<Parked> parked(JsonNode parked) {
        return parked.isObject()
                ? Optional.of(new Parked(
                        Fields.time(parked, "at"), Fields.text(parked, "code"), Fields.text(parked, "message")))
                : Optional.empty();
    }

    /** The labels; a server that tells a session's comms name needs no label of ours for it. */
    private static Map<String, String> labels(JsonNode row) {
        Map<String, String> told = new HashMap<>(WireFields.texts(row.path("labels")));
        Fields.optionalText(row, "comms_name").ifPresent(name -> told.put(OwnLabels.COMMS_NAME, name));
        if (row.path("keep_alive").isBoolean()) {
            told.remove(OwnLabels.KEEP_ALIVE);
        }
        if (row.path("keep_alive").asBoolean(false)) {
            told.put(OwnLabels.KEEP_ALIVE, "true");
        }
        return Map.copyOf(told);
    }
}
