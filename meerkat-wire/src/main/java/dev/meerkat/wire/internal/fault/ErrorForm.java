package dev.meerkat.wire.internal.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.CommsNameTakenException;
import dev.meerkat.api.EarlierMessageUndeliveredException;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Lane;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDeadLetterException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAmbiguousException;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.SelfSendException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.StoreInUseException;
import dev.meerkat.api.StoreLostException;
import dev.meerkat.api.TooManySchedulesException;
import dev.meerkat.api.TooManySessionsException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.wire.internal.WireFields;
import dev.meerkat.wire.internal.WireJson;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The errors of the API as the data of error answers: the one table of code, {@link ErrorCode} and exception. The data
 * says in {@code outcome} what is known of the work, in {@code kind} the stable code of the API, and beside these what
 * the error is about, so that the same exception can be made of it again. Clients that do not know these fields skip
 * them.
 */
public final class ErrorForm {
    public static final String OUTCOME = "outcome";
    public static final String KIND = "kind";
    public static final String NOT_DONE = "not_done";
    public static final String FAILED = "failed";
    public static final String UNKNOWN = "unknown";

    /** As many candidates as an answer names. */
    private static final int CANDIDATES = 32;

    private static final String SESSION = "session_id";
    private static final String RECEIVER = "receiver_id";
    private static final String INPUT = "input_id";
    private static final String REQUEST = "request_id";
    private static final String PEER = "peer";
    private static final String PEER_ID = "peer_id";
    private static final String PROBLEM = "problem";
    private static final String ASKED = "asked";
    private static final String BOUND = "bound";

