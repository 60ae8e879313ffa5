package dev.meerkat.api;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a session looked like at a moment; {@code session/read} on the wire.
 *
 * @param id its id
 * @param realm its realm
 * @param commsName its name among peers, or empty
 * @param peerId its peer id, empty without a name
 * @param keepAlive whether it wakes on admitted work
 * @param state what it was doing
 * @param runningTurn the turn that runs; empty between turns, while a failed turn waits for its next
 *     attempt, and if a remote server does not tell
 * @param createdAt when it was created
 * @param labels its labels
 * @param model the model for its agent, or empty
 * @param waitingComms inputs in the comms lane: admitted and not consumed yet; empty if a remote server
 *     does not tell
 * @param waitingExternal inputs in the external-ingress lane: admitted and not consumed yet; empty if a
 *     remote server does not tell
 * @param lastCursor the position of its newest event, {@link Cursor#START} if a remote server does not
 *     tell
 * @param messageCount entries of its transcript
 * @param lastAnswer its newest answer, or empty
 * @param parked why it handles nothing until {@link Session#unpark}; empty unless it is parked
 */
public record SessionSnapshot(
        SessionId id,
        String realm,
        Optional<String> commsName,
        Optional<PeerId> peerId,
        boolean keepAlive,
        State state,
        Optional<TurnId> runningTurn,
        Instant createdAt,
        Map<String, String> labels,
        Optional<String> model,
        OptionalLong waitingComms,
        OptionalLong waitingExternal,
        Cursor lastCursor,
        long messageCount,
        Optional<String> lastAnswer,
        Optional<Parked> parked)
        implements HasJson {

    /** What a session is doing. */
    public enum State {
        /** Between turns. */
        IDLE,
        /** In a turn, or about to be. */
        RUNNING,
        /** Ended. */
        ARCHIVED
    }
}
