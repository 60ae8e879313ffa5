package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import java.util.List;

/** The answers of {@code meerkat_run} and {@code meerkat_resume}. */
final class RunAnswers {
    /** What there never is here, and hosts look for all the same. */
    private static final List<String> NEVER =
            List.of("structured_output", "extraction_error", "schema_warnings", "skill_diagnostics");

    private RunAnswers() {}

    /** A turn has ended, or a session without one is there. */
    static ObjectNode completed(ObjectNode result) {
        ObjectNode answer = WireJson.object();
        addText(answer, result.path("text").asText(""));
        result.properties().forEach(field -> {
            if (!field.getKey().equals("text")) {
                answer.set(field.getKey(), field.getValue());
            }
        });
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
