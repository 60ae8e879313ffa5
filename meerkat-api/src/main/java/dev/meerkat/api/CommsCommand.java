package dev.meerkat.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A typed comms command; the params of {@code comms/send} on the wire.
 *
 * <p>Each kind is checked when it is made, so that what cannot be sent cannot be built: a null,
 * blank, over-long or badly encoded part is refused with an {@link InvalidFieldException} that names
 * it. The {@code with} methods return a changed copy.
 *
 * @param <R> the receipt that sending it returns
 */
public sealed interface CommsCommand<R extends Receipt> extends HasJson {

    /** {@return the kind in wire form, such as {@code peer_message}} */
    default String kind() {
        return TypeName.of(this);
    }

    /**
     * {@return the {@link #kind}, such as {@code peer_message}} A getter, so that libraries that write beans tell it
     * too.
     */
    default String getKind() {
        return kind();
    }

    /** {@return the peer that the command goes to; empty for an input, which a session sends itself} */
    default Optional<PeerRef> recipient() {
        return Optional.empty();
    }

    /** {@return what the sender declares of the content: undeclared, unless the command says something else} */
    default ContentTaint contentTaint() {
        return ContentTaint.UNDECLARED;
    }

    /** {@return how long after its admission a turn may take it up; empty for ever, as for notices and responses} */
    default Optional<Duration> timeToLive() {
        return Optional.empty();
    }

    /**
     * Makes something of the command, by its kind. A new kind is a new parameter, so the compiler finds each caller.
     *
     * @param <T> what is made
     * @param input of an {@link Input}
     * @param message of a {@link PeerMessage}
     * @param lifecycle of a {@link PeerLifecycle}
     * @param request of a {@link PeerRequest}
     * @param response of a {@link PeerResponse}
     * @return what the function for its kind returns
     */
    default <T> T match(
            Function<Input, T> input,
            Function<PeerMessage, T> message,
            Function<PeerLifecycle, T> lifecycle,
            Function<PeerRequest, T> request,
            Function<PeerResponse, T> response) {
        if (this instanceof Input it) {
            return input.apply(it);
        }
        if (this instanceof PeerMessage it) {
            return message.apply(it);
        }
        if (this instanceof PeerLifecycle it) {
            return lifecycle.apply(it);
        }
        if (this instanceof PeerRequest it) {
            return request.apply(it);
        }
        return response.apply((PeerResponse) this);
    }

    /**
     * Local input: wakes the session that it is sent to, without a peer.
     *
     * @param body the text, not blank
     * @param blocks more content
     * @param source where it came from, such as {@code rpc} or {@code stdin}
     * @param handlingMode queue or steer
     * @param timeToLive how long after its admission a turn may still take it up, or empty for ever
     */
    record Input(
            String body,
            List<ContentBlock> blocks,
            String source,
            HandlingMode handlingMode,
            Optional<Duration> timeToLive)
            implements CommsCommand<Receipt.InputAccepted> {
        /** Checks and copies. */
        public Input {
            blocks = Content.check(Check.notNull(body, "body"), blocks, Json.NULL);
            Check.name(source, "source", Limits.NAME_CHARS);
            Check.notNull(handlingMode, "handling_mode");
            Check.timeToLive(timeToLive);
        }

        /**
         * Local input, queued, from source {@code rpc}.
         *
         * @param body the text
         * @return the command
         */
        public static Input of(String body) {
            return new Input(body, List.of(), "rpc", HandlingMode.QUEUE, Optional.empty());
        }

        /**
         * {@return a copy with other blocks}
         *
         * @param blocks the blocks
         */
        public Input withBlocks(List<ContentBlock> blocks) {
            return new Input(body, blocks, source, handlingMode, timeToLive);
        }

        /**
         * {@return a copy with another source}
         *
         * @param source where it came from
         */
        public Input withSource(String source) {
            return new Input(body, blocks, source, handlingMode, timeToLive);
        }

        /**
         * {@return a copy with another handling mode}
         *
         * @param mode queue or steer
         */
        public Input withHandlingMode(HandlingMode mode) {
            return new Input(body, blocks, source, mode, timeToLive);
        }

        /**
         * {@return a copy with a time to live: of no use if no turn takes it up by then} What a turn has taken up does
         * not expire.
         *
         * @param time how long after its admission, more than zero and at most {@link Timing#LONGEST_DELAY}
         */
        public Input withTimeToLive(Duration time) {
            return new Input(body, blocks, source, handlingMode, Optional.of(Check.notNull(time, Check.TIME_TO_LIVE)));
        }
    }

