package dev.meerkat.testkit;

import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.Lane;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Ready-made results for tests that mock a {@link dev.meerkat.api.Session} or a {@link dev.meerkat.api.Meerkat}.
 *
 * <p>Each method returns the same ids every time, so that two results of one method are equal. Thread-safe.
 */
public final class Samples {
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
    private static final TurnId TURN = new TurnId(id("turn"));
    private static final RequestId REQUEST = new RequestId(id("request"));
    private static final InputId INPUT = new InputId(id("input"));

    private Samples() {}

    /**
     * The receipt of a local input.
     *
     * @return durable, not a duplicate
     */
    public static Receipt.InputAccepted inputAccepted() {
        return new Receipt.InputAccepted(INPUT, durable());
    }

    /**
     * The receipt of a peer message.
     *
     * @return durable, not a duplicate
     */
    public static Receipt.PeerMessageSent messageSent() {
        return new Receipt.PeerMessageSent(new EnvelopeId(id("message")), durable());
    }

    /**
     * The receipt of a lifecycle notice.
     *
     * @return durable, not a duplicate
     */
    public static Receipt.PeerLifecycleSent lifecycleSent() {
        return new Receipt.PeerLifecycleSent(new EnvelopeId(id("lifecycle")), durable());
    }

    /**
     * The receipt of a request.
     *
     * @return durable, not a duplicate
     */
    public static Receipt.PeerRequestSent requestSent() {
        return new Receipt.PeerRequestSent(new EnvelopeId(REQUEST.value()), REQUEST, durable());
    }

    /**
     * The receipt of a response to the request of {@link #requestSent()}.
     *
     * @return durable, not a duplicate
     */
    public static Receipt.PeerResponseSent responseSent() {
        return new Receipt.PeerResponseSent(new EnvelopeId(id("response")), REQUEST, durable());
    }

    /**
     * An external event that was admitted.
     *
     * @return durable, at position 1
     */
    public static EventOutcome.Accepted accepted() {
        return new EventOutcome.Accepted(INPUT, new Cursor(1), durable());
    }

    /**
     * An external event that was admitted before, as {@link #accepted()} says.
     *
     * @return the first input and its position
     */
    public static EventOutcome.Duplicate duplicate() {
        return new EventOutcome.Duplicate(INPUT, new Cursor(1));
    }

    /**
     * An external event whose key was used before for another content.
     *
     * @param idempotencyKey the key
     * @return the first input and the key
     */
    public static EventOutcome.Conflict conflict(String idempotencyKey) {
        return new EventOutcome.Conflict(INPUT, idempotencyKey);
    }

    /**
     * An external event for which the lane had no room.
     *
     * @return names the external lane, and says to try again after a second
     */
    public static EventOutcome.Refused refused() {
        return new EventOutcome.Refused(laneFull(Lane.EXTERNAL));
    }

    /**
     * A full lane, to be thrown.
     *
     * @param lane the lane
     * @return says to try again after a second
     */
    public static LaneFullException laneFull(Lane lane) {
        return new LaneFullException(new SessionId(id("session")), lane, "1024 inputs", Duration.ofSeconds(1));
    }

    /**
     * A turn that was answered.
     *
     * @param text the answer
     * @return its handle, completed
     */
    public static Turn answered(String text) {
        return turn(new TurnOutcome.Completed(TURN, text));
    }

    /**
     * A turn that failed.
     *
     * @param code the stable code of the failure
     * @param message what failed
     * @return its handle, completed
     */
    public static Turn failed(String code, String message) {
        return turn(new TurnOutcome.Failed(Optional.of(TURN), code, message));
    }

    /**
     * A turn that ended in any way.
     *
     * @param outcome how
     * @return its handle, completed
     */
    public static Turn turn(TurnOutcome outcome) {
        return new EndedTurn(outcome);
    }

    /**
     * A reply of {@code agent-b} that completes the request of {@link #requestSent()}.
     *
     * @param result the result
     * @return its handle, completed
     */
    public static Reply reply(Json result) {
        PeerSender from = new PeerSender(peer("agent-b").id(), "agent-b");
        return new ArrivedReply(
                new PeerReply(REQUEST, from, ResponseStatus.COMPLETED, result, List.of(), ContentTaint.UNDECLARED, AT));
    }

    /**
     * A peer in the same runtime.
     *
     * @param name its comms name, which also determines its id
     * @return takes all kinds of command that peers take
     */
    public static Peer peer(String name) {
        return new Peer(
                new PeerId(id("peer " + name)),
                name,
                "inproc",
                "inproc://" + name,
                Set.of("peer_message", "peer_lifecycle", "peer_request", "peer_response"),
                PeerMeta.NONE);
    }

    private static Delivery durable() {
        return new Delivery.Durable(false);
    }

    private static UUID id(String of) {
        return UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8));
    }

    private record EndedTurn(TurnOutcome outcome) implements Turn {
        @Override
        public Optional<InputId> inputId() {
            return Optional.of(INPUT);
        }

        @Override
        public Optional<TurnId> turnId() {
            return outcome.turnId();
        }

        @Override
        public Optional<TurnOutcome> await(Duration timeout) {
            return Optional.of(outcome);
        }

        @Override
        public CompletionStage<TurnOutcome> completion() {
            return CompletableFuture.completedStage(outcome);
        }

        @Override
        public void cancel() {}
    }

    private record ArrivedReply(PeerReply arrived) implements Reply {
        @Override
        public RequestId requestId() {
            return arrived.requestId();
        }

        @Override
        public Optional<PeerReply> await(Duration timeout) {
            return Optional.of(arrived);
        }

        @Override
        public CompletionStage<PeerReply> completion() {
            return CompletableFuture.completedStage(arrived);
        }
    }
}
