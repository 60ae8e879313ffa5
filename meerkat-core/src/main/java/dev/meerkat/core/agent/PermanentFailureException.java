package dev.meerkat.core.agent;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by an agent for a failure that no further attempt can change, such as the refusal of a model to answer
 * this: inputs that were handled together are still handled one by one, but one that fails so alone is a dead
 * letter at once. This exception counts anywhere in the chain of causes.
 */
public class PermanentFailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure that does not pass.
     *
     * @param message what failed
     * @param cause what it came from, or null
     */
    public PermanentFailureException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
