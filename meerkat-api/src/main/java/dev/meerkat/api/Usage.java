package dev.meerkat.api;

/**
 * What a turn used of a model; {@code usage} on the wire.
 *
 * @param inputTokens tokens read
 * @param outputTokens tokens written
 */
public record Usage(long inputTokens, long outputTokens) {

    /** Checks the counts. */
    public Usage {
        Check.notNegative(inputTokens, "input_tokens");
        Check.notNegative(outputTokens, "output_tokens");
    }

    /**
     * Both together; a sum that is over {@link Long#MAX_VALUE} stays at that.
     *
     * @param more what is added
     * @return the sums
     */
    public Usage plus(Usage more) {
        boolean nothing = more.inputTokens == 0 && more.outputTokens == 0;
        return nothing ? this : new Usage(sum(inputTokens, more.inputTokens), sum(outputTokens, more.outputTokens));
    }

    private static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
}
