package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.methods.Operations.SessionView;
import dev.meerkat.server.internal.wire.RunEnd;
import dev.meerkat.server.internal.wire.SessionWriter;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What tools answer where JSON-RPC answers otherwise. */
final class McpAnswers {
    /** What there never is here, and hosts look for all the same. */
    private static final List<String> NEVER =
            List.of("structured_output", "extraction_error", "schema_warnings", "skill_diagnostics");

    private McpAnswers() {}

    /**
     * A call of a tool that waits for its host's result.
     *
     * @param id stable for this call, also when the agent makes it again
     * @param name the tool
     * @param arguments any JSON
     */
    record WaitingTool(String id, String name, Json arguments) {}

    /** An answer that begins with its session. */
    static ObjectNode of(SessionId session, ObjectNode result) {
        ObjectNode answer = WireJson.object().put("session_id", session.toString());
        return answer.setAll(result);
    }

    /** What a session is, and what its turns have cost, which nobody counts here. */
    static ObjectNode read(SessionView view, SessionWriter writer) {
        ObjectNode whole = writer.read(view.snapshot(), view.updated());
        ObjectNode answer = writer.reference(view.snapshot().id());
        ObjectNode state =
                answer.putObject("state").put("session_id", view.snapshot().id().toString());
        addTime(state, "created_at", view.snapshot().createdAt());
        addTime(state, "updated_at", view.updated());
        state.putNull("last_assistant_text");
        for (String field :
                List.of("message_count", "is_active", "model", "provider", "last_assistant_text", "labels")) {
            Optional.ofNullable(whole.get(field)).ifPresent(value -> state.set(field, value));
        }
        answer.putObject("billing")
                .put("total_tokens", 0)
                .putObject("usage")
                .put("input_tokens", 0)
                .put("output_tokens", 0)
                .putNull("cache_creation_tokens")
                .putNull("cache_read_tokens");
        return answer;
    }

    private static void addTime(ObjectNode state, String field, Instant time) {
        state.putObject(field).put("secs_since_epoch", time.getEpochSecond()).put("nanos_since_epoch", 0);
    }

    /** A turn has ended, or a session without one is there. */
    static ObjectNode completed(RunEnd end, SessionWriter writer) {
        ObjectNode run = writer.run(end);
        JsonNode text = run.remove("text");
        ObjectNode answer = WireJson.object();
        addText(answer, text == null ? "" : text.textValue());
        answer.setAll(run);
        NEVER.forEach(answer::putNull);
        return answer;
    }

    private static void addText(ObjectNode answer, String text) {
        answer.putArray("content").addObject().put("type", "text").put("text", text);
    }

    /** A turn waits for the results of tools. */
    static ObjectNode pending(ContractLine line, SessionId session, List<WaitingTool> calls) {
        ObjectNode answer = WireJson.object();
        addText(answer, "Agent is waiting for tool results");
        answer.put("session_id", session.toString()).put("status", "pending_tool_call");
        if (line.tellsResumable()) {
            answer.put("resumable", true);
        }
        addCalls(answer, calls);
        return answer;
    }

    /** The line 0.6 does not name the call, but wants its name with the result. */
    static void addCalls(ObjectNode answer, List<WaitingTool> calls) {
        ArrayNode listed = answer.putArray("pending_tool_calls");
        for (WaitingTool call : calls) {
            listed.addObject()
                    .put("tool_use_id", call.id())
                    .put("tool_name", call.name())
                    .set("args", WireJson.tree(call.arguments()));
        }
    }

    /** Results came in that were there already. */
    static ObjectNode accepted(SessionId session) {
        return WireJson.object()
                .put("status", "callback_results_already_accepted")
                .put("session_id", session.toString())
                .put("resumable", true);
    }
}
