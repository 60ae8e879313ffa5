package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.ToolCall;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.Usage;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.comms.BlockForm;
import java.util.Optional;

/** The payloads of events, by contract line. */
final class EventPayloads {
    private static final String CANCELLED = "cancelled";
    private static final String CANCELLED_MESSAGE = "Run was cancelled";

    private final boolean old;
    private final boolean recent;
    private final String session;

    EventPayloads(ContractLine line, SessionId session) {
        this.old = line.hasOldEvents();
        this.recent = line.hasNewEvents();
        this.session = session.toString();
    }

    /**
     * Which run an event is about.
     *
     * @param interaction the input that it answers, if it has one that the wire names
     * @param typed whether that is a prompt
     */
    record Identity(TurnId run, Optional<InputId> interaction, boolean typed) {}

    private ObjectNode ofRun(String type, Identity identity) {
        ObjectNode payload = payload(type).put("session_id", session);
        if (recent) {
            ObjectNode written = payload.putObject("identity");
            identity.interaction().ifPresent(id -> written.put("interaction_id", id.toString()));
            written.put("run_id", identity.run().toString());
            if (identity.typed()) {
                written.put("turn_input", "typed_text");
            }
        }
        return payload;
    }

    static ObjectNode payload(String type) {
        return WireJson.object().put("type", type);
    }

    ObjectNode runStarted(Identity identity, JsonNode content) {
        ObjectNode payload = ofRun("run_started", identity);
        if (old) {
            payload.set("prompt", content);
        }
        if (recent) {
            payload.putObject("input").put("kind", "content").set("content", content);
        }
        return payload;
    }

    ObjectNode turnStarted(TurnId run) {
        return ofAnswer(payload("turn_started").put("turn_number", 0), run);
    }

    ObjectNode textDelta(TurnId run, String delta) {
        return ofAnswer(payload("text_delta").put("delta", delta), run);
    }

    ObjectNode textComplete(TurnId run, String text) {
        return ofAnswer(payload("text_complete").put("content", text), run);
    }

    ObjectNode runCompleted(Identity identity, String text, Optional<Usage> used, Optional<String> stopReason) {
        ObjectNode payload = ofRun("run_completed", identity);
        payload.put("result", text);
        payload.put("extraction_required", false);
        payload.set("usage", usage(used));
        // Beyond the contract: what belongs to this run alone, and is told.
        used.ifPresent(tokens -> payload.set("run_usage", usage(used)));
        stopReason.ifPresent(reason -> payload.put("stop_reason", reason));
        return ofAnswer(payload, identity.run());
    }

    /** Names the row of the transcript that this is about. */
    private ObjectNode ofAnswer(ObjectNode payload, TurnId run) {
        return old ? payload : payload.put("assistant_message_id", ContentWriter.answerOf(run));
    }

    ObjectNode runFailed(Identity identity, String code, String message) {
        return runFailed(identity, ErrorClasses.of(code), message, true);
    }

    ObjectNode runCancelled(Identity identity) {
        return runFailed(identity, CANCELLED, CANCELLED_MESSAGE, false);
    }

    private ObjectNode runFailed(Identity identity, String errorClass, String message, boolean terminal) {
        ObjectNode payload = ofRun("run_failed", identity);
        if (old) {
            payload.put("error_class", errorClass);
            payload.put("error", message);
        }
        ObjectNode report =
                payload.putObject("error_report").put("class", errorClass).put("message", message);
        if (terminal) {
            String cause = errorClass.equals("llm") ? "llm_failure" : "fatal_failure";
            report.putObject("reason")
                    .put("reason_type", "turn_terminal_cause")
                    .put("outcome", "failed")
                    .put("cause_kind", cause);
            payload.put("terminal_cause_kind", cause);
        }
        return payload;
    }

    ObjectNode turnCompleted(TurnId run, String stopReason, Optional<Usage> used) {
        ObjectNode payload = payload("turn_completed").put("stop_reason", stopReason);
        if (old) {
            payload.set("usage", usage(used));
        }
        return ofAnswer(payload, run);
    }

