package dev.meerkat.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One entry of a session's transcript: what a model gets to read; a row of {@code session/history} on the wire. */
public sealed interface TranscriptEntry extends HasJson {
    /**
     * {@return what kind it is, as in {@link #toJson}, such as {@code answer}} A getter, so that libraries that write
     * beans tell it too.
     */
    default String getType() {
        return TypeName.of(this);
    }

    /** {@return when it was committed} */
    Instant at();

    /**
     * The system prompt, or a text that a host has added to it.
     *
     * @param at when it was committed
     * @param text the text
     * @param source where a {@link ContextNote} comes from; empty if it does not say so, and for a system prompt
     */
    record SystemPrompt(Instant at, String text, Optional<String> source) implements TranscriptEntry {
        /** Checks. */
        public SystemPrompt {
            Check.notNull(source, "source");
        }

        /**
         * A text without a source.
         *
         * @param at when it was committed
         * @param text the text
         */
        public SystemPrompt(Instant at, String text) {
            this(at, text, Optional.empty());
        }

        @Override
        public String getType() {
            return "system";
        }
    }

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
     * A step of a model that is no answer yet: it asks for tools. Their results follow as {@link Tool}
     * entries with the same keys; one that has none was not made, or its result is not known.
     *
     * @param at when it was committed
     * @param turnId the turn
     * @param text what the model said with it, may be empty
     * @param calls the tool calls that it asks for together, in order
     */
    record ModelStep(Instant at, TurnId turnId, String text, List<ToolRequest> calls) implements TranscriptEntry {
        /** Copies the list. */
        public ModelStep {
            calls = List.copyOf(calls);
        }
    }

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
     * A text that stands for the entries before it, in what a model gets to read. The entries stay in the
     * transcript. Two kinds of them are still read as they are: system prompts, and the inputs of the turn that
     * compacted.
     *
     * @param at when it was committed
     * @param turnId the turn
     * @param text a summary, or a notice of what was left out
     * @param upTo how many entries it stands for, counted from the beginning of the transcript
     */
    record Compacted(Instant at, TurnId turnId, String text, long upTo) implements TranscriptEntry {}

    /**
     * A row of a remote server that this version does not know.
     *
     * @param at when it was committed
     * @param role the row's role as it came
     * @param raw the whole row
     */
    record Unrecognized(Instant at, String role, Json raw) implements TranscriptEntry {}
}
