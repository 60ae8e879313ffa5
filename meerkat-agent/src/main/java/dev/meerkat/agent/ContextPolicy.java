package dev.meerkat.agent;

/**
 * What happens when a conversation grows too long for its model. What is left out stays in the transcript and the log;
 * a {@link dev.meerkat.api.TranscriptEntry.Compacted} says which part the model no longer reads. It is committed before
 * the model is called again, so a crash does not make it happen twice. System prompts, the inputs of the running turn,
 * and calls of tools together with their results are never torn apart or left out.
 */
public sealed interface ContextPolicy {
    /** Nothing is left out: a provider that refuses the request fails the turn as {@code model_context_too_long}. */
    record Refuse() implements ContextPolicy {}

    /**
     * The oldest part is left out, and a notice says so.
     *
     * @param maxChars when: the messages have more characters than this, or the provider refuses them as too long. About
     *     half of them stay
     */
    record DropOldest(int maxChars) implements ContextPolicy {
        /** Checks the bound. */
        public DropOldest {
            check(maxChars);
        }
    }

    /**
     * The model sums up the oldest part, which the summary then stands for. The call counts against the budgets. If the
     * model gives no summary, the part is left out as with {@link DropOldest}.
     *
     * @param maxChars when: the messages have more characters than this, or the provider refuses them as too long. About
     *     half of them stay
     */
    record Compact(int maxChars) implements ContextPolicy {
        /** Checks the bound. */
        public Compact {
            check(maxChars);
        }
    }

    private static void check(int maxChars) {
        if (maxChars < 1_000) {
            throw new IllegalArgumentException("maxChars must be at least 1000: " + maxChars);
        }
    }
}
