package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Parked;
import dev.meerkat.api.Peer;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.api.Usage;
import dev.meerkat.client.ContractMismatchException;
import dev.meerkat.wire.ContractVersion;
import dev.meerkat.wire.internal.VersionForm;
import dev.meerkat.wire.internal.WireFields;
import dev.meerkat.wire.internal.comms.PeerForm;
import dev.meerkat.wire.internal.comms.ReceiptForm;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What servers answer, of any line: tolerant reading. What lacks a field that is needed is an {@link
 * UnknownOutcomeException} with the code {@code invalid_answer} that names the field.
 */
public final class Answers {
    private static final String KEY_CONFLICT = "input_idempotency_conflict";

    private Answers() {}

    /** What values of the API refuse is the answer's fault, and no refusal of the call, which may have been carried out. */
    private static <T> T reading(Supplier<T> reader) {
        try {
            return reader.get();
        } catch (InvalidFieldException e) {
            throw new UnknownOutcomeException(
                    "invalid_answer", "the server's answer cannot be read: " + e.getMessage(), e);
        }
    }

    private static InvalidFieldException unknown(String field, String word) {
        return new InvalidFieldException(field, word, "is not known");
    }

    private static <T> List<T> all(JsonNode result, String field, Function<JsonNode, T> reader) {
        List<T> all = new ArrayList<>();
        WireFields.array(result, field).forEach(row -> all.add(reader.apply(row)));
        return all;
    }

    /** An answer in the API's own form. */
    public static <T> T api(JsonNode result, Function<Node, T> reader) {
        return reading(() -> ApiCall.read(result, reader));
    }

    // --- the server ------------------------------------------------------------------------------

    /** The contract version, from {@code initialize} (text) or {@code GET /capabilities} (object). */
    public static ContractVersion version(JsonNode answer) {
        String announced = reading(() -> VersionForm.text(answer));
        try {
            return ContractVersion.parse(announced);
        } catch (InvalidFieldException e) {
            throw new ContractMismatchException(announced);
        }
    }

    /** What the answer of {@code runtime/health} says is wrong, for people; other servers say ok, or nothing of it. */
    public static List<String> problems(JsonNode result) {
        List<String> problems = new ArrayList<>();
        for (JsonNode problem : result.path("problems")) {
            String session = problem.path("session_id").asText("");
            problems.add(problem.path("code").asText("unknown")
                    + (session.isEmpty() ? "" : ", session " + session)
                    + (problem.hasNonNull("message")
                            ? ": " + problem.path("message").asText()
                            : ""));
        }
        String status = result.path("status").asText("ok");
        if (problems.isEmpty() && !status.equals("ok")) {
            problems.add(status);
        }
        return problems;
    }

    // --- sessions and turns ----------------------------------------------------------------------

    /** The answer of {@code session/create}; keepAliveEarly: one that came before the first turn. */
    public static Created created(JsonNode result, boolean keepAliveEarly) {
        boolean early =
                keepAliveEarly && WireFields.optionalCount(result, "turns").orElse(0L) == 0L;
        boolean deferred = result.path("text").isMissingNode();
        TurnOutcome firstTurn = early || deferred ? null : completed(result);
        return reading(() -> new Created(WireFields.id(result, "session_id", SessionId::of), realm(result), firstTurn));
    }

    /** The realm before the colon of a session reference, or null if there is none. */
    static @Nullable String realm(JsonNode answer) {
        String reference = WireFields.textOr(answer, "session_ref", "");
        int colon = reference.indexOf(':');
        return colon > 0 ? reference.substring(0, colon) : null;
    }

    /** The answer of {@code turn/start}. */
    public static TurnOutcome.Completed completed(JsonNode result) {
        return reading(() -> new TurnOutcome.Completed(
                Optional.empty(), WireFields.text(result, "text"), usage(result), finishReason(result)));
    }

