package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.Usage;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireFields;
import dev.meerkat.wire.internal.WireJson;
import java.time.Instant;
import java.util.Optional;

/** Writes what sessions look like and what their turns answered. */
public final class SessionWriter {
    private static final String NO_MODEL = "default";
    private static final String PROVIDER = "self_hosted";
    private static final Usage NOTHING = new Usage(0, 0);

    private final String realm;
    private final ContractLine line;

    /** Of one realm. */
    public SessionWriter(String realm, ContractLine line) {
        this.realm = realm;
        this.line = line;
    }

    /** Only which session it is. */
    public ObjectNode reference(SessionId id) {
        return WireJson.object().put("session_id", id.toString()).put("session_ref", realm + ":" + id);
    }

    private ObjectNode completed(SessionId id, TurnOutcome.Completed completed) {
        ObjectNode answer = run(id, completed.text(), 1, completed.usage().orElse(NOTHING));
        completed.finishReason().ifPresent(reason -> answer.put("stop_reason", StopReasons.of(reason)));
        return answer;
    }

    /** What begins a run has ended. */
    public ObjectNode run(RunEnd end) {
        if (end instanceof RunEnd.Deferred) {
            return reference(end.session());
        }
        return end instanceof RunEnd.Completed completed
                ? completed(end.session(), completed.outcome())
                : run(end.session(), "", 0, NOTHING);
    }

    private ObjectNode run(SessionId id, String text, int turns, Usage used) {
        ObjectNode result = reference(id).put("text", text).put("turns", turns).put("tool_calls", 0);
        result.putObject("usage")
                .put("input_tokens", used.inputTokens())
                .put("output_tokens", used.outputTokens())
                .put("total_tokens", used.inputTokens() + used.outputTokens());
        return result;
    }

    /** A row of {@code session/list}. */
    public ObjectNode row(SessionSnapshot session, Instant updated) {
        ObjectNode row = common(session, updated);
        row.put("total_tokens", 0);
        WireFields.addLabels(row, session.labels());
        return row;
    }

    /** The answer of {@code session/read}. */
    public ObjectNode read(SessionSnapshot session, Instant updated) {
        ObjectNode answer = common(session, updated);
        answer.put("model", session.model().orElse(NO_MODEL));
        answer.put("provider", PROVIDER);
        if (line.tellsAnswerOfActive() || !active(session)) {
            session.lastAnswer().ifPresent(text -> answer.put("last_assistant_text", text));
        }
        addParked(answer, session);
        WireFields.addLabels(answer, session.labels());
        return answer;
    }

    /** Why a session is parked, if it is. */
    public static void addParked(ObjectNode row, SessionSnapshot session) {
        session.parked()
                .ifPresent(parked -> row.putObject("parked")
                        .put("at", parked.at().toString())
                        .put("code", parked.code())
                        .put("message", parked.message()));
    }

    /** What became of an interruption. */
    public ObjectNode interrupted(SessionId id, boolean neverStarted) {
        return line.tellsInterrupted()
                ? WireJson.object()
                        .put("session_id", id.toString())
                        .put("interrupted", !neverStarted)
                        .put("result", neverStarted ? "staged_noop" : "interrupted")
                : WireJson.object().put("interrupted", true);
    }

    /**
     * What became of a run that was to stop.
     *
     * @param current the run that is the current one instead
     */
    public static ObjectNode stopped(SessionId id, TurnId run, boolean stopped, Optional<TurnId> current) {
        ObjectNode answer = WireJson.object().put("session_id", id.toString());
        ObjectNode receipt = answer.putObject("receipt").put("run_id", run.toString());
        if (stopped) {
            receipt.put("outcome", "stopped").putArray("contributors");
        } else {
            receipt.put("outcome", "not_current");
            current.ifPresent(other -> receipt.put("current_run_id", other.toString()));
        }
        return answer;
    }

    /** With two fields beyond the contract: how a session is found that something in this JVM has named. */
    private ObjectNode common(SessionSnapshot session, Instant updated) {
        ObjectNode common = reference(session.id())
                .put("created_at", session.createdAt().getEpochSecond())
                .put("updated_at", updated.getEpochSecond())
                .put("message_count", session.messageCount())
                .put("is_active", active(session));
        session.commsName().ifPresent(name -> common.put("comms_name", name).put("keep_alive", session.keepAlive()));
        return common;
    }

    private static boolean active(SessionSnapshot session) {
        return session.state() == SessionSnapshot.State.RUNNING;
    }
}
