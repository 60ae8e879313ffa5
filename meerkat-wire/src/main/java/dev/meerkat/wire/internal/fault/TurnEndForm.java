package dev.meerkat.wire.internal.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import java.util.Optional;

/**
 * How a turn ended without an answer, in the data of the error that answers for it. The contract has only failures and
 * their messages, so this stands beside what the contract asks for.
 */
public final class TurnEndForm {
    private static final String TURN = "turn";

    private TurnEndForm() {}

    /** Adds the end of a turn. */
    public static ObjectNode add(ObjectNode data, TurnOutcome end) {
        ObjectNode turn = data.putObject(TURN).put("outcome", end.getOutcome());
        end.turnId().ifPresent(id -> turn.put("run_id", id.toString()));
        if (end instanceof TurnOutcome.Interrupted interrupted) {
            turn.put("text", interrupted.text());
        } else if (end instanceof TurnOutcome.Parked parked) {
            turn.put("code", parked.code()).put("message", parked.message());
        } else if (end instanceof TurnOutcome.Failed failed) {
            turn.put("code", failed.code()).put("message", failed.message());
        }
        return data;
    }

    /** The end that the data tells of, or empty. */
    public static Optional<TurnOutcome> read(JsonNode data) {
        JsonNode turn = data.path(TURN);
        try {
            Optional<TurnId> id = Optional.of(TurnId.of(turn.path("run_id").asText()));
            return switch (turn.path("outcome").asText()) {
                case "interrupted" -> Optional.of(new TurnOutcome.Interrupted(id, text(turn, "text")));
                case "parked" -> Optional.of(new TurnOutcome.Parked(id, text(turn, "code"), text(turn, "message")));
                case "failed" -> Optional.of(new TurnOutcome.Failed(id, text(turn, "code"), text(turn, "message")));
                default -> Optional.empty();
            };
        } catch (InvalidFieldException e) {
            return Optional.empty();
        }
    }

    private static String text(JsonNode turn, String field) {
        return turn.path(field).asText();
    }
}
