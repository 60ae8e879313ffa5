package dev.meerkat.core.agent;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Json;
import dev.meerkat.api.Peer;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import java.util.List;

/**
 * What an agent can send during a turn.
 *
 * <p>Commands to peers are checked at once and leave when the step commits, so their receipts say
 * {@code Queued}; if the step is not committed, they never leave. A command that a
 * committed step has sent is not sent again when the agent is called again for the turn: the n-th
 * send of equal content is the same send. Confined to the agent's thread.
 */
public interface TurnComms {
    /**
     * Sends a command to a peer.
     *
     * @param <R> the command's receipt
     * @param command any but {@link CommsCommand.Input}
     * @return its receipt
     * @throws dev.meerkat.api.NotDoneException as {@link dev.meerkat.api.Session#send}
     */
    <R extends Receipt> R send(CommsCommand<R> command);

    /**
     * Answers the sender of a peer input with a message.
     *
     * @param input an input from a peer
     * @param body the text
     * @return the receipt
     * @throws dev.meerkat.api.InvalidFieldException if the input is not from a peer
     */
    Receipt.PeerMessageSent reply(AdmittedInput input, String body);

    /**
     * Completes a peer's request.
     *
     * @param request an input that is a peer request
     * @param result any JSON
     * @return the receipt
     * @throws dev.meerkat.api.InvalidFieldException if the input is no request
     */
    Receipt.PeerResponseSent respond(AdmittedInput request, Json result);

    /**
     * Sends a request whose response goes to the returned handle. Waiting on it inside the turn
     * commits the step first, so that the request leaves. A wait that would close a cycle of turns, of
     * which each waits for the next one's reply, is refused with a {@link
     * dev.meerkat.api.RequestCycleException}.
     *
     * @param request the request
     * @return a handle; its {@code await} must be called on the agent's thread
     */
    Reply request(CommsCommand.PeerRequest request);

    /**
     * A handle on a request that {@link #request} sent in an earlier step, attempt or turn.
     *
     * @param requestId the request
     * @return a handle; its {@code await} must be called on the agent's thread
     * @throws dev.meerkat.api.RequestNotFoundException if the session sent no such request, or its response comes as
     *     an input
     */
    Reply reply(RequestId requestId);

    /** {@return the peers of this session, by name} */
    List<Peer> peers();
}
