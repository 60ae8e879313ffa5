package dev.meerkat.core;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Something that happened in a runtime. A listener ignores kinds that it does not know. */
public sealed interface RuntimeEvent {
    /** {@return the id of the session to which it happened} */
    SessionId session();

    /**
     * An input is in the store.
     *
     * @param session the session
     * @param input the input
     */
    record Admitted(SessionId session, AdmittedInput input) implements RuntimeEvent {}

    /**
     * An input or a send was refused, and left no trace.
     *
     * @param session the session that was called
     * @param code the stable code of the refusal
     */
    record Refused(SessionId session, String code) implements RuntimeEvent {}

    /**
     * A turn took up inputs: when an attempt began, or when steered inputs entered it.
     *
     * @param session the session
     * @param turn the turn
     * @param attempt which attempt, 1 for the first
     * @param inputs the inputs; empty where a turn goes on after its inputs were consumed
     * @param at when
     */
    record TakenUp(SessionId session, TurnId turn, int attempt, List<AdmittedInput> inputs, Instant at)
            implements RuntimeEvent {}

    /**
     * A step in the middle of a turn is stored.
     *
     * @param session the session
     * @param turn the turn
     * @param step how many steps of the turn are stored
     * @param took how long storing it took
     */
    record StepStored(SessionId session, TurnId turn, int step, Duration took) implements RuntimeEvent {}

    /**
     * A message to a peer is on its way: the step that sends it is stored, or the host has sent it.
     *
     * @param session the sender
     * @param envelope its id
     * @param receiver the receiver
     * @param kind the kind of command, such as {@code peer_message}
     */
    record Sent(SessionId session, EnvelopeId envelope, SessionId receiver, String kind) implements RuntimeEvent {}

    /**
     * A message of a step has reached its receiver, or will never do so.
     *
     * @param session the sender
     * @param envelope its id
     * @param receiver the receiver
     * @param code why it was not delivered, or empty if it was
     * @param took how long after it was sent
     */
    record Settled(SessionId session, EnvelopeId envelope, SessionId receiver, Optional<String> code, Duration took)
            implements RuntimeEvent {}

    /**
     * An idle session has work, and gets a thread.
     *
     * @param session the session
     */
    record Woken(SessionId session) implements RuntimeEvent {}

    /**
     * An attempt failed, and the turn is tried again later.
     *
     * @param session the session
     * @param turn the turn
     * @param inputs what it was to handle
     * @param attempts how many attempts were made
     * @param code the stable code of the failure
     * @param delay when the next attempt is due, from now
     * @param setAside whether later inputs go on meanwhile, as in {@link RetryPolicy}
     */
    record Retried(
            SessionId session,
            TurnId turn,
            List<InputId> inputs,
            int attempts,
            String code,
            Duration delay,
            boolean setAside)
            implements RuntimeEvent {}

    /**
     * An input was given up.
     *
     * @param session the session
     * @param input the input
     * @param attempts how many attempts were made
     * @param code the stable code of the last failure
     */
    record DeadLettered(SessionId session, InputId input, int attempts, String code) implements RuntimeEvent {}

    /**
     * Another owner has the session: this runtime does nothing more for it.
     *
     * @param session the session
     * @param holder who has it now
     * @param epoch by which epoch
     */
    record FencedOff(SessionId session, String holder, long epoch) implements RuntimeEvent {}

    /**
     * An event stream was opened.
     *
     * @param session the session
     */
    record StreamOpened(SessionId session) implements RuntimeEvent {}

    /**
     * An event stream was closed.
     *
     * @param session the session
     */
    record StreamClosed(SessionId session) implements RuntimeEvent {}
}