    /** Why a model stopped; a word that is not of the contract is its provider's own. */
    static Optional<FinishReason> finishReason(JsonNode result) {
        return WireFields.optionalText(result, "stop_reason")
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
        Optional<Long> input = WireFields.optionalCount(usage, "input_tokens");
        Optional<Long> output = WireFields.optionalCount(usage, "output_tokens");
        return input.isPresent() && output.isPresent()
                ? Optional.of(new Usage(input.get(), output.get()))
                : Optional.empty();
    }

    /** The answer of {@code turn/stop_run}: false if that turn was not the running one. */
    public static boolean stopped(JsonNode result) {
        return reading(() -> !WireFields.text(WireFields.object(result, "receipt"), "outcome")
                .equals("not_current"));
    }

    /** One row of {@code session/list}, or the answer of {@code session/read}. */
    public static SessionRow session(JsonNode row) {
        return reading(() -> new SessionRow(
                WireFields.id(row, "session_id", SessionId::of),
                realm(row),
                WireFields.time(row, "created_at"),
                WireFields.count(row, "message_count"),
                row.path("is_active").asBoolean(false),
                labels(row),
                WireFields.optionalText(row, "model"),
                WireFields.optionalText(row, "last_assistant_text"),
                parked(row.path("parked"))));
    }

    private static Optional<Parked> parked(JsonNode parked) {
        return parked.isObject()
                ? Optional.of(new Parked(
                        WireFields.time(parked, "at"),
                        WireFields.text(parked, "code"),
                        WireFields.text(parked, "message")))
                : Optional.empty();
    }

    /** The labels; a server that tells a session's comms name needs no label of ours for it. */
    private static Map<String, String> labels(JsonNode row) {
        Map<String, String> told = new HashMap<>(WireFields.texts(row.path("labels")));
        WireFields.optionalText(row, "comms_name").ifPresent(name -> told.put(OwnLabels.COMMS_NAME, name));
        if (row.path("keep_alive").isBoolean()) {
            told.remove(OwnLabels.KEEP_ALIVE);
        }
        if (row.path("keep_alive").asBoolean(false)) {
            told.put(OwnLabels.KEEP_ALIVE, "true");
        }
        return Map.copyOf(told);
    }

    /** The answer of {@code GET /sessions/{id}/status}. */
    public static String state(JsonNode result) {
        return reading(() -> WireFields.text(result, "state"));
    }

    /** The answer of {@code session/list}. */
    public static List<SessionRow> sessions(JsonNode result) {
        return reading(() -> all(result, "sessions", Answers::session));
    }

    /** The answer of {@code session/history}; self is the session's own name, or its id. */
    public static HistoryPage history(JsonNode result, String self) {
        return reading(() -> HistoryReader.page(result, self));
    }

    // --- inputs ----------------------------------------------------------------------------------

    /** The answer of {@code comms/send}. */
    public static <R extends Receipt> R receipt(CommsCommand<R> command, JsonNode result) {
        return reading(() -> ReceiptForm.read(command, result));
    }

    /** The answer of {@code comms/peers}. */
    public static List<Peer> peers(JsonNode result) {
        return reading(() -> all(result, "peers", PeerForm::read));
    }

    /** The answer of {@code session/external_event} or {@code session/peer_response_terminal}. */
    public static EventOutcome eventOutcome(JsonNode result) {
        return reading(() -> {
            // Over REST most servers say no more than that it is queued.
            boolean queued = result.path("queued").asBoolean(false);
            String type = queued ? "queued" : WireFields.text(result, "outcome_type");
            return switch (type) {
                case "queued" ->
                    result.hasNonNull("existing_id")
                            ? duplicate(result)
                            : accepted(WireFields.optionalId(result, "input_id", InputId::of));
                case "accepted" -> accepted(Optional.of(WireFields.id(result, "input_id", InputId::of)));
                case "deduplicated" -> duplicate(result);
                case "rejected" ->
                    throw new NotDoneException("rejected", WireFields.textOr(result, "reason", "rejected"));
                default -> throw unknown("outcome_type", type);
            };
        });
    }

    private static EventOutcome accepted(Optional<InputId> id) {
        return new EventOutcome.Accepted(id, Optional.empty(), new Delivery.Queued());
    }

