package dev.meerkat.core.store;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.SessionId;
import java.time.Duration;
import java.time.Instant;

/**
 * An input whose turn failed, or that had expired before it could have one. The marks of its session are past it, so that later inputs can be handled
 * before it.
 *
 * @param input the input
 * @param state what becomes of it
 * @param turn the turn that failed and goes on with its next attempt: {@code attempt} counts those that were
 *     made, {@code notBefore} is when the next one is due and null if there is none, {@code staged} says
 *     nothing
 * @param at when the last attempt failed
 * @param delay the wait from then to the next attempt; no clock may make it longer
 * @param waited how long it was set aside in all, once that attempt is due
 * @param code the stable code of the last failure
 * @param message what failed
 */
public record FailedInput(
        AdmittedInput input,
        State state,
        TurnRecord turn,
        Instant at,
        Duration delay,
        Duration waited,
        String code,
        String message) {

    /** What becomes of a failed input. */
    public enum State {
        /** Tried again soon; later inputs other than prompts wait for it. */
        HELD,
        /** Tried again later; nothing waits for it. */
        SET_ASIDE,
        /** Given up. */
        DEAD,
        /** Given up, and discarded. */
        DISCARDED,
        /** A later attempt handled it; a durable store keeps how many attempts it took. */
        HANDLED,
        /** No turn took it up in time; its turn says nothing. */
        EXPIRED;

        /** {@return whether it is tried again: the first two are} */
        public boolean retried() {
            return this == HELD || this == SET_ASIDE;
        }
    }

    /**
     * In another state.
     *
     * @param other the state
     * @return a changed copy, without a next attempt unless it is tried again
     */
    public FailedInput as(State other) {
        return new FailedInput(
                input, other, other.retried() ? turn : turn.withNotBefore(null), at, delay, waited, code, message);
    }

    /**
     * As it is listed once it was given up.
     *
     * @param session its session
     * @return the dead letter
     */
    public DeadLetter deadLetter(SessionId session) {
        return new DeadLetter(session, input, code, message, turn.attempt(), at);
    }

    /**
     * Tried again at another time.
     *
     * @param when the time
     * @return a changed copy
     */
    public FailedInput dueAt(Instant when) {
        return new FailedInput(input, state, turn.withNotBefore(when), at, delay, waited, code, message);
    }

    /**
     * Back from the dead letters: due at once, as if it had just been set aside.
     *
     * @param now the present time
     * @return a changed copy
     */
    public FailedInput redriven(Instant now) {
        return new FailedInput(
                input, State.SET_ASIDE, turn.withNotBefore(now), at, Duration.ZERO, Duration.ZERO, code, message);
    }
}
