package dev.meerkat.api;

import java.time.Instant;
import java.util.Objects;

/**
 * Why a session is parked: it handles nothing until {@link Session#unpark}. What is sent to it is stored, and waits.
 *
 * @param at since when
 * @param code the stable code of the reason, such as {@code budget_exceeded}
 * @param message why, for people
 */
public record Parked(Instant at, String code, String message) {
    /** Checks that nothing is missing. */
    public Parked {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
    }
}