    private static EventOutcome duplicate(JsonNode result) {
        return new EventOutcome.Duplicate(
                WireFields.id(result, "existing_id", InputId::of),
                Optional.empty(),
                result.path("redriven").asBoolean(false));
    }

    /** A refused external event as an outcome, if it is a conflict of keys. */
    public static Optional<EventOutcome> refusedEvent(Fault fault, ExternalEvent event) {
        boolean conflict = fault.textCode().equals(KEY_CONFLICT);
        // Without a key of its own an event can have no conflict that would be its caller's.
        return event.idempotencyKey()
                .filter(key -> conflict)
                .map(key -> new EventOutcome.Conflict(
                        WireFields.optionalId(fault.data(), "existing_id", InputId::of), key));
    }

    /** The answer of {@code session/input_status}. */
    public static Optional<InputStatus> inputStatus(JsonNode result) {
        JsonNode state = result.path("state");
        if (result.isObject() && (state.isMissingNode() || state.isNull())) {
            return Optional.empty();
        }
        long attempts = WireFields.optionalCount(state, "attempt_count").orElse(0L);
        return reading(() -> Optional.of(new InputStatus(
                WireFields.id(WireFields.object(result, "state"), "input_id", InputId::of),
                Optional.empty(),
                inputState(WireFields.text(state, "current_state")),
                (int) Math.min(Integer.MAX_VALUE, attempts))));
    }

    private static InputStatus.State inputState(String word) {
        return switch (word) {
            case "accepted", "queued" -> InputStatus.State.QUEUED;
            case "staged", "applied", "applied_pending_consumption" -> InputStatus.State.STAGED;
            case "consumed", "superseded", "coalesced" -> InputStatus.State.CONSUMED;
            case "abandoned" -> InputStatus.State.DEAD_LETTERED;
            default -> throw unknown("current_state", word);
        };
    }

    /** The answer of {@code session/inject_context}: false for a duplicate. */
    public static boolean contextApplied(JsonNode result) {
        return reading(() -> {
            String status = WireFields.text(result, "status");
            return switch (status) {
                case "applied", "staged" -> true;
                case "duplicate" -> false;
                default -> throw unknown("status", status);
            };
        });
    }

    // --- events ----------------------------------------------------------------------------------

    /** A live envelope; one in the API's own form is kept whole, and says itself where it stands. */
    public static ReadEvent envelope(JsonNode envelope) {
        if (envelope.has("value")) {
            return new ReadEvent("", 0, 0, "", envelope);
        }
        return reading(() -> event(
                WireFields.textOr(envelope, "event_id", ""),
                WireFields.optionalCount(envelope, "seq").orElse(0L),
                envelope,
                WireFields.object(envelope, "payload")));
    }

    private static ReadEvent event(String id, long position, JsonNode around, JsonNode payload) {
        long millis = WireFields.optionalCount(around, "timestamp_ms").orElse(0L);
        return new ReadEvent(id, position, millis, WireFields.textOr(payload, "type", ""), payload);
    }

    /** The answer of {@code events/latest_cursor}. */
    public static long latest(JsonNode result) {
        return reading(() -> WireFields.count(WireFields.object(result, "cursor"), "sequence"));
    }

    /** The end of the log, in the answer of {@code events/list_since}. */
    public static long logEnd(JsonNode result) {
        return reading(() -> WireFields.count(WireFields.object(result, "latest_cursor"), "sequence"));
    }

    /** The answer of {@code events/list_since}, which may leave out that there are no events. */
    public static LogPage logPage(JsonNode result) {
        return reading(() -> {
            boolean none = result.isObject() && !result.has("events");
            List<ReadEvent> events = none ? List.of() : all(result, "events", Answers::logged);
            return new LogPage(List.copyOf(events), result.path("has_more").asBoolean(false));
        });
    }

    private static ReadEvent logged(JsonNode row) {
        JsonNode cursor =
                WireFields.optionalCount(row.path("cursor"), "sequence").isPresent()
                        ? row.path("cursor")
                        : row.path("event_id");
        return event("", WireFields.count(cursor, "sequence"), row, WireFields.object(row, "event"));
    }
}