    /** Refusals: the exception, its code on the wire, and how its facts are written and read. */
    private static final Map<String, Row<?>> ROWS = rows(
            row(SessionNotFoundException.class, SessionNotFoundException.CODE, ErrorCode.SESSION_NOT_FOUND)
                    .with((e, to) -> to.put(ASKED, e.asked()))
                    .read((from, message) -> new SessionNotFoundException(WireFields.text(from, ASKED))),
            row(SessionArchivedException.class, SessionArchivedException.CODE, ErrorCode.SESSION_NOT_FOUND)
                    .with((e, to) -> to.put(SESSION, e.session().toString()))
                    .read((from, message) -> new SessionArchivedException(session(from, SESSION))),
            row(InvalidFieldException.class, InvalidFieldException.CODE, ErrorCode.BAD_REQUEST)
                    .with((e, to) ->
                            to.put("field", e.field()).put("value", e.value()).put(PROBLEM, e.problem()))
                    .read((from, message) -> new InvalidFieldException(
                            WireFields.text(from, "field"),
                            unquoted(WireFields.text(from, "value")),
                            WireFields.text(from, PROBLEM))),
            row(NotSupportedException.class, NotSupportedException.CODE, ErrorCode.CAPABILITY_UNAVAILABLE)
                    .read((from, message) -> new NotSupportedException(message)),
            row(MeerkatClosedException.class, MeerkatClosedException.CODE, ErrorCode.SESSION_RUNTIME_UNAVAILABLE),
            row(StoreException.class, StoreException.CODE, ErrorCode.SESSION_RUNTIME_UNAVAILABLE),
            row(StoreLostException.class, StoreLostException.CODE, ErrorCode.SESSION_RUNTIME_UNAVAILABLE),
            row(StoreInUseException.class, StoreInUseException.CODE, ErrorCode.SESSION_RUNTIME_UNAVAILABLE),
            row(
                            EarlierMessageUndeliveredException.class,
                            EarlierMessageUndeliveredException.CODE,
                            ErrorCode.SESSION_RUNTIME_UNAVAILABLE)
                    .with((e, to) -> to.put(SESSION, e.session().toString())
                            .put(RECEIVER, e.receiver().toString()))
                    .read((from, message) -> new EarlierMessageUndeliveredException(
                            session(from, SESSION), session(from, RECEIVER), null)),
            row(TooManySessionsException.class, TooManySessionsException.CODE, ErrorCode.SESSION_RUNTIME_UNAVAILABLE)
                    .with((e, to) -> to.put(PROBLEM, e.refused()).put(BOUND, e.bound()))
                    .read((from, message) -> new TooManySessionsException(
                            WireFields.text(from, PROBLEM), (int) WireFields.count(from, BOUND))),
            row(TooManySchedulesException.class, TooManySchedulesException.CODE, ErrorCode.BUDGET_EXHAUSTED)
                    .with((e, to) -> to.put(SESSION, e.session().toString()).put(BOUND, e.bound()))
                    .read((from, message) ->
                            new TooManySchedulesException(session(from, SESSION), (int) WireFields.count(from, BOUND))),
            row(LaneFullException.class, LaneFullException.CODE, ErrorCode.BUDGET_EXHAUSTED)
                    .with((e, to) -> to.put(SESSION, e.session().toString())
                            .put("lane", e.lane().name().toLowerCase(Locale.ROOT))
                            .put(BOUND, e.bound())
                            .put("retry_after_ms", e.retryAfter().toMillis()))
                    .read((from, message) -> new LaneFullException(
                            session(from, SESSION),
                            lane(WireFields.text(from, "lane")),
                            WireFields.text(from, BOUND),
                            Duration.ofMillis(Math.max(1, WireFields.count(from, "retry_after_ms"))))),
            row(CommsNameTakenException.class, CommsNameTakenException.CODE, ErrorCode.CONFLICT)
                    .with((e, to) -> to.put("realm", e.realm())
                            .put("comms_name", e.commsName())
                            .put("holder", e.holder().toString()))
                    .read((from, message) -> new CommsNameTakenException(
                            WireFields.text(from, "realm"),
                            WireFields.text(from, "comms_name"),
                            session(from, "holder"))),
            row(NotDeadLetterException.class, NotDeadLetterException.CODE, ErrorCode.CONFLICT)
                    .with((e, to) -> to.put(SESSION, e.session().toString())
                            .put(INPUT, e.inputId().toString()))
                    .read((from, message) -> new NotDeadLetterException(
                            session(from, SESSION), InputId.of(WireFields.text(from, INPUT)))),
            row(RequestNotFoundException.class, RequestNotFoundException.CODE, ErrorCode.BAD_REQUEST)
                    .with((e, to) -> to.put(REQUEST, e.requestId().toString()).put(PROBLEM, e.problem()))
                    .read((from, message) -> new RequestNotFoundException(
                            RequestId.of(WireFields.text(from, REQUEST)), WireFields.text(from, PROBLEM))),
            row(AlreadyAnsweredException.class, AlreadyAnsweredException.CODE, ErrorCode.BAD_REQUEST)
                    .with((e, to) -> to.put(REQUEST, e.requestId().toString()))
                    .read((from, message) ->
                            new AlreadyAnsweredException(RequestId.of(WireFields.text(from, REQUEST)))),
            row(SelfSendException.class, SelfSendException.CODE, ErrorCode.BAD_REQUEST)
                    .with((e, to) -> peer(to, e.asked()))
                    .read((from, message) -> new SelfSendException(peer(from))),
            row(PeerNotFoundException.class, PeerNotFoundException.CODE, ErrorCode.BAD_REQUEST)
                    .with((e, to) -> candidates(peer(to, e.asked()), e.candidates()))
                    .read((from, message) -> new PeerNotFoundException(peer(from), List.of())),
            row(PeerAmbiguousException.class, PeerAmbiguousException.CODE, ErrorCode.BAD_REQUEST)
                    .with((e, to) -> candidates(peer(to, e.asked()), e.candidates()))
                    .read((from, message) -> new PeerAmbiguousException(peer(from), List.of())));

    private record Row<E extends MeerkatException>(
            Class<E> type,
            String kind,
            ErrorCode code,
            BiConsumer<E, ObjectNode> facts,
            BiFunction<JsonNode, String, Optional<MeerkatException>> reader) {
        Row<E> with(BiConsumer<E, ObjectNode> facts) {
            return new Row<>(type, kind, code, facts, reader);
        }

        Row<E> read(BiFunction<JsonNode, String, E> reader) {
            return new Row<>(type, kind, code, facts, (from, message) -> Optional.of(reader.apply(from, message)));
        }

        void write(MeerkatException error, ObjectNode to) {
            facts.accept(type.cast(error), to);
        }
    }

    private ErrorForm() {}

