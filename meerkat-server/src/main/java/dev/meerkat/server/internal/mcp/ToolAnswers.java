package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.wire.internal.WireJson;
import java.util.List;

/** What tools answer where JSON-RPC answers otherwise. */
final class ToolAnswers {
    private ToolAnswers() {}

    /** The answer of a tool. */
    static ObjectNode of(String tool, ObjectNode arguments, ObjectNode result) {
        return switch (tool) {
            case "meerkat_read" -> read(result);
            case "meerkat_comms_send" -> {
                ObjectNode answer = WireJson.object();
                answer.set("receipt", result);
                yield answer;
            }
            case "meerkat_interrupt", "meerkat_archive" -> {
                String locator = arguments.path("session_id").asText();
                ObjectNode answer = WireJson.object().put("session_id", locator.substring(locator.indexOf(':') + 1));
                yield answer.setAll(result);
            }
            default -> result;
        };
    }

    /** What a session is, and what its turns have cost, which nobody counts here. */
    private static ObjectNode read(ObjectNode result) {
        ObjectNode answer = WireJson.object();
        ObjectNode state = WireJson.object();
        state.set("session_id", result.path("session_id"));
        copy(result, answer, List.of("session_id", "session_ref"));
        for (String time : List.of("created_at", "updated_at")) {
            state.putObject(time)
                    .put("secs_since_epoch", result.path(time).longValue())
                    .put("nanos_since_epoch", 0);
        }
        state.putNull("last_assistant_text");
        copy(
                result,
                state,
                List.of("message_count", "is_active", "model", "provider", "last_assistant_text", "labels"));
        answer.set("state", state);
        ObjectNode billing = answer.putObject("billing").put("total_tokens", 0);
        billing.putObject("usage")
                .put("input_tokens", 0)
                .put("output_tokens", 0)
                .putNull("cache_creation_tokens")
                .putNull("cache_read_tokens");
        return answer;
    }

    private static void copy(ObjectNode from, ObjectNode to, List<String> fields) {
        for (String field : fields) {
            JsonNode value = from.path(field);
            if (!value.isMissingNode()) {
                to.set(field, value);
            }
        }
    }
}
