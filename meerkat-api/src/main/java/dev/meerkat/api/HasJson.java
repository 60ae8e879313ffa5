package dev.meerkat.api;

/**
 * A value with a public JSON form: what a web page or a script shows, and what {@code meerkat --json} prints.
 *
 * <p>The names of fields and types do not change their meaning; later versions may add some. {@code docs/json.md} holds
 * the JSON Schema. Register one serializer for this type to have a JSON library write all of these values in this
 * form.
 */
public sealed interface HasJson
        permits AdmittedInput,
                CommsCommand,
                ContentBlock,
                DeadLetter,
                DeadLetterPage,
                EventOutcome,
                ExternalEvent,
                HistoryPage,
                InputBody,
                InputStatus,
                InterruptOutcome,
                Json,
                Peer,
                PeerReply,
                Receipt,
                Schedule,
                SessionEvent,
                SessionPage,
                SessionSnapshot,
                ToolCall,
                ToolRequest,
                TranscriptEntry,
                TurnOutcome {

    /**
     * This value as JSON. Its text may be over {@link Limits#MESSAGE_BYTES} and nest some levels deeper than {@link
     * Limits#JSON_DEPTH}, since it may hold the largest message.
     *
     * @return the JSON form
     */
    default Json toJson() {
        return Json.form(this);
    }
}
