package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerAmbiguousException;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.SelfSendException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.ErrorForm;
import dev.meerkat.wire.internal.fault.WireFault;

/** The errors of {@code comms/send} and {@code comms/peers}, which have codes of their own. */
public final class SendFaults {

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
        ObjectNode data = ErrorForm.data(why);
        if (surface == Surface.MCP) {
            data.put("code", "session_not_found_or_comms_disabled").put("session_id", session);
            return new WireFault(ErrorCode.INTERNAL_ERROR, message, data);
        }
        return new WireFault(ErrorCode.NOT_FOUND, message, data);
    }

    /** Local input without the flag that says that it is meant. */
    public WireFault selfSession() {
        return failed(
                "validation failed: self-session input rejected: set allow_self_session=true to override",
                ErrorForm.data(ErrorForm.NOT_DONE, "self_session_input"));
    }

    /** A command that cannot be sent as it is. */
    public WireFault invalid(InvalidFieldException e) {
        String detail = String.valueOf(e.getMessage());
        ObjectNode data = WireJson.object()
                .put("code", surface == Surface.MCP ? "invalid_comms_command" : "invalid_command")
                .put("message", detail)
                .put("field", e.field())
                .put(ErrorForm.OUTCOME, ErrorForm.NOT_DONE);
        String what = surface == Surface.MCP ? "Invalid comms command: " : "Command validation failed: ";
        return new WireFault(ErrorCode.BAD_REQUEST, what + detail, data);
    }

    /** The failure of listing peers. */
    public WireFault of(Throwable failure) {
        if (failure instanceof NotSupportedException || failure instanceof SessionNotFoundException) {
            return notEnabled(surface, session.toString(), (MeerkatException) failure);
        }
        if (failure instanceof SessionArchivedException archived) {
            return unavailable(surface, session.toString(), "Session is archived: " + archived.session(), archived);
        }
        return Faults.of(failure);
    }

    /** The failure of sending a command. */
    public WireFault of(MeerkatException failure, CommsCommand<?> command) {
        if (failure instanceof InvalidFieldException invalid) {
            return invalid(invalid);
        }
        if (failure instanceof PeerNotFoundException
                || failure instanceof SelfSendException
                || failure instanceof PeerAmbiguousException) {
            return unknownPeer(failure);
        }
        if (failure instanceof RequestNotFoundException || failure instanceof AlreadyAnsweredException) {
            return failed("validation failed: " + failure.getMessage(), ErrorForm.data(failure));
        }
        if (failure instanceof LaneFullException full && command.recipient().isPresent()) {
            return inboxFull(full, command.recipient().get());
        }
        return failure instanceof UnknownOutcomeException unknown ? ambiguous(unknown) : of(failure);
    }

    private WireFault unknownPeer(MeerkatException failure) {
        ObjectNode data = ErrorForm.data(failure);
        data.withArray("candidates");
        if (failure instanceof PeerAmbiguousException) {
            data.put("ambiguous", true);
        }
        return send(ErrorCode.PEER_NOT_FOUND_OR_NOT_TRUSTED, failure, data);
    }

    /** The receiver refused; it is worth another try, unlike all other refusals. */
    private WireFault inboxFull(LaneFullException full, PeerRef peer) {
        ObjectNode data = ErrorForm.data(full).put("peer", peer.toString()).put("reason", LaneFullException.CODE);
        return send(ErrorCode.PEER_ADMISSION_DROPPED, full, data);
    }

    private WireFault ambiguous(UnknownOutcomeException unknown) {
        ObjectNode data = ErrorForm.data(unknown).put("retry_safe", false).put("required_action", "reconcile");
        unknown.id().ifPresent(id -> data.put("envelope_id", id.toString()));
        return send(ErrorCode.SEND_AMBIGUOUS, unknown, data);
    }

    private WireFault failed(String message, ObjectNode data) {
        return send(ErrorCode.SEND_FAILED, message, data);
    }

    private WireFault send(ErrorCode code, MeerkatException failure, ObjectNode data) {
        return send(code, String.valueOf(failure.getMessage()), data);
    }

    /** Over JSON-RPC the message is the reason alone; the other surfaces put the code before it. */
    private WireFault send(ErrorCode code, String message, ObjectNode data) {
        data.put("code", code.rest()).put("message", message);
        return new WireFault(code, surface == Surface.RPC ? message : code.rest() + ": " + message, data);
    }
}
