package dev.meerkat.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** What an admitted input says, by its kind; what an agent gets to answer. */
public sealed interface InputBody extends HasJson {
    /**
     * {@return what kind it is, as in {@link #toJson}, such as {@code peer_message}} A getter, so that libraries that
     * write beans tell it too.
     */
    default String getType() {
        return TypeName.of(this);
    }

    /** {@return the lane in which it waits: the external one for {@link External}, else that of comms} */
    default Lane lane() {
        return Lane.COMMS;
    }

    /** {@return when a running turn gets to see it: queue, unless the sender asked for steer} */
    default HandlingMode handlingMode() {
        return HandlingMode.QUEUE;
    }

    /** {@return how long after its admission a turn may take it up; empty for ever, as for prompts and responses} */
    default Optional<Duration> timeToLive() {
        return Optional.empty();
    }

    /**
     * Makes something of the input, by its kind. A new kind is a new parameter, so the compiler finds each caller.
     *
     * @param <T> what is made
     * @param prompt of a {@link Prompt}
     * @param local of a {@link Local}
     * @param external of an {@link External}
     * @param peer of what came from a peer
     * @return what the function for its kind returns
     */
    default <T> T match(
            Function<Prompt, T> prompt,
            Function<Local, T> local,
            Function<External, T> external,
            Function<FromPeer, T> peer) {
        if (this instanceof Prompt it) {
            return prompt.apply(it);
        }
        if (this instanceof Local it) {
            return local.apply(it);
        }
        if (this instanceof External it) {
            return external.apply(it);
        }
        return peer.apply((FromPeer) this);
    }

    /** Marks what came from a peer. */
    sealed interface FromPeer extends InputBody {
        /** {@return who sent it} */
        PeerSender from();

        /** {@return the command as it was sent} */
        CommsCommand<?> command();

        @Override
        default Optional<Duration> timeToLive() {
            return command().timeToLive();
        }

        /**
         * A command as its receiver gets it.
         *
         * @param from the sender
         * @param id of a request: its id
         * @param command the command
         * @return the input
         * @throws InvalidFieldException if such a command is not sent to a peer
         */
        static FromPeer of(PeerSender from, UUID id, CommsCommand<?> command) {
            return command.match(
                    input -> {
                        throw new InvalidFieldException("kind", input.kind(), "is not sent to a peer");
                    },
                    message -> new PeerMessage(from, message),
                    lifecycle -> new PeerLifecycle(from, lifecycle),
                    request -> new PeerRequest(from, new RequestId(id), request),
                    response -> new PeerResponse(from, response));
        }

        /**
         * Makes something of the input, by its kind. A new kind is a new parameter, so the compiler finds each caller.
         *
         * @param <T> what is made
         * @param message of a {@link PeerMessage}
         * @param lifecycle of a {@link PeerLifecycle}
         * @param request of a {@link PeerRequest}
         * @param response of a {@link PeerResponse}
         * @return what the function for its kind returns
         */
        default <T> T matchPeer(
                Function<PeerMessage, T> message,
                Function<PeerLifecycle, T> lifecycle,
                Function<PeerRequest, T> request,
                Function<PeerResponse, T> response) {
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
    }

    /**
     * The prompt of an explicit turn.
     *
     * @param text the text
     * @param blocks more content
     * @param instructions texts of the host for the agent; the transcript shows each as a {@link
     *     TranscriptEntry.SystemPrompt} before the prompt
     */
    record Prompt(String text, List<ContentBlock> blocks, List<String> instructions) implements InputBody {
        /** Checks and copies. */
        public Prompt {
            Check.text(text, "prompt", Limits.MESSAGE_BYTES);
            blocks = Content.check(null, blocks, Json.NULL);
            instructions = Content.instructions(instructions);
        }

        /**
         * A prompt without instructions.
         *
         * @param text the text
         * @param blocks more content
         */
        public Prompt(String text, List<ContentBlock> blocks) {
            this(text, blocks, List.of());
        }
    }

    /**
     * Local input, sent by somebody, or by a schedule of the session.
     *
     * @param command as it was sent
     * @param firing the schedule that sent it, so that no one is present; empty if somebody sent it
     */
    record Local(CommsCommand.Input command, Optional<Firing> firing) implements InputBody {
        /** Checks. */
        public Local {
            Check.notNull(command, "command");
            Check.notNull(firing, "firing");
        }

        /**
         * Local input that somebody sent.
         *
         * @param command as it was sent
         */
        public Local(CommsCommand.Input command) {
            this(command, Optional.empty());
        }

        @Override
        public String getType() {
            return "input";
        }

        @Override
        public HandlingMode handlingMode() {
            return command.handlingMode();
        }

        @Override
        public Optional<Duration> timeToLive() {
            return command.timeToLive();
        }
    }

    /**
     * A message from a peer.
     *
     * @param from the sender
     * @param command as it was sent
     * @param inReplyTo the message of this session that it answers, where the sender's server tells that; empty for
     *     messages within this runtime
     */
    record PeerMessage(PeerSender from, CommsCommand.PeerMessage command, Optional<EnvelopeId> inReplyTo)
            implements FromPeer {
        /**
         * A message that answers none.
         *
         * @param from the sender
         * @param command as it was sent
         */
        public PeerMessage(PeerSender from, CommsCommand.PeerMessage command) {
            this(from, command, Optional.empty());
        }

        @Override
        public HandlingMode handlingMode() {
            return command.handlingMode();
        }
    }

    /**
     * A lifecycle notice from a peer.
     *
     * @param from the sender
     * @param command as it was sent
     */
    record PeerLifecycle(PeerSender from, CommsCommand.PeerLifecycle command) implements FromPeer {}

    /**
     * A request from a peer, to be answered.
     *
     * @param from the requester
     * @param requestId what the response must refer to
     * @param command as it was sent
     */
    record PeerRequest(PeerSender from, RequestId requestId, CommsCommand.PeerRequest command) implements FromPeer {
        @Override
        public HandlingMode handlingMode() {
            return command.handlingMode();
        }
    }

    /**
     * The response to a request that this session sent with {@link Session#send}.
     *
     * @param from the responder
     * @param command as it was sent
     */
    record PeerResponse(PeerSender from, CommsCommand.PeerResponse command) implements FromPeer {
        @Override
        public HandlingMode handlingMode() {
            return command.handlingMode().orElse(HandlingMode.QUEUE);
        }
    }

    /**
     * An event from outside.
     *
     * @param event the whole event
     */
    record External(ExternalEvent event) implements InputBody {
        @Override
        public String getType() {
            return "external_event";
        }

        @Override
        public Lane lane() {
            return Lane.EXTERNAL;
        }

        @Override
        public Optional<Duration> timeToLive() {
            return event.timeToLive();
        }
    }
}