    /** Zeros if nothing is told; what caches did is never told. */
    private static ObjectNode usage(Optional<Usage> used) {
        ObjectNode usage = WireJson.object();
        usage.put("input_tokens", used.map(Usage::inputTokens).orElse(0L));
        usage.put("output_tokens", used.map(Usage::outputTokens).orElse(0L));
        usage.putNull("cache_creation_tokens");
        return usage.putNull("cache_read_tokens");
    }

    ObjectNode runResumed(TurnId run, int attempt) {
        ObjectNode payload = payload("run_resumed").put("session_id", session);
        payload.put("run_id", run.toString());
        payload.put("round", attempt - 1);
        return payload.put("resume_point", "awaiting_model");
    }

    ObjectNode retrying(int attempt, String message, long delayMillis) {
        ObjectNode payload = payload("retrying");
        if (old) {
            payload.put("attempt", attempt);
            // How many there will be is not in the log; there is one more at least.
            payload.put("max_attempts", attempt + 1);
            payload.put("error", message);
            payload.put("delay_ms", delayMillis);
        }
        if (recent) {
            addRetry(payload, attempt, message, delayMillis);
        }
        return payload;
    }

    private static void addRetry(ObjectNode payload, int attempt, String message, long delayMillis) {
        ObjectNode retry = payload.putObject("retry");
        retry.putObject("failure")
                .put("provider", "agent")
                .put("kind", "retryable_provider_error")
                .put("message", message);
        retry.putObject("plan")
                .put("attempt", attempt)
                .put("max_retries", attempt)
                .put("computed_delay_ms", delayMillis)
                .put("selected_delay_ms", delayMillis)
                .put("rate_limit_floor_applied", false)
                .put("budget_capped", false);
    }

    ObjectNode interactionComplete(InputId input, String text) {
        return payload("interaction_complete")
                .put("interaction_id", input.toString())
                .put("result", text);
    }

    ObjectNode interactionCancelled(InputId input) {
        return interactionFailed(input, CANCELLED, "", CANCELLED_MESSAGE);
    }

    ObjectNode interactionAbandoned(InputId input, String message) {
        return interactionFailed(input, "abandoned", message, message);
    }

    private ObjectNode interactionFailed(InputId input, String kind, String detail, String error) {
        ObjectNode payload = payload("interaction_failed").put("interaction_id", input.toString());
        if (old) {
            payload.put("error", error);
        }
        if (recent) {
            ObjectNode reason = payload.putObject("reason").put("kind", kind);
            if (!detail.isEmpty()) {
                reason.put("detail", detail);
            }
        }
        return payload;
    }

    ObjectNode toolRequested(String id, String name, Json arguments) {
        ObjectNode payload = payload("tool_call_requested").put("id", id).put("name", name);
        payload.set("args", WireJson.tree(arguments));
        return payload;
    }

    ObjectNode toolStarted(String id, String name) {
        return payload("tool_execution_started").put("id", id).put("name", name);
    }

    ObjectNode toolCompleted(String id, ToolCall call) {
        ObjectNode payload = payload("tool_execution_completed").put("id", id).put("name", call.name());
        if (old) {
            payload.set("content", result(call));
            payload.put("result", ContentWriter.plain(call.result()));
        }
        // How long it took is not in the log.
        return payload.put("is_error", call.failed()).put("duration_ms", 0);
    }

    ObjectNode toolResult(String id, ToolCall call) {
        ObjectNode payload = payload("tool_result_received").put("id", id).put("name", call.name());
        payload.set("content", result(call));
        return payload.put("is_error", call.failed());
    }

    private static ArrayNode result(ToolCall call) {
        return ContentWriter.array().add(BlockForm.text(ContentWriter.plain(call.result())));
    }

    ObjectNode truncated(long dropped) {
        ObjectNode payload = payload("stream_truncated");
        if (!recent) {
            return payload.put("reason", "stream lagged: " + dropped + " events dropped");
        }
        payload.putObject("reason").put("kind", "stream_lagged").put("dropped", dropped);
        return payload;
    }
}
