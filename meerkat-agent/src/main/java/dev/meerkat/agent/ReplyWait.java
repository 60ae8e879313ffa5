package dev.meerkat.agent;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Json;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.agent.TurnContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sends the requests whose replies a model waits for. A wait that a crash cut is gone on with: its request is not sent
 * again. Confined to the turn's thread.
 */
final class ReplyWait {
    private final TurnContext turn;
    /** Requests that an earlier attempt has sent since the model's last step, and that no wait has taken up. */
    private final List<TranscriptEntry.Sent> sentBefore = new ArrayList<>();

    ReplyWait(TurnContext turn, List<TranscriptEntry> earlier) {
        this.turn = turn;
        for (TranscriptEntry entry : earlier) {
            if (entry instanceof TranscriptEntry.ModelStep) {
                sentBefore.clear();
            } else if (entry instanceof TranscriptEntry.Sent sent
                    && sent.command() instanceof CommsCommand.PeerRequest) {
                sentBefore.add(sent);
            }
        }
    }

    /** The reply that a call waits for; its request leaves when somebody waits for it. */
    Reply begin(Conversation conversation, Json args) {
        Optional<String> earlier = CommsParameter.REQUEST.textIn(args);
        if (earlier.isPresent()) {
            return turn.comms().reply(RequestId.of(earlier.get()));
        }
        CommsCommand.PeerRequest request = CommsTool.request(conversation, args);
        for (TranscriptEntry.Sent sent : List.copyOf(sentBefore)) {
            Optional<Reply> before = sent.command().equals(request) ? reply(sent) : Optional.empty();
            if (before.isPresent()) {
                sentBefore.remove(sent);
                return before.get();
            }
        }
        return turn.comms().request(request);
    }

    /** Empty for a request of another tool, whose response comes as a notice. */
    private Optional<Reply> reply(TranscriptEntry.Sent sent) {
        try {
            return Optional.of(
                    turn.comms().reply(new RequestId(sent.envelopeId().value())));
        } catch (RequestNotFoundException e) {
            return Optional.empty();
        }
    }

    static Json late(Reply reply, Duration waited) {
        return Json.of("no reply within " + waited + "; call wait_for_reply with request " + reply.requestId()
                + " to wait on");
    }
}
