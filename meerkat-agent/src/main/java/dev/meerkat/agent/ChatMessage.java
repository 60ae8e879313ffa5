package dev.meerkat.agent;

import dev.meerkat.api.Json;
import java.util.List;

/** One message that a model gets to read. */
public sealed interface ChatMessage {
    /**
     * Instructions of the application.
     *
     * @param text the text
     */
    record Instructions(String text) implements ChatMessage {}

    /**
     * What came to the session.
     *
     * @param text the text; all but prompts are notices, see {@link ChatAgent}
     */
    record User(String text) implements ChatMessage {}

    /**
     * What the model said.
     *
     * @param text the text, may be empty
     * @param calls the tool calls that it asked for; each has a result among the next messages
     */
    record Assistant(String text, List<Call> calls) implements ChatMessage {
        /** Copies the list. */
        public Assistant {
            calls = List.copyOf(calls);
        }
    }

    /**
     * A tool call that the model asked for.
     *
     * @param id its id
     * @param name the tool's name
     * @param arguments any JSON
     */
    record Call(String id, String name, Json arguments) {}

    /**
     * What came of a tool call.
     *
     * @param id the id of the call
     * @param name the tool's name
     * @param text the result
     * @param failed whether the tool failed
     */
    record ToolResult(String id, String name, String text, boolean failed) implements ChatMessage {}
}
