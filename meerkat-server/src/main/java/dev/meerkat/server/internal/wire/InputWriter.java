package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.SessionId;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import java.time.Instant;

/** Writes what became of inputs. */
public final class InputWriter {
    private static final String QUEUED = "queued";

    private InputWriter() {}

    /**
     * What became of an event. A duplicate has no input of its own, so that it has the id of the first one.
     *
     * @param at when it was admitted
     * @throws dev.meerkat.wire.internal.fault.WireFault if it was refused
     */
    public static ObjectNode outcome(EventOutcome outcome, Instant at) {
        if (outcome instanceof EventOutcome.Duplicate duplicate) {
            ObjectNode known = WireJson.object()
                    .put("outcome_type", "deduplicated")
                    .put("input_id", duplicate.inputId().toString())
                    .put("existing_id", duplicate.inputId().toString());
            return duplicate.redriven() ? known.put("redriven", true) : known;
        }
        if (outcome instanceof EventOutcome.Conflict conflict) {
            throw Faults.keyConflict(conflict.existing());
        }
        if (outcome instanceof EventOutcome.Refused refused) {
            throw Faults.laneFull(refused.reason());
        }
        InputId id = ((EventOutcome.Accepted) outcome).inputId().orElseThrow();
        ObjectNode answer = WireJson.object().put("outcome_type", "accepted").put("input_id", id.toString());
        ObjectNode state = begin(id, QUEUED, 0);
        state.putArray("history")
                .addObject()
                .put("timestamp", at.toString())
                .put("from", "accepted")
                .put("to", QUEUED)
                .put("reason", "QueueAccepted");
        answer.set("state", end(state, at));
        return answer;
    }

    /** The answer of {@code session/input_status} about a known input. */
    public static ObjectNode status(InputStatus status, Instant at) {
        ObjectNode answer = WireJson.object();
        answer.set("state", end(state(status), at));
        return answer;
    }

    private static ObjectNode state(InputStatus status) {
        return switch (status.state()) {
            // The wire has no word for what is set aside; it waits for its next attempt.
            case QUEUED, SET_ASIDE -> begin(status, QUEUED);
            case STAGED -> begin(status, "staged");
            case CONSUMED -> begin(status, "consumed").put("terminal_outcome", "completed");
            case DEAD_LETTERED, DISCARDED, EXPIRED -> begin(status, "abandoned").put("terminal_outcome", "abandoned");
        };
    }

    private static ObjectNode begin(InputStatus status, String state) {
        return begin(status.id(), state, status.attempts());
    }

    private static ObjectNode begin(InputId id, String state, int attempts) {
        return WireJson.object()
                .put("input_id", id.toString())
                .put("current_state", state)
                .put("attempt_count", attempts)
                .put("recovery_count", 0);
    }

    private static ObjectNode end(ObjectNode state, Instant at) {
        return state.put("created_at", at.toString()).put("updated_at", at.toString());
    }

    /** Whether a note was taken, in the word of a line. */
    public static String context(boolean added, ContractLine line) {
        String taken = line.contextIsContent() ? "applied" : "staged";
        return added ? taken : "duplicate";
    }

    /** Which input of which session it is. */
    public static ObjectNode ofInput(SessionId session, InputId input) {
        return WireJson.object().put("session_id", session.toString()).put("input_id", input.toString());
    }
}
