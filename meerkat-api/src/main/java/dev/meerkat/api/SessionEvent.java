package dev.meerkat.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A state change of a session.
 *
 * <p>Every event but the {@link Live} ones is in the session's log, has a {@link #cursor()} of its
 * own, and is there again after a restart. Live events are seen by those who watch while they
 * happen; their cursor is that of the newest logged event, so resuming from it is right.
 */
public sealed interface SessionEvent extends HasJson {
    /**
     * {@return what kind it is, as in {@link #toJson}, such as {@code turn_completed}} A getter, so that libraries
     * that write beans tell it too.
     */
    default String getType() {
        return TypeName.of(this);
    }

    /** {@return the cursor to resume after it: where it stands in the session's event log} */
    Cursor cursor();

    /**
     * The same event at another place.
     *
     * @param other the place
     * @return a changed copy
     */
    SessionEvent withCursor(Cursor other);

    /** Marks the events that are not in the log. */
    sealed interface Live extends SessionEvent {}

    /** Marks the events of the log, which say when they happened. An {@link Unrecognized} one may be in the log too. */
    sealed interface Logged extends SessionEvent {
        /** {@return when it happened: the time of the commit that it came with} */
        Instant at();
    }

    /** Marks the events that belong to a turn. */
    sealed interface OfTurn extends SessionEvent {
        /** {@return the id of the turn} */
        TurnId turnId();
    }

    /**
     * The session was created or ended.
     *
     * @param cursor where it stands
     * @param at when
     * @param phase which of them
     */
    record Lifecycle(Cursor cursor, Instant at, Phase phase) implements Logged {
        @Override
        public Lifecycle withCursor(Cursor other) {
            return new Lifecycle(other, at, phase);
        }

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
    record InputAdmitted(AdmittedInput input) implements Logged {
        @Override
        public InputAdmitted withCursor(Cursor other) {
            return new InputAdmitted(new AdmittedInput(input.id(), other, input.at(), input.body(), input.trace()));
        }

        @Override
        public Cursor cursor() {
            return input.position();
        }

