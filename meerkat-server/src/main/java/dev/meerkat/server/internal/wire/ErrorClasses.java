package dev.meerkat.server.internal.wire;

import java.util.Set;

/** The closed set of words by which the wire sorts failed runs. */
final class ErrorClasses {
    private static final Set<String> KNOWN = Set.of(
            "llm",
            "store",
            "tool",
            "mcp",
            "session_not_found",
            "budget",
            "max_tokens",
            "content_filtered",
            "max_turns",
            "invalid_state",
            "operation_not_found",
            "depth_limit",
            "concurrency_limit",
            "config",
            "build",
            "auth",
            "callback_pending",
            "structured_output",
            "invalid_output_schema",
            "hook",
            "terminal");

    private ErrorClasses() {}

    /** The class of a code of ours; codes that no class fits are internal. */
    static String of(String code) {
        if (KNOWN.contains(code)) {
            return code;
        }
        if (code.startsWith("tool_")) {
            return "tool";
        }
        if (code.startsWith("llm_") || code.startsWith("provider_") || code.startsWith("model_")) {
            return "llm";
        }
        return code.startsWith("store") ? "store" : "internal";
    }
}
