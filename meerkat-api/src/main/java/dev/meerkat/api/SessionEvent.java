package dev.meerkat.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A state change of a session.
 *
 * <p>Every event but the {@link Live} ones is in the session's log, has a {@link #cursor()} of its
 * own, and is there again after a restart. Live events are seen by those who watch while they
 * happen; their cursor is that of the newest logged event, so resuming from it is right.
 */
public sealed interface SessionEvent {

    /**
     * Where it stands in the session's event log.
     *
     * @return the cursor to resume after it
     */
    Cursor cursor();

    /** Marks the events that are not in the log. */
    sealed interface Live extends SessionEvent {}

    /**
     * The session was created or ended.
     *
     * @param cursor where it stands
     * @param at when
     * @param phase which of them
     */
    record Lifecycle(Cursor cursor, Instant at, Phase phase) implements SessionEvent {
        /** The phases of a session. */
        public enum Phase {
            /** It was created. */
            CREATED,
            /** It was ended. */
            ARCHIVED
        }
    }

    /**
     * An input is in its lane.
     *
     * @param input the whole input
     */
    record InputAdmitted(AdmittedInput input) implements SessionEvent {
        @Override
        public Cursor cursor() {
            return input.position();
        }
    }

    /**
     * A turn took inputs up: at its start, or steered ones at a safe point.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn
     * @param inputs the inputs, in order of admission
     */
    record InputStaged(Cursor cursor, Instant at, TurnId turnId, List<InputId> inputs) implements SessionEvent {}

    /**
     * A step that handled inputs is committed.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn
     * @param inputs the inputs, in order of admission
     */
    record InputConsumed(Cursor cursor, Instant at, TurnId turnId, List<InputId> inputs) implements SessionEvent {}

    /**
     * Inputs were given up after their last attempt.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn that failed
     * @param inputs the inputs
     * @param code the stable code of the failure
     * @param message what failed
     */
    record InputDeadLettered(
            Cursor cursor, Instant at, TurnId turnId, List<InputId> inputs, String code, String message)
            implements SessionEvent {}

    /**
     * A turn began, or is tried again.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn
     * @param attempt 1 for the first
     */
    record TurnStarted(Cursor cursor, Instant at, TurnId turnId, int attempt) implements SessionEvent {}

    /**
     * A turn ended with an answer.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn
     * @param text the last answer
     */
    record TurnCompleted(Cursor cursor, Instant at, TurnId turnId, String text) implements SessionEvent {}

    /**
     * An attempt at a turn failed.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn
     * @param attempt which attempt
     * @param code the stable code of the failure
     * @param message what failed
     * @param retryAt when it is tried again, empty if it is not
     */
    record TurnFailed(
            Cursor cursor,
            Instant at,
            TurnId turnId,
            int attempt,
            String code,
            String message,
            Optional<Instant> retryAt)
            implements SessionEvent {}

    /**
     * A turn was stopped by {@link Session#interrupt}.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn
     * @param text what the agent had written so far
     */
    record TurnInterrupted(Cursor cursor, Instant at, TurnId turnId, String text) implements SessionEvent {}

    /**
     * A piece of the running answer.
     *
     * @param cursor the newest logged event
     * @param turnId the turn
     * @param delta the text to append
     */
    record TextDelta(Cursor cursor, TurnId turnId, String delta) implements Live {}

    /**
     * A tool call began.
     *
     * @param cursor the newest logged event
     * @param turnId the turn
     * @param name the tool's name
     * @param arguments any JSON
     */
    record ToolCallStarted(Cursor cursor, TurnId turnId, String name, Json arguments) implements Live {}

    /**
     * A tool call ended, and the step that made it is committed.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn
     * @param call what was called and what came of it
     */
    record ToolCalled(Cursor cursor, Instant at, TurnId turnId, ToolCall call) implements SessionEvent {}

    /**
     * The session sent a command to a peer. What it receives is an {@link InputAdmitted}.
     *
     * @param cursor where it stands
     * @param at when
     * @param envelopeId the envelope
     * @param to the receiver
     * @param kind the command's kind in wire form
     */
    record PeerSent(Cursor cursor, Instant at, EnvelopeId envelopeId, PeerSender to, String kind)
            implements SessionEvent {}

    /**
     * A command that a committed step had queued could not be delivered, and will not be.
     *
     * @param cursor where it stands
     * @param at when
     * @param envelopeId the envelope
     * @param code the stable code of the refusal
     * @param message why
     */
    record PeerSendFailed(Cursor cursor, Instant at, EnvelopeId envelopeId, String code, String message)
            implements SessionEvent {}

    /**
     * A response to a request of this session came, for the {@link Reply} handle: progress, or the
     * terminal one.
     *
     * @param cursor where it stands
     * @param reply the reply
     */
    record ReplyReceived(Cursor cursor, PeerReply reply) implements SessionEvent {}

    /**
     * Events are missing here: live ones that the reader was too slow for, logged ones that the store
     * no longer keeps, or what a remote server sent while the connection to it was lost.
     *
     * @param cursor where to go on from
     * @param dropped how many are missing, 0 if that is not known
     */
    record Gap(Cursor cursor, long dropped) implements Live {}

    /**
     * An event of a type that this version does not know, kept as it came.
     *
     * @param cursor where it stands
     * @param type the unknown type
     * @param raw the whole event
     */
    record Unrecognized(Cursor cursor, String type, Json raw) implements SessionEvent {}
}