    private static <E extends MeerkatException> Row<E> row(Class<E> type, String kind, ErrorCode code) {
        return new Row<>(type, kind, code, (e, to) -> {}, (from, message) -> Optional.empty());
    }

    private static Map<String, Row<?>> rows(Row<?>... rows) {
        return List.of(rows).stream().collect(Collectors.toUnmodifiableMap(Row::kind, Function.identity()));
    }

    /** The code on the wire of an error that the API names. */
    public static ErrorCode code(MeerkatException error) {
        Row<?> row = ROWS.get(error.code());
        if (row != null) {
            return row.code();
        }
        if (error instanceof NotDoneException) {
            return error.code().contains("conflict") ? ErrorCode.CONFLICT : ErrorCode.BAD_REQUEST;
        }
        return error instanceof FailedException && isOfProvider(error.code())
                ? ErrorCode.PROVIDER_ERROR
                : ErrorCode.INTERNAL_ERROR;
    }

    /** Whether the code of a failure says that a model's provider failed. */
    public static boolean isOfProvider(String code) {
        return code.startsWith("provider_") || code.startsWith("llm_") || code.startsWith("model_");
    }

    /** What the data of an error tells: what is known of the work, the code of the API, and what the error is about. */
    public static ObjectNode data(MeerkatException error) {
        ObjectNode data = data(outcome(error), error.code());
        Row<?> row = ROWS.get(error.code());
        if (row != null) {
            row.write(error, data);
        }
        if (error instanceof UnknownOutcomeException unknown) {
            unknown.id().ifPresent(id -> data.put("id", id.toString()));
        }
        return data;
    }

    /** The data of an error that is none of the API's. */
    public static ObjectNode data(String outcome, String kind) {
        return outcome(outcome).put(KIND, kind);
    }

    /** The data of an error that has no code of the API. */
    public static ObjectNode outcome(String outcome) {
        return WireJson.object().put(OUTCOME, outcome);
    }

    private static String outcome(MeerkatException error) {
        if (error instanceof NotDoneException) {
            return NOT_DONE;
        }
        return error instanceof FailedException ? FAILED : UNKNOWN;
    }

    /**
     * The refusal that the data tells of; empty if it is none of the API's, or not told in full.
     *
     * @param data of an error answer, or a missing node
     * @param message of the error answer
     */
    public static Optional<MeerkatException> read(JsonNode data, String message) {
        Row<?> row = data.path(OUTCOME).asText().equals(NOT_DONE)
                ? ROWS.get(data.path(KIND).asText())
                : null;
        try {
            return row == null ? Optional.empty() : row.reader().apply(data, message);
        } catch (InvalidFieldException e) {
            return Optional.empty();
        }
    }

    /** The kinds of refusal that can be read. */
    static Set<String> kinds() {
        return ROWS.keySet();
    }

    private static ObjectNode peer(ObjectNode to, PeerRef asked) {
        if (asked instanceof PeerRef.ById byId) {
            to.put(PEER_ID, byId.id().toString());
        }
        return to.put(PEER, asked.toString());
    }

    private static PeerRef peer(JsonNode from) {
        return from.has(PEER_ID)
                ? PeerRef.id(PeerId.of(WireFields.text(from, PEER_ID)))
                : PeerRef.named(WireFields.text(from, PEER));
    }

    private static void candidates(ObjectNode to, List<Peer> candidates) {
        ArrayNode listed = to.putArray("candidates");
        candidates.stream()
                .limit(CANDIDATES)
                .forEach(candidate -> listed.addObject()
                        .put(PEER_ID, candidate.id().toString())
                        .put("name", candidate.name()));
    }

    private static String unquoted(String shown) {
        boolean quoted = shown.length() > 1 && shown.startsWith("\"") && shown.endsWith("\"");
        return quoted ? shown.substring(1, shown.length() - 1) : shown;
    }

    private static SessionId session(JsonNode from, String field) {
        return SessionId.of(WireFields.text(from, field));
    }

    private static Lane lane(String name) {
        for (Lane lane : Lane.values()) {
            if (lane.name().toLowerCase(Locale.ROOT).equals(name)) {
                return lane;
            }
        }
        throw new InvalidFieldException("lane", name, "is not known");
    }
}
