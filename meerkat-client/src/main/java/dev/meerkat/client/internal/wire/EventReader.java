package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.TurnId;
import dev.meerkat.wire.internal.WireFields;
import dev.meerkat.wire.internal.WireJson;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Reads the events of one stream in order; remembers which turn runs. Not thread-safe. */
public final class EventReader {
    /** The types of what the API calls live. */
    private static final Set<String> LIVE = Set.of("text_delta", "tool_call_requested", "stream_truncated");

    /** Tool calls whose result is awaited; no model makes so many at one time. */
    private static final int OPEN_CALLS = 64;

    private final Map<String, JsonNode> openCalls = new HashMap<>();
    private final boolean whole;
    private TurnId running = TurnId.UNKNOWN;

    /** For one stream, in which events may be missing. */
    public EventReader() {
        this(false);
    }

    private EventReader(boolean whole) {
        this.whole = whole;
    }

    /** For a log with what is live between: whatever is missing, nothing of the log is. */
    public static EventReader ofLog() {
        return new EventReader(true);
    }

    /** Whether an event becomes one that the API calls live. */
    public static boolean isLive(ReadEvent event) {
        return LIVE.contains(event.type());
    }

    /** The event in the terms of the API. Never throws: what cannot be read is kept as it came. */
    public SessionEvent read(ReadEvent event, Cursor cursor) {
        Optional<? extends SessionEvent> known;
        try {
            known = known(event, cursor);
        } catch (InvalidFieldException e) {
            // A value that the API cannot hold; the event is kept below.
            known = Optional.empty();
        }
        if (known.isPresent()) {
            return known.get();
        }
        return new SessionEvent.Unrecognized(cursor, event.type(), WireJson.kept(event.payload()));
    }

    /**
     * Events are missing here. Among them may be the end of a turn and the begin of the next, so it is no
     * longer known which turn runs.
     */
    public void missed() {
        forget();
    }

    private void forget() {
        running = TurnId.UNKNOWN;
        openCalls.clear();
    }

    private Optional<? extends SessionEvent> known(ReadEvent event, Cursor cursor) {
        JsonNode payload = event.payload();
        return switch (event.type()) {
            case "run_started" -> Optional.of(started(event, cursor));
            case "run_resumed" -> resumed(payload);
            case "text_delta" ->
                WireFields.optionalText(payload, "delta")
                        .map(delta -> new SessionEvent.TextDelta(cursor, running, delta));
            case "tool_call_requested" -> callStarted(payload, cursor);
            case "tool_result_received" -> called(event, cursor);
            case "run_completed" -> completed(event, cursor);
            case "run_failed" -> Optional.of(failed(event, cursor));
            case "stream_truncated" -> Optional.of(truncated(payload, cursor));
            default -> Optional.empty();
        };
    }

    private SessionEvent truncated(JsonNode payload, Cursor cursor) {
        if (!whole) {
            missed();
        }
        return new SessionEvent.Gap(
                cursor,
                WireFields.optionalCount(payload.path("reason"), "dropped")
                        .filter(count -> count > 0)
                        .map(OptionalLong::of)
                        .orElseGet(OptionalLong::empty));
    }

    private SessionEvent started(ReadEvent event, Cursor cursor) {
        TurnId named = identity(event.payload());
        running = named.equals(TurnId.UNKNOWN) ? ofEnvelope(event) : named;
        openCalls.clear();
        return new SessionEvent.TurnStarted(cursor, at(event), running, 1);
    }

    /** The line 0.6 names no runs, so the envelope that began one stands for it. */
    private static TurnId ofEnvelope(ReadEvent event) {
        try {
            return TurnId.of(event.id());
        } catch (InvalidFieldException e) {
            return TurnId.UNKNOWN;
        }
    }

    /** The API has no such event, but what follows belongs to that turn. */
    private Optional<SessionEvent> resumed(JsonNode payload) {
        running = WireFields.idOr(payload, "run_id", TurnId::of, running);
        return Optional.empty();
    }

    private Optional<SessionEvent> callStarted(JsonNode payload, Cursor cursor) {
        Optional<String> name = WireFields.optionalText(payload, "name");
        if (name.isEmpty()) {
            return Optional.empty();
        }
        WireFields.optionalText(payload, "id").ifPresent(id -> remember(id, payload));
        return Optional.of(
                new SessionEvent.ToolCallStarted(cursor, running, name.get(), WireJson.json(payload.path("args"))));
    }

    private void remember(String id, JsonNode call) {
        if (openCalls.size() < OPEN_CALLS) {
            openCalls.put(id, call);
        }
    }

    private Optional<SessionEvent> called(ReadEvent event, Cursor cursor) {
        JsonNode payload = event.payload();
        Optional<String> id = WireFields.optionalText(payload, "id");
        JsonNode call = id.isEmpty() ? null : openCalls.remove(id.get());
        if (id.isEmpty() || call == null) {
            return Optional.empty();
        }
        ToolCall made = new ToolCall(
                id.get(),
                WireFields.textOr(call, "name", ""),
                WireJson.json(call.path("args")),
                WireJson.json(payload.path("content")),
                payload.path("is_error").asBoolean(false));
        return Optional.of(new SessionEvent.ToolCalled(cursor, at(event), running, made));
    }

    private Optional<SessionEvent> completed(ReadEvent event, Cursor cursor) {
        Optional<String> text = WireFields.optionalText(event.payload(), "result");
        TurnId turn = ended(event.payload());
        return text.map(result -> new SessionEvent.TurnCompleted(
                cursor,
                at(event),
                turn,
                result,
                Answers.counts(event.payload().path("run_usage")),
                Answers.finishReason(event.payload())));
    }

    private SessionEvent failed(ReadEvent event, Cursor cursor) {
        JsonNode payload = event.payload();
        JsonNode report = payload.path("error_report");
        String code = WireFields.optionalText(report, "class")
                .or(() -> WireFields.optionalText(payload, "error_class"))
                .orElse("unknown");
        String message = WireFields.optionalText(report, "message")
                .or(() -> WireFields.optionalText(payload, "error"))
                .orElse(code);
        TurnId turn = ended(payload);
        if (isStopped(code)
                || isStopped(reason(report.path("reason")))
                || isStopped(WireFields.textOr(payload, "terminal_cause_kind", ""))) {
            return new SessionEvent.TurnInterrupted(cursor, at(event), turn, "");
        }
        return new SessionEvent.TurnFailed(cursor, at(event), turn, 1, code, message, Optional.empty());
    }

    private static String reason(JsonNode reason) {
        return reason.isTextual() ? reason.textValue() : WireFields.textOr(reason, "reason_type", "");
    }

    private static boolean isStopped(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        return lower.contains("cancelled") || lower.contains("interrupted");
    }

    /** The turn that an event ends; afterwards none runs. */
    private TurnId ended(JsonNode payload) {
        TurnId named = identity(payload);
        TurnId turn = named.equals(TurnId.UNKNOWN) ? running : named;
        forget();
        return turn;
    }

    private static TurnId identity(JsonNode payload) {
        return WireFields.idOr(payload.path("identity"), "run_id", TurnId::of, TurnId.UNKNOWN);
    }

    private static Instant at(ReadEvent event) {
        return Instant.ofEpochMilli(event.timestampMillis());
    }
}
