package dev.meerkat.core.store;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.SessionId;

/** What became of an {@link InputAppend}. All but the first two, and a duplicate that redrives, leave no trace. */
public sealed interface AppendResult
        permits AppendResult.Appended,
                AppendResult.Replied,
                AppendResult.Duplicate,
                AppendResult.Conflict,
                AppendResult.Refused,
                Fenced {
    /**
     * It is in the inbox.
     *
     * @param input as admitted
     * @param track where it waits
     * @param number its number in that track
     */
    record Appended(AdmittedInput input, Track track, long number) implements AppendResult {}

    /**
     * It is a response for a handle: recorded with the request and as a {@code ReplyReceived} event
     * in the requester's log, not in the inbox.
     *
     * @param requester the session of the handle
     * @param reply the response
     * @param position the event's place
     */
    record Replied(SessionId requester, PeerReply reply, Cursor position) implements AppendResult {}

    /**
     * The same input id, or the same idempotency key with the same content, is there already.
     *
     * @param first the first input's id
     * @param position the first's place
     * @param redriven whether the first was a dead letter, and is tried again now
     */
    record Duplicate(InputId first, Cursor position, boolean redriven) implements AppendResult {

        /**
         * A duplicate that changed nothing.
         *
         * @param first the first input's id
         * @param position the first's place
         */
        public Duplicate(InputId first, Cursor position) {
            this(first, position, false);
        }
    }

    /**
     * The same idempotency key is there with other content.
     *
     * @param existing the first input's id
     */
    record Conflict(InputId existing) implements AppendResult {}

    /**
     * It was refused.
     *
     * @param reason why
     */
    record Refused(Reason reason) implements AppendResult {}

    /** Why an append was refused. */
    enum Reason {
        /** There is no such session. */
        UNKNOWN_SESSION,
        /** The session is archived. */
        ARCHIVED,
        /** It answers no request that its sender received. */
        UNKNOWN_REQUEST,
        /** The request has its terminal response. */
        ALREADY_ANSWERED,
        /** As many inputs wait in the lane as its bound allows. */
        TOO_MANY_INPUTS,
        /** With it, the external events that wait would have more bytes than their bound allows. */
        TOO_MANY_BYTES
    }
}
