package dev.meerkat.api;

/**
 * A tool call that a model asks for; its {@link ToolCall} has the same key.
 *
 * @param key stable for this call of this turn
 * @param id the model's own id of the call; the key where a remote server tells no other
 * @param name the tool's name
 * @param arguments any JSON
 */
public record ToolRequest(String key, String id, String name, Json arguments) implements HasJson {
    /** Checks all parts. */
    public ToolRequest {
        Check.notNull(key, "key");
        Check.notNull(id, "id");
        Check.name(name, "name", Limits.NAME_CHARS);
        Check.notNull(arguments, "arguments");
    }
}
