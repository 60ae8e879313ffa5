package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAmbiguousException;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.SelfSendException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.server.internal.calls.WireFault;
import java.util.List;

/** The errors of {@code comms/send} and {@code comms/peers}, which have codes of their own. */
public final class SendFaults {
    private static final String SEND_FAILED = "send_failed";
    private static final String OUTCOME = "outcome";
    private static final String NOT_DONE = "not_done";
    private static final int CANDIDATES = 32;

    private final Surface surface;
    private final SessionId session;

    /** Of calls of one session. */
    public SendFaults(Surface surface, SessionId session) {
        this.surface = surface;
        this.session = session;
    }

    /** The session is not there, or has no name; only the kind tells which. */
    public static WireFault notEnabled(Surface surface, String session, MeerkatException why) {
        return unavailable(surface, session, "Session not found or comms not enabled: " + session, why);
    }

    private static WireFault unavailable(Surface surface, String session, String message, MeerkatException why) {
        ObjectNode data = WireJson.object().put(OUTCOME, NOT_DONE).put("kind", why.code());
        if (surface == Surface.MCP) {
            data.put("code", "session_not_found_or_comms_disabled").put("session_id", session);
            return new WireFault(-32603, "NOT_FOUND", 404, message, data);
        }
        return new WireFault(-32602, "NOT_FOUND", 404, message, data);
    }

    /** Local input without the flag that says that it is meant. */
    public WireFault selfSession() {
        return failed(
                "validation failed: self-session input rejected: set allow_self_session=true to override",
                "self_session_input");
    }

    /** A command that cannot be sent as it is. */
    public WireFault invalid(InvalidFieldException e) {
        String detail = String.valueOf(e.getMessage());
        ObjectNode data = WireJson.object()
                .put("code", surface == Surface.MCP ? "invalid_comms_command" : "invalid_command")
                .put("message", detail)
                .put("field", e.field())
                .put(OUTCOME, NOT_DONE);
        String what = surface == Surface.MCP ? "Invalid comms command: " : "Command validation failed: ";
        return new WireFault(-32602, "BAD_REQUEST", 400, what + detail, data);
    }

    /** The failure of listing peers. */
    public WireFault of(Throwable failure) {
        if (failure instanceof NotSupportedException || failure instanceof SessionNotFoundException) {
            return notEnabled(surface, session.toString(), (MeerkatException) failure);
        }
        if (failure instanceof SessionArchivedException archived) {
            String about = String.valueOf(archived.getMessage());
            return unavailable(surface, session.toString(), "S" + about.substring(1), archived);
        }
        return Faults.of(failure);
    }

    /** The failure of sending a command. */
    public WireFault of(MeerkatException failure, CommsCommand<?> command) {
        String peer = command.recipient().map(Object::toString).orElse("");
        if (failure instanceof InvalidFieldException invalid) {
            return invalid(invalid);
        }
        if (failure instanceof PeerNotFoundException unknown) {
            return unknownPeer(failure, peer, unknown.candidates(), false);
        }
        if (failure instanceof PeerAmbiguousException ambiguous) {
            return unknownPeer(failure, peer, ambiguous.candidates(), true);
        }
        if (failure instanceof SelfSendException) {
            return unknownPeer(failure, peer, List.of(), false);
        }
        if (failure instanceof RequestNotFoundException || failure instanceof AlreadyAnsweredException) {
            return failed("validation failed: " + failure.getMessage(), failure.code());
        }
        if (failure instanceof LaneFullException full && !peer.isEmpty()) {
            return inboxFull(full, peer);
        }
        return failure instanceof UnknownOutcomeException unknown ? ambiguous(unknown) : of(failure);
    }

    private WireFault unknownPeer(MeerkatException failure, String peer, List<Peer> candidates, boolean ambiguous) {
        ObjectNode data = data(PeerNotFoundException.CODE, failure).put("peer", peer);
        if (ambiguous) {
            data.put("ambiguous", true);
        }
        ArrayNode listed = data.putArray("candidates");
        candidates.stream()
                .limit(CANDIDATES)
                .forEach(candidate -> listed.addObject()
                        .put("peer_id", candidate.id().toString())
                        .put("name", candidate.name()));
        return send(PeerNotFoundException.CODE, 500, data);
    }

    /** The receiver refused; it is worth another try, unlike all other refusals. */
    private WireFault inboxFull(LaneFullException full, String peer) {
        ObjectNode data = data("peer_admission_dropped", full)
                .put("peer", peer)
                .put("reason", "inbox_full")
                .put("retry_after_ms", full.retryAfter().toMillis());
        return send("peer_admission_dropped", 429, data);
    }

    private WireFault ambiguous(UnknownOutcomeException unknown) {
        ObjectNode data = data(UnknownOutcomeException.CODE, unknown)
                .put("retry_safe", false)
                .put("required_action", "reconcile")
                .put(OUTCOME, "unknown");
        unknown.id().ifPresent(id -> data.put("envelope_id", id.toString()));
        return send(UnknownOutcomeException.CODE, 500, data);
    }

    private WireFault failed(String message, String kind) {
        ObjectNode data = WireJson.object()
                .put("code", SEND_FAILED)
                .put("message", message)
                .put(OUTCOME, NOT_DONE)
                .put("kind", kind);
        return send(SEND_FAILED, 500, data);
    }

    private static ObjectNode data(String code, MeerkatException failure) {
        return WireJson.object()
                .put("code", code)
                .put("message", String.valueOf(failure.getMessage()))
                .put(OUTCOME, NOT_DONE)
                .put("kind", failure.code());
    }

    /** Over JSON-RPC the message is the reason alone; the other surfaces put the code before it. */
    private WireFault send(String code, int status, ObjectNode data) {
        String message = data.path("message").asText();
        return new WireFault(-32603, code, status, surface == Surface.RPC ? message : code + ": " + message, data);
    }
}