        @Override
        public Instant at() {
            return input.at();
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
    record InputStaged(Cursor cursor, Instant at, TurnId turnId, List<InputId> inputs) implements Logged, OfTurn {
        @Override
        public InputStaged withCursor(Cursor other) {
            return new InputStaged(other, at, turnId, inputs);
        }
    }

    /**
     * A step that handled inputs is committed.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn
     * @param inputs the inputs, in order of admission
     */
    record InputConsumed(Cursor cursor, Instant at, TurnId turnId, List<InputId> inputs) implements Logged, OfTurn {
        @Override
        public InputConsumed withCursor(Cursor other) {
            return new InputConsumed(other, at, turnId, inputs);
        }
    }

    /**
     * Inputs failed for now: what came after them goes on, and they are tried again later by themselves.
     * The {@link TurnFailed} before it says which attempt failed.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn that failed
     * @param inputs the inputs
     * @param code the stable code of the failure
     * @param message what failed
     * @param retryAt when they are tried again
     */
    record InputSetAside(
            Cursor cursor,
            Instant at,
            TurnId turnId,
            List<InputId> inputs,
            String code,
            String message,
            Instant retryAt)
            implements Logged, OfTurn {
        @Override
        public InputSetAside withCursor(Cursor other) {
            return new InputSetAside(other, at, turnId, inputs, code, message, retryAt);
        }
    }

    /**
     * Dead letters are back in their lane: {@link Session#redrive} or a redelivery asked for it.
     *
     * @param cursor where it stands
     * @param at when
     * @param inputs the inputs
     */
    record InputRedriven(Cursor cursor, Instant at, List<InputId> inputs) implements Logged {
        @Override
        public InputRedriven withCursor(Cursor other) {
            return new InputRedriven(other, at, inputs);
        }
    }

    /**
     * Dead letters were discarded by {@link Session#discard}.
     *
     * @param cursor where it stands
     * @param at when
     * @param inputs the inputs
     */
    record InputDiscarded(Cursor cursor, Instant at, List<InputId> inputs) implements Logged {
        @Override
        public InputDiscarded withCursor(Cursor other) {
            return new InputDiscarded(other, at, inputs);
        }
    }

    /**
     * Inputs were too old when a turn could have taken them up, see {@link ExternalEvent#timeToLive}: none gets them.
     *
     * @param cursor where it stands
     * @param at when that was seen
     * @param inputs the inputs
     */
    record InputExpired(Cursor cursor, Instant at, List<InputId> inputs) implements Logged {
        @Override
        public InputExpired withCursor(Cursor other) {
            return new InputExpired(other, at, inputs);
        }
    }

    /**
     * Inputs were given up after their last attempt; {@link Session#deadLetters} lists them. The {@link
     * TurnFailed} before it says which attempt was the last.
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
            implements Logged, OfTurn {
        @Override
        public InputDeadLettered withCursor(Cursor other) {
            return new InputDeadLettered(other, at, turnId, inputs, code, message);
        }
    }

    /**
     * A turn began, or is tried again.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn
     * @param attempt 1 for the first
     */
    record TurnStarted(Cursor cursor, Instant at, TurnId turnId, int attempt) implements Logged, OfTurn {
        @Override
        public TurnStarted withCursor(Cursor other) {
            return new TurnStarted(other, at, turnId, attempt);
        }
    }

    /**
     * A turn ended with an answer.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn
     * @param text the last answer
     * @param usage what it used of the model, or empty if nothing tells
     * @param finishReason why the model ended the last answer, or empty if nothing tells
     */
    record TurnCompleted(
            Cursor cursor,
            Instant at,
            TurnId turnId,
            String text,
            Optional<Usage> usage,
            Optional<FinishReason> finishReason)
            implements Logged, OfTurn {
        @Override
        public TurnCompleted withCursor(Cursor other) {
            return new TurnCompleted(other, at, turnId, text, usage, finishReason);
        }

        /**
         * The end of a turn without usage and finish reason of a model.
         *
         * @param cursor where it stands
         * @param at when
         * @param turnId the turn
         * @param text the last answer
         */
        public TurnCompleted(Cursor cursor, Instant at, TurnId turnId, String text) {
            this(cursor, at, turnId, text, Optional.empty(), Optional.empty());
        }

        /** {@return the same as the outcome of the turn's prompts} */
        public TurnOutcome.Completed outcome() {
            return new TurnOutcome.Completed(Optional.of(turnId), text, usage, finishReason);
        }
    }

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
            implements Logged, OfTurn {
        @Override
        public TurnFailed withCursor(Cursor other) {
            return new TurnFailed(other, at, turnId, attempt, code, message, retryAt);
        }
    }

    /**
     * A turn was stopped by {@link Session#interrupt}.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn
     * @param text what the agent had written so far
     */
    record TurnInterrupted(Cursor cursor, Instant at, TurnId turnId, String text) implements Logged, OfTurn {
        @Override
        public TurnInterrupted withCursor(Cursor other) {
            return new TurnInterrupted(other, at, turnId, text);
        }
    }

    /**
     * The session is parked: its turn neither ended nor is tried again until {@link Session#unpark}.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn that is parked
     * @param code the stable code of the reason
     * @param message why
     */
    record SessionParked(Cursor cursor, Instant at, TurnId turnId, String code, String message)
            implements Logged, OfTurn {
        @Override
        public SessionParked withCursor(Cursor other) {
            return new SessionParked(other, at, turnId, code, message);
        }
    }

    /**
     * A parked session goes on.
     *
     * @param cursor where it stands
     * @param at when
     */
    record SessionUnparked(Cursor cursor, Instant at) implements Logged {
        @Override
        public SessionUnparked withCursor(Cursor other) {
            return new SessionUnparked(other, at);
        }
    }

    /**
     * What a model gets to read was shortened; see {@link TranscriptEntry.Compacted}. Nothing was removed from the
     * transcript or the log.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn
     * @param upTo how many entries of the transcript the text stands for
     */
    record TranscriptCompacted(Cursor cursor, Instant at, TurnId turnId, long upTo) implements Logged, OfTurn {
        @Override
        public TranscriptCompacted withCursor(Cursor other) {
            return new TranscriptCompacted(other, at, turnId, upTo);
        }
    }

    /**
     * A piece of the running answer. Who begins to watch in the middle of a turn, by {@link Session#eventsFromNow} or from
     * before it, gets what the turn has said before as one piece, but no more than its last 65,536 characters. Who goes
     * on within the turn gets the pieces from then on.
     *
     * @param cursor the newest logged event
     * @param turnId the turn
     * @param delta the text to append
     */
    record TextDelta(Cursor cursor, TurnId turnId, String delta) implements Live, OfTurn {
        @Override
        public TextDelta withCursor(Cursor other) {
            return new TextDelta(other, turnId, delta);
        }
    }

    /**
     * A tool call began.
     *
     * @param cursor the newest logged event
     * @param turnId the turn
     * @param name the tool's name
     * @param arguments any JSON
     */
    record ToolCallStarted(Cursor cursor, TurnId turnId, String name, Json arguments) implements Live, OfTurn {
        @Override
        public ToolCallStarted withCursor(Cursor other) {
            return new ToolCallStarted(other, turnId, name, arguments);
        }
    }

    /**
     * A tool call ended, and the step that made it is committed.
     *
     * @param cursor where it stands
     * @param at when
     * @param turnId the turn
     * @param call what was called and what came of it
     */
    record ToolCalled(Cursor cursor, Instant at, TurnId turnId, ToolCall call) implements Logged, OfTurn {
        @Override
        public ToolCalled withCursor(Cursor other) {
            return new ToolCalled(other, at, turnId, call);
        }
    }

    /**
     * The session sent a command to a peer. What it receives is an {@link InputAdmitted}.
     *
     * @param cursor where it stands
     * @param at when
     * @param envelopeId the envelope
     * @param to the receiver
     * @param kind the command's kind in wire form
     */
    record PeerSent(Cursor cursor, Instant at, EnvelopeId envelopeId, PeerSender to, String kind) implements Logged {
        @Override
        public PeerSent withCursor(Cursor other) {
            return new PeerSent(other, at, envelopeId, to, kind);
        }
    }

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
            implements Logged {
        @Override
        public PeerSendFailed withCursor(Cursor other) {
            return new PeerSendFailed(other, at, envelopeId, code, message);
        }
    }

    /**
     * A response to a request of this session came, for the {@link Reply} handle: progress, or the
     * terminal one.
     *
     * @param cursor where it stands
     * @param reply the reply
     */
    record ReplyReceived(Cursor cursor, PeerReply reply) implements Logged {
        @Override
        public Instant at() {
            return reply.at();
        }

        @Override
        public ReplyReceived withCursor(Cursor other) {
            return new ReplyReceived(other, reply);
        }
    }

    /**
     * Events are missing here: live ones that the reader was too slow for, live ones of a turn that runs at another node
     * of the store, logged ones that the store no longer keeps, or what a remote server sent while the connection to it was
     * lost.
     *
     * @param cursor where to go on from
     * @param dropped how many are missing, or empty if that is not known
     */
    record Gap(Cursor cursor, OptionalLong dropped) implements Live {
        /** Checks. */
        public Gap {
            Check.notNull(cursor, "cursor");
            Check.notNull(dropped, "dropped");
        }

        @Override
        public Gap withCursor(Cursor other) {
            return new Gap(other, dropped);
        }
    }

    /**
     * An event of a type that this version does not know, kept as it came.
     *
     * @param cursor where it stands
     * @param type the unknown type
     * @param raw the whole event
     */
    record Unrecognized(Cursor cursor, String type, Json raw) implements SessionEvent {
        @Override
        public Unrecognized withCursor(Cursor other) {
            return new Unrecognized(other, type, raw);
        }
    }
}
