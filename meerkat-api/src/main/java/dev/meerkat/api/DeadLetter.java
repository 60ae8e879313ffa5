package dev.meerkat.api;

import java.time.Instant;

/**
 * An input that was given up after its last attempt. It stays listed until it is redriven or discarded.
 *
 * @param sessionId the session that admitted it
 * @param input the whole input
 * @param code the stable code of the last failure
 * @param message what failed
 * @param attempts how many attempts were made, at least 1
 * @param at when it was given up
 */
public record DeadLetter(
        SessionId sessionId, AdmittedInput input, String code, String message, int attempts, Instant at)
        implements HasJson {
    /** Checks. */
    public DeadLetter {
        Check.notNull(sessionId, "session_id");
        Check.notNull(input, "input");
        Check.notNull(code, "code");
        Check.notNull(message, "message");
        Check.notNull(at, "at");
    }
}
