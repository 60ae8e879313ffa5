package dev.meerkat.agent;

import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Usage;

/** What a model adds to its answer. */
public sealed interface ChatDelta {
    /**
     * A piece of the answer's text.
     *
     * @param text the piece
     */
    record Text(String text) implements ChatDelta {}

    /**
     * A piece of the model's reasoning; it is not kept.
     *
     * @param text the piece
     */
    record Reasoning(String text) implements ChatDelta {}

    /**
     * A piece of a tool call.
     *
     * @param index which of the answer's tool calls, from 0
     * @param id its id, empty in pieces that do not repeat it
     * @param name the tool's name, empty in pieces that do not repeat it
     * @param arguments a piece of the JSON text of its arguments
     */
    record ToolCallPart(int index, String id, String name, String arguments) implements ChatDelta {}

    /**
     * What the call used; the last one counts.
     *
     * @param usage the tokens
     */
    record Used(Usage usage) implements ChatDelta {}

    /**
     * Why the model stopped. Every whole answer has one; the last one counts.
     *
     * @param reason the reason; a provider's own word only if none of the known ones fits
     */
    record Finished(FinishReason reason) implements ChatDelta {}
}
