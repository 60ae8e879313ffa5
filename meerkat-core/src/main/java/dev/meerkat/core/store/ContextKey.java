package dev.meerkat.core.store;

/**
 * The key under which a {@link StepCommit} takes effect once for ever.
 *
 * @param key the key, unique in its session
 * @param digest what tells the content from another one's
 */
public record ContextKey(String key, String digest) {}
