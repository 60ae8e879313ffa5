package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Peer;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.TurnOutcome;
import java.util.List;
import java.util.Optional;

/**
 * What servers answer, of any line: tolerant reading. What lacks a field that is needed is an {@link
 * dev.meerkat.api.UnknownOutcomeException} with the code {@code invalid_answer} that names the field.
 */
public final class Answers {
    private Answers() {}

    /** The contract version, from {@code initialize} (text) or {@code GET /capabilities} (object). */
    public static ContractVersion version(JsonNode answer) {
        return Later.later();
    }

    /** The answer of {@code session/create}; keepAliveEarly: one that came before the first turn. */
    public static Created created(JsonNode result, boolean keepAliveEarly) {
        return Later.later();
    }

    /** The answer of {@code turn/start}. */
    public static TurnOutcome.Completed completed(JsonNode result) {
        return Later.later();
    }

    /** The answer of {@code comms/send}. */
    public static <R extends Receipt> R receipt(CommsCommand<R> command, JsonNode result) {
        return Later.later();
    }

    /** The answer of {@code comms/peers}. */
    public static List<Peer> peers(JsonNode result) {
        return Later.later();
    }

    /** One row of {@code session/list}, or the answer of {@code session/read}. */
    public static SessionRow session(JsonNode row) {
        return Later.later();
    }

    /** The answer of {@code session/list}. */
    public static List<SessionRow> sessions(JsonNode result) {
        return Later.later();
    }

    /** The answer of {@code session/history}; self is the session's own name, or its id. */
    public static HistoryPage history(JsonNode result, String self) {
        return Later.later();
    }

    /** The answer of {@code session/external_event} or {@code session/peer_response_terminal} over JSON-RPC. */
    public static EventOutcome eventOutcome(JsonNode result) {
        return Later.later();
    }

    /** A refused external event as an outcome, if it is a conflict of keys or a full lane. */
    public static Optional<EventOutcome> refusedEvent(Fault fault, ExternalEvent event) {
        return Later.later();
    }

    /** The answer of {@code session/input_status}. */
    public static Optional<InputStatus> inputStatus(JsonNode result) {
        return Later.later();
    }

    /** The answer of {@code session/inject_context}: false for a duplicate. */
    public static boolean contextApplied(JsonNode result) {
        return Later.later();
    }

    /** A live envelope. */
    public static WireEvent envelope(JsonNode envelope) {
        return Later.later();
    }

    /** The answer of {@code events/latest_cursor}. */
    public static long latest(JsonNode result) {
        return Later.later();
    }

    /** The answer of {@code events/list_since}. */
    public static LogPage logPage(JsonNode result) {
        return Later.later();
    }
}
