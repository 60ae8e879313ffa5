package dev.meerkat.api;

import java.util.List;

/** What an admitted input says, by its kind; what an agent gets to answer. */
public sealed interface InputBody {

    /**
     * The lane in which it waits.
     *
     * @return the external lane for {@link External}, else the comms lane
     */
    default Lane lane() {
        return Lane.COMMS;
    }

    /**
     * When a running turn gets to see it.
     *
     * @return queue unless the sender asked for steer
     */
    default HandlingMode handlingMode() {
        return HandlingMode.QUEUE;
    }

    /**
     * The prompt of an explicit turn.
     *
     * @param text the text
     * @param blocks more content
     */
    record Prompt(String text, List<ContentBlock> blocks) implements InputBody {
        /** Checks and copies. */
        public Prompt {
            Check.text(text, "prompt", Limits.MESSAGE_BYTES);
            blocks = Content.check(null, blocks, Json.NULL);
        }
    }

    /**
     * Local input.
     *
     * @param command as it was sent
     */
    record Local(CommsCommand.Input command) implements InputBody {
        @Override
        public HandlingMode handlingMode() {
            return command.handlingMode();
        }
    }

    /**
     * A message from a peer.
     *
     * @param from the sender
     * @param command as it was sent
     */
    record PeerMessage(PeerSender from, CommsCommand.PeerMessage command) implements InputBody {
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
    record PeerLifecycle(PeerSender from, CommsCommand.PeerLifecycle command) implements InputBody {}

    /**
     * A request from a peer, to be answered.
     *
     * @param from the requester
     * @param requestId what the response must refer to
     * @param command as it was sent
     */
    record PeerRequest(PeerSender from, RequestId requestId, CommsCommand.PeerRequest command) implements InputBody {
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
    record PeerResponse(PeerSender from, CommsCommand.PeerResponse command) implements InputBody {
        @Override
        public HandlingMode handlingMode() {
            HandlingMode mode = command.handlingMode();
            return mode == null ? HandlingMode.QUEUE : mode;
        }
    }

    /**
     * An event from outside.
     *
     * @param event the whole event
     */
    record External(ExternalEvent event) implements InputBody {
        @Override
        public Lane lane() {
            return Lane.EXTERNAL;
        }
    }
}
