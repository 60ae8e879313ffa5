package dev.meerkat.server.internal.wire;

import dev.meerkat.api.FinishReason;

/** Why a model stopped, in the words of the wire. */
final class StopReasons {
    /** What a turn ended with of which nothing tells more. */
    static final String END_TURN = "end_turn";

    private StopReasons() {}

    static String of(FinishReason reason) {
        return switch (reason.kind()) {
            case STOP, OTHER -> END_TURN;
            case LENGTH -> "max_tokens";
            case TOOL_CALLS -> "tool_use";
            case CONTENT_FILTER -> "content_filter";
        };
    }
}