    /**
     * A message to a peer.
     *
     * @param to the peer
     * @param body the text, not blank
     * @param blocks more content
     * @param contentTaint what the sender declares of the content
     * @param handlingMode queue or steer
     * @param timeToLive how long after its admission a turn of the receiver may still take it up, or empty for ever
     */
    record PeerMessage(
            PeerRef to,
            String body,
            List<ContentBlock> blocks,
            ContentTaint contentTaint,
            HandlingMode handlingMode,
            Optional<Duration> timeToLive)
            implements CommsCommand<Receipt.PeerMessageSent> {
        /** Checks and copies. */
        public PeerMessage {
            Check.notNull(to, "to");
            blocks = Content.check(Check.notNull(body, "body"), blocks, Json.NULL);
            Check.notNull(contentTaint, "content_taint");
            Check.notNull(handlingMode, "handling_mode");
            Check.timeToLive(timeToLive);
        }

        /**
         * A queued message.
         *
         * @param to the peer
         * @param body the text
         * @return the command
         */
        public static PeerMessage to(PeerRef to, String body) {
            return new PeerMessage(to, body, List.of(), ContentTaint.UNDECLARED, HandlingMode.QUEUE, Optional.empty());
        }

        /**
         * A queued message to a peer by name.
         *
         * @param name the peer's comms name
         * @param body the text
         * @return the command
         */
        public static PeerMessage to(String name, String body) {
            return to(PeerRef.named(name), body);
        }

        /**
         * {@return a copy with other blocks}
         *
         * @param blocks the blocks
         */
        public PeerMessage withBlocks(List<ContentBlock> blocks) {
            return new PeerMessage(to, body, blocks, contentTaint, handlingMode, timeToLive);
        }

        /**
         * {@return a copy with a declaration of its content}
         *
         * @param taint what the sender declares
         */
        public PeerMessage withContentTaint(ContentTaint taint) {
            return new PeerMessage(to, body, blocks, taint, handlingMode, timeToLive);
        }

        /**
         * {@return a copy with another handling mode}
         *
         * @param mode queue or steer
         */
        public PeerMessage withHandlingMode(HandlingMode mode) {
            return new PeerMessage(to, body, blocks, contentTaint, mode, timeToLive);
        }

        /**
         * {@return a copy with a time to live: of no use if no turn takes it up by then} What a turn has taken up does
         * not expire.
         *
         * @param time how long after its admission, more than zero and at most {@link Timing#LONGEST_DELAY}
         */
        public PeerMessage withTimeToLive(Duration time) {
            return new PeerMessage(
                    to, body, blocks, contentTaint, handlingMode, Optional.of(Check.notNull(time, Check.TIME_TO_LIVE)));
        }

        @Override
        public Optional<PeerRef> recipient() {
            return Optional.of(to);
        }
    }

    /**
     * A lifecycle notice to a peer.
     *
     * @param to the peer
     * @param lifecycleKind what it tells
     * @param params any JSON
     */
    record PeerLifecycle(PeerRef to, LifecycleKind lifecycleKind, Json params)
            implements CommsCommand<Receipt.PeerLifecycleSent> {
        /** Checks all parts. */
        public PeerLifecycle {
            Check.notNull(to, "to");
            Check.notNull(lifecycleKind, "lifecycle_kind");
            Check.notNull(params, "params");
        }

        @Override
        public Optional<PeerRef> recipient() {
            return Optional.of(to);
        }
    }

    /**
     * A request to a peer, which answers with a {@link PeerResponse}.
     *
     * @param to the peer
     * @param intent what is asked for, free
     * @param params any JSON
     * @param blocks more content
     * @param contentTaint what the sender declares of the content
     * @param handlingMode queue or steer
     * @param timeToLive how long after its admission it may be answered, or empty for ever; then a turn that has not taken
     *     it up does not get it, the requester gets {@link ResponseStatus#OVERDUE}, and an answer that comes later is
     *     refused
     */
    record PeerRequest(
            PeerRef to,
            String intent,
            Json params,
            List<ContentBlock> blocks,
            ContentTaint contentTaint,
            HandlingMode handlingMode,
            Optional<Duration> timeToLive)
            implements CommsCommand<Receipt.PeerRequestSent> {
        /** Checks and copies. */
        public PeerRequest {
            Check.notNull(to, "to");
            Check.name(intent, "intent", Limits.NAME_CHARS);
            Check.notNull(params, "params");
            blocks = Content.check(null, blocks, params);
            Check.notNull(contentTaint, "content_taint");
            Check.notNull(handlingMode, "handling_mode");
            Check.timeToLive(timeToLive);
        }

        /**
         * A queued request.
         *
         * @param to the peer
         * @param intent what is asked for
         * @param params any JSON
         * @return the command
         */
        public static PeerRequest to(PeerRef to, String intent, Json params) {
            return new PeerRequest(
                    to, intent, params, List.of(), ContentTaint.UNDECLARED, HandlingMode.QUEUE, Optional.empty());
        }

        /**
         * A queued request to a peer by name.
         *
         * @param name the peer's comms name
         * @param intent what is asked for
         * @param params any JSON
         * @return the command
         */
        public static PeerRequest to(String name, String intent, Json params) {
            return to(PeerRef.named(name), intent, params);
        }

        /**
         * {@return a copy with other blocks}
         *
         * @param blocks the blocks
         */
        public PeerRequest withBlocks(List<ContentBlock> blocks) {
            return new PeerRequest(to, intent, params, blocks, contentTaint, handlingMode, timeToLive);
        }

        /**
         * {@return a copy with a declaration of its content}
         *
         * @param taint what the sender declares
         */
        public PeerRequest withContentTaint(ContentTaint taint) {
            return new PeerRequest(to, intent, params, blocks, taint, handlingMode, timeToLive);
        }

        /**
         * {@return a copy with another handling mode}
         *
         * @param mode queue or steer
         */
        public PeerRequest withHandlingMode(HandlingMode mode) {
            return new PeerRequest(to, intent, params, blocks, contentTaint, mode, timeToLive);
        }

        /**
         * {@return a copy with a time to live: the requester gets {@link ResponseStatus#OVERDUE} if no terminal response
         * has come by then}
         *
         * @param time how long after its admission, more than zero and at most {@link Timing#LONGEST_DELAY}
         */
        public PeerRequest withTimeToLive(Duration time) {
            return new PeerRequest(
                    to,
                    intent,
                    params,
                    blocks,
                    contentTaint,
                    handlingMode,
                    Optional.of(Check.notNull(time, Check.TIME_TO_LIVE)));
        }

        @Override
        public Optional<PeerRef> recipient() {
            return Optional.of(to);
        }
    }

