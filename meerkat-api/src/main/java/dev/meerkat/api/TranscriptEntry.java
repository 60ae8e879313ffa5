package dev.meerkat.api;

import java.time.Instant;

/** One entry of a session's transcript: what a model gets to read; a row of {@code session/history} on the wire. */
public sealed interface TranscriptEntry {

    /**
     * When it was committed.
     *
     * @return the time
     */
    Instant at();

    /**
     * The system prompt.
     *
     * @param at when it was committed
     * @param text the text
     */
    record SystemPrompt(Instant at, String text) implements TranscriptEntry {}

    /**
     * An input that a turn consumed.
     *
     * @param at when it was committed
     * @param turnId the turn
     * @param input the whole input
     */
    record Input(Instant at, TurnId turnId, AdmittedInput input) implements TranscriptEntry {}

    /**
     * What the agent answered.
     *
     * @param at when it was committed
     * @param turnId the turn
     * @param text the text; what there was of it if interrupted
     * @param interrupted whether the answer was cut short
     */
    record Answer(Instant at, TurnId turnId, String text, boolean interrupted) implements TranscriptEntry {}

    /**
     * A tool call and its result.
     *
     * @param at when it was committed
     * @param turnId the turn
     * @param call what was called and what came of it
     */
    record Tool(Instant at, TurnId turnId, ToolCall call) implements TranscriptEntry {}

    /**
     * A comms command that the agent sent to a peer.
     *
     * @param at when it was committed
     * @param turnId the turn
     * @param envelopeId the envelope
     * @param command as it was sent
     */
    record Sent(Instant at, TurnId turnId, EnvelopeId envelopeId, CommsCommand<?> command) implements TranscriptEntry {}

    /**
     * The reply to a request that the agent waited for.
     *
     * @param at when it was committed
     * @param turnId the turn
     * @param reply the reply
     */
    record Replied(Instant at, TurnId turnId, PeerReply reply) implements TranscriptEntry {}

    /**
     * A row of a remote server that this version does not know.
     *
     * @param at when it was committed
     * @param role the row's role as it came
     * @param raw the whole row
     */
    record Unrecognized(Instant at, String role, Json raw) implements TranscriptEntry {}
}
