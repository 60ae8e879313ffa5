package dev.meerkat.api;

/**
 * A tool call that an agent made, with its result.
 *
 * @param key stable for this call of this turn, also when the step is run again after a crash
 * @param name the tool's name
 * @param arguments any JSON
 * @param result any JSON
 * @param failed whether the tool failed; the result then says why
 */
public record ToolCall(String key, String name, Json arguments, Json result, boolean failed) implements HasJson {
    /** Checks all parts. */
    public ToolCall {
        Check.notNull(key, "key");
        Check.name(name, "name", Limits.NAME_CHARS);
        Check.notNull(arguments, "arguments");
        Check.notNull(result, "result");
    }
}
