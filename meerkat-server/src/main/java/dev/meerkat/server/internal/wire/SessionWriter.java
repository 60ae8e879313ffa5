package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.Usage;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireFields;
import dev.meerkat.wire.internal.WireJson;
import java.time.Instant;

/** Writes what sessions look like and what their turns answered. */
public final class SessionWriter {
    private static final String NO_MODEL = "default";
    private static final String PROVIDER = "self_hosted";
    private static final Usage NOTHING = new Usage(0, 0);

    private final String realm;
    private final boolean answersOfActive;

    /** Of one realm. */
    public SessionWriter(String realm, ContractLine line) {
        this.realm = realm;
        this.answersOfActive = line.tellsAnswerOfActive();
    }

    /** Only which session it is: the answer of a deferred {@code session/create}. */
    public ObjectNode reference(SessionId id) {
        return WireJson.object().put("session_id", id.toString()).put("session_ref", realm + ":" + id);
    }

    /** A session before its first turn: the answer of a keep-alive {@code session/create}. */
    public ObjectNode begun(SessionId id) {
        return run(id, "", 0, NOTHING);
    }

    /** A turn's answer. */
    public ObjectNode completed(SessionId id, TurnOutcome.Completed completed) {
        ObjectNode answer = run(id, completed.text(), 1, completed.usage().orElse(NOTHING));
        completed.finishReason().ifPresent(reason -> answer.put("stop_reason", StopReasons.of(reason)));
        return answer;
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
        if (answersOfActive || !active(session)) {
            session.lastAnswer().ifPresent(text -> answer.put("last_assistant_text", text));
        }
        session.parked()
                .ifPresent(parked -> answer.putObject("parked")
                        .put("at", parked.at().toString())
                        .put("code", parked.code())
                        .put("message", parked.message()));
        WireFields.addLabels(answer, session.labels());
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
