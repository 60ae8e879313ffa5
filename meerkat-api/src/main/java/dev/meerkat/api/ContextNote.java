package dev.meerkat.api;

import java.util.Optional;

/**
 * A text for {@link Session#injectContext}.
 *
 * @param text what to add; may be blank
 * @param source where it comes from, or empty
 * @param idempotencyKey the key under which it is added once, or empty
 */
public record ContextNote(String text, Optional<String> source, Optional<String> idempotencyKey) {

    /** Checks all parts. */
    public ContextNote {
        Check.wellFormed(text, "text", Limits.MESSAGE_BYTES);
        Check.notNull(source, "source").ifPresent(name -> Check.name(name, "source", Limits.NAME_CHARS));
        Check.notNull(idempotencyKey, "idempotency_key").ifPresent(Check::key);
    }

    /**
     * A text without source and key.
     *
     * @param text what to add; may be blank
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
