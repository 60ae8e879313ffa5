package dev.meerkat.server.internal.wire;

import dev.meerkat.wire.ContractLine;
import java.util.HashSet;
import java.util.Set;

/** The types of events that every client of a line knows; strict clients break off at any other. */
final class EventTypes {
    private static final Set<String> V0_6 = Set.of(
            "run_started",
            "run_completed",
            "extraction_succeeded",
            "extraction_failed",
            "run_failed",
            "hook_started",
            "hook_completed",
            "hook_failed",
            "hook_denied",
            "turn_started",
            "reasoning_delta",
            "reasoning_complete",
            "text_delta",
            "text_complete",
            "server_tool_content",
            "assistant_image_appended",
            "tool_call_requested",
            "tool_result_received",
            "turn_completed",
            "tool_execution_started",
            "tool_execution_completed",
            "tool_execution_timed_out",
            "compaction_started",
            "compaction_completed",
            "compaction_failed",
            "budget_warning",
            "retrying",
            "skills_resolved",
            "skill_resolution_failed",
            "interaction_complete",
            "interaction_callback_pending",
            "interaction_failed",
            "stream_truncated",
            "tool_config_changed",
            "background_job_completed",
            "transcript_rewrite_committed");

    private static final Set<String> ADDED_0_9 = Set.of(
            "transcript_rewrite_audit_receipt_committed",
            "provider_cache_breakpoints_discarded",
            "peer_content_ingested",
            "turn_usage_accounting_unmeasured",
            "turn_usage_accounting_identity_disputed",
            "model_fallback_skipped",
            "model_fallback_staged",
            "model_fallback_committed",
            "model_fallback_target_failed",
            "boundary_append_applied",
            "boundary_appends_discarded",
            "live_channel_closed",
            "operation_observation_failed",
            "hook_launch_refused",
            "request_reasoning_lowered",
            "run_resumed");

    private static final Set<String> V0_9 = all();

    private EventTypes() {}

    private static Set<String> all() {
        Set<String> all = new HashSet<>(V0_6);
        all.addAll(ADDED_0_9);
        return Set.copyOf(all);
    }

    static Set<String> of(ContractLine line) {
        return line.hasOldEvents() ? V0_6 : V0_9;
    }
}