    /**
     * The response to a request that this session received.
     *
     * @param to the requester
     * @param inReplyTo the request
     * @param status accepted, completed or failed; the last two are terminal and come once
     * @param result any JSON
     * @param blocks more content
     * @param contentTaint what the sender declares of the content
     * @param handlingMode queue or steer, or empty for the default; must be empty if the status is
     *     {@link ResponseStatus#ACCEPTED}
     */
    record PeerResponse(
            PeerRef to,
            RequestId inReplyTo,
            ResponseStatus status,
            Json result,
            List<ContentBlock> blocks,
            ContentTaint contentTaint,
            Optional<HandlingMode> handlingMode)
            implements CommsCommand<Receipt.PeerResponseSent> {
        /** Checks and copies. */
        public PeerResponse {
            Check.notNull(to, "to");
            Check.notNull(inReplyTo, "in_reply_to");
            Check.notNull(status, "status");
            Check.notNull(result, "result");
            blocks = Content.check(null, blocks, result);
            Check.notNull(contentTaint, "content_taint");
            Check.notNull(handlingMode, "handling_mode");
            if (handlingMode.isPresent() && !status.terminal()) {
                throw new InvalidFieldException(
                        "handling_mode", handlingMode.get().name(), "is forbidden on a response with status accepted");
            }
        }

        /**
         * A progress response: the request was taken on.
         *
         * @param to the requester
         * @param inReplyTo the request
         * @return the command
         */
        public static PeerResponse accepted(PeerRef to, RequestId inReplyTo) {
            return of(to, inReplyTo, ResponseStatus.ACCEPTED, Json.NULL);
        }

        /**
         * A terminal response: done.
         *
         * @param to the requester
         * @param inReplyTo the request
         * @param result any JSON
         * @return the command
         */
        public static PeerResponse completed(PeerRef to, RequestId inReplyTo, Json result) {
            return of(to, inReplyTo, ResponseStatus.COMPLETED, result);
        }

        /**
         * A terminal response: given up.
         *
         * @param to the requester
         * @param inReplyTo the request
         * @param result why, as any JSON
         * @return the command
         */
        public static PeerResponse failed(PeerRef to, RequestId inReplyTo, Json result) {
            return of(to, inReplyTo, ResponseStatus.FAILED, result);
        }

        private static PeerResponse of(PeerRef to, RequestId inReplyTo, ResponseStatus status, Json result) {
            return new PeerResponse(
                    to, inReplyTo, status, result, List.of(), ContentTaint.UNDECLARED, Optional.empty());
        }

        /**
         * {@return a copy with other blocks}
         *
         * @param blocks the blocks
         */
        public PeerResponse withBlocks(List<ContentBlock> blocks) {
            return new PeerResponse(to, inReplyTo, status, result, blocks, contentTaint, handlingMode);
        }

        /**
         * {@return a copy with a declaration of its content}
         *
         * @param taint what the sender declares
         */
        public PeerResponse withContentTaint(ContentTaint taint) {
            return new PeerResponse(to, inReplyTo, status, result, blocks, taint, handlingMode);
        }

        /**
         * {@return a copy with another handling mode}
         *
         * @param mode queue or steer
         */
        public PeerResponse withHandlingMode(HandlingMode mode) {
            return new PeerResponse(to, inReplyTo, status, result, blocks, contentTaint, Optional.of(mode));
        }

        @Override
        public Optional<PeerRef> recipient() {
            return Optional.of(to);
        }
    }
}
