package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.client.ContractMismatchException;
import dev.meerkat.wire.ContractVersion;
import dev.meerkat.wire.internal.VersionForm;
import dev.meerkat.wire.internal.comms.PeerForm;
import dev.meerkat.wire.internal.comms.ReceiptForm;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What servers answer, of any line: tolerant reading. What lacks a field that is needed is an {@link
 * dev.meerkat.api.UnknownOutcomeException} with the code {@code invalid_answer} that names the field.
 */
public final class Answers {
    private Answers() {}

    /** An answer in the API's own form. */
    public static <T> T api(JsonNode result, Function<Node, T> reader) {
        return Fields.reading(() -> ApiCall.read(result, reader));
    }

    /** The contract version, from {@code initialize} (text) or {@code GET /capabilities} (object). */
    public static ContractVersion version(JsonNode answer) {
        String announced = Fields.reading(() -> VersionForm.text(answer));
        try {
            return ContractVersion.parse(announced);
        } catch (InvalidFieldException e) {
            throw new ContractMismatchException(announced);
        }
    }

    /** The answer of {@code session/create}; keepAliveEarly: one that came before the first turn. */
    public static Created created(JsonNode result, boolean keepAliveEarly) {
        return SessionAnswers.created(result, keepAliveEarly);
    }

    /** The answer of {@code turn/start}. */
    public static TurnOutcome.Completed completed(JsonNode result) {
        return SessionAnswers.completed(result);
    }

    /** The answer of {@code comms/send}. */
    public static <R extends Receipt> R receipt(CommsCommand<R> command, JsonNode result) {
        return Fields.reading(() -> ReceiptForm.read(command, result));
    }

    /** The answer of {@code comms/peers}. */
    public static List<Peer> peers(JsonNode result) {
        return Fields.reading(() -> {
            List<Peer> peers = new ArrayList<>();
            Fields.array(result, "peers").forEach(row -> peers.add(PeerForm.read(row)));
            return peers;
        });
    }

    /** One row of {@code session/list}, or the answer of {@code session/read}. */
    public static SessionRow session(JsonNode row) {
        return SessionAnswers.session(row);
    }

    /** The answer of {@code GET /sessions/{id}/status}. */
    public static String state(JsonNode result) {
        return Fields.text(result, "state");
    }

    /** The answer of {@code session/list}. */
    public static List<SessionRow> sessions(JsonNode result) {
        List<SessionRow> rows = new ArrayList<>();
        Fields.array(result, "sessions").forEach(row -> rows.add(session(row)));
        return rows;
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

    /** The answer of {@code session/history}; self is the session's own name, or its id. */
    public static HistoryPage history(JsonNode result, String self) {
        return HistoryReader.page(result, self);
    }

    /** The answer of {@code session/external_event} or {@code session/peer_response_terminal} over JSON-RPC. */
    public static EventOutcome eventOutcome(JsonNode result) {
        return EventAnswers.outcome(result);
    }

    /** A refused external event as an outcome, if it is a conflict of keys or a full lane. */
    public static Optional<EventOutcome> refusedEvent(Fault fault, ExternalEvent event) {
        return EventAnswers.refused(fault, event);
    }

    /** The answer of {@code session/input_status}. */
    public static Optional<InputStatus> inputStatus(JsonNode result) {
        return EventAnswers.inputStatus(result);
    }

    /** The answer of {@code turn/stop_run}: false if that turn was not the running one. */
    public static boolean stopped(JsonNode result) {
        return !Fields.text(Fields.object(result, "receipt"), "outcome").equals("not_current");
    }

    /** The answer of {@code session/inject_context}: false for a duplicate. */
    public static boolean contextApplied(JsonNode result) {
        String status = Fields.text(result, "status");
        return switch (status) {
            case "applied", "staged" -> true;
            case "duplicate" -> false;
            default -> throw Fields.invalid("status", "is not known: " + status);
        };
    }

    /** A live envelope. */
    public static ReadEvent envelope(JsonNode envelope) {
        return EventAnswers.envelope(envelope);
    }

    /** The answer of {@code events/latest_cursor}. */
    public static long latest(JsonNode result) {
        return Fields.count(Fields.object(result, "cursor"), "sequence");
    }

    /** The end of the log, in the answer of {@code events/list_since}. */
    public static long logEnd(JsonNode result) {
        return Fields.count(Fields.object(result, "latest_cursor"), "sequence");
    }

    /** The answer of {@code events/list_since}. */
    public static LogPage logPage(JsonNode result) {
        return EventAnswers.logPage(result);
    }
}
