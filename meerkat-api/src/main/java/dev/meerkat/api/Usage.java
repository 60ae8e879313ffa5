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
}
