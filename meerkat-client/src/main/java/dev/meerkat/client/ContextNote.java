package dev.meerkat.client;

import dev.meerkat.api.InvalidFieldException;
import java.util.Optional;

/**
 * A text for {@link RemoteSession#injectContext}.
 *
 * @param text what to add, not empty
 * @param source where it comes from, or empty
 * @param idempotencyKey the key under which it is added once, or empty
 */
public record ContextNote(String text, Optional<String> source, Optional<String> idempotencyKey) {

    /** Checks the text. */
    public ContextNote {
        if (text.isBlank()) {
            throw new InvalidFieldException("text", text, "must not be blank");
        }
    }

    /**
     * A text without source and key.
     *
     * @param text what to add, not empty
     * @return the note
     */
    public static ContextNote of(String text) {
        return new ContextNote(text, Optional.empty(), Optional.empty());
    }

    /**
     * The same text, added once.
     *
     * @param key the key
     * @return a note with the key
     */
    public ContextNote withIdempotencyKey(String key) {
        return new ContextNote(text, source, Optional.of(key));
    }
}
