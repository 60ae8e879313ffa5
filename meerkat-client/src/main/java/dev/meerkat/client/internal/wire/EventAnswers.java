package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.NotDoneException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What servers answer about external events, inputs and the log. */
final class EventAnswers {
    private static final String KEY_CONFLICT = "input_idempotency_conflict";

    private EventAnswers() {}

    static EventOutcome outcome(JsonNode result) {
        if (result.path("queued").asBoolean(false)) {
            return queued(result);
        }
        String type = Fields.text(result, "outcome_type");
        return switch (type) {
            case "accepted" ->
                new EventOutcome.Accepted(
                        Optional.of(Fields.id(result, "input_id", InputId::of)),
                        Optional.empty(),
                        new Delivery.Queued());
            case "deduplicated" -> duplicate(result);
            case "rejected" -> throw new NotDoneException("rejected", Fields.textOr(result, "reason", "rejected"));
            default -> throw Fields.invalid("outcome_type", "is not known: " + type);
        };
    }

    /** Over REST most servers say no more than that. */
    private static EventOutcome queued(JsonNode result) {
        if (result.hasNonNull("existing_id")) {
            return duplicate(result);
        }
        return new EventOutcome.Accepted(
                Fields.optionalId(result, "input_id", InputId::of), Optional.empty(), new Delivery.Queued());
    }

    private static EventOutcome duplicate(JsonNode result) {
        return new EventOutcome.Duplicate(
                Fields.id(result, "existing_id", InputId::of),
                Optional.empty(),
                result.path("redriven").asBoolean(false));
    }

    static Optional<EventOutcome> refused(Fault fault, ExternalEvent event) {
        boolean conflict = FaultCodes.textCode(fault).equals(KEY_CONFLICT);
        // Without a key of its own an event can have no conflict that would be its caller's.
        return event.idempotencyKey()
                .filter(key -> conflict)
                .map(key ->
                        new EventOutcome.Conflict(Fields.optionalId(fault.data(), "existing_id", InputId::of), key));
    }

    static Optional<InputStatus> inputStatus(JsonNode result) {
        JsonNode state = result.path("state");
        if (result.isObject() && (state.isMissingNode() || state.isNull())) {
            return Optional.empty();
        }
        long attempts = Fields.optionalCount(state, "attempt_count").orElse(0L);
        return Optional.of(new InputStatus(
                Fields.id(Fields.object(result, "state"), "input_id", InputId::of), Cursor.START, state(state), (int)
                        Math.min(Integer.MAX_VALUE, attempts)));
    }

    private static InputStatus.State state(JsonNode state) {
        String name = Fields.text(state, "current_state");
        return switch (name) {
            case "accepted", "queued" -> InputStatus.State.QUEUED;
            case "staged", "applied", "applied_pending_consumption" -> InputStatus.State.STAGED;
            case "consumed", "superseded", "coalesced" -> InputStatus.State.CONSUMED;
            case "abandoned" -> InputStatus.State.DEAD_LETTERED;
            default -> throw Fields.invalid("current_state", "is not known: " + name);
        };
    }

    /** One in the API's own form is kept whole, and says itself where it stands. */
    static ReadEvent envelope(JsonNode envelope) {
        if (envelope.has("value")) {
            return new ReadEvent("", 0, 0, "", envelope);
        }
        JsonNode payload = Fields.object(envelope, "payload");
        return new ReadEvent(
                Fields.textOr(envelope, "event_id", ""),
                Fields.optionalCount(envelope, "seq").orElse(0L),
                Fields.optionalCount(envelope, "timestamp_ms").orElse(0L),
                Fields.textOr(payload, "type", ""),
                payload);
    }

    static LogPage logPage(JsonNode result) {
        List<ReadEvent> events = new ArrayList<>();
        JsonNode rows = result.path("events");
        if (!rows.isMissingNode()) {
            Fields.array(result, "events").forEach(row -> events.add(logged(row)));
        } else if (!result.isObject()) {
            throw Fields.invalid("events", "must be an array");
        }
        return new LogPage(List.copyOf(events), result.path("has_more").asBoolean(false));
    }

    private static ReadEvent logged(JsonNode row) {
        JsonNode payload = Fields.object(row, "event");
        long position = Fields.optionalCount(row.path("cursor"), "sequence")
                .or(() -> Fields.optionalCount(row.path("event_id"), "sequence"))
                .orElseThrow(() -> Fields.invalid("cursor.sequence", "must be a whole number, not negative"));
        return new ReadEvent(
                "",
                position,
                Fields.optionalCount(row, "timestamp_ms").orElse(0L),
                Fields.textOr(payload, "type", ""),
                payload);
    }
}
