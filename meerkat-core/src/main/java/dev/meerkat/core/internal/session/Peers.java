package dev.meerkat.core.internal.session;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.StoredRequest;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** What one session needs of all others. Thread-safe. */
public interface Peers {
    /** Those that a session may send to. */
    List<Peer> of(SessionState session);

    /** Who a session is to its peers. */
    PeerSender self(SessionId session);

    /** Another owner has the session: when it is used here again, it is read again. */
    void forget(SessionState session);

    /** Checks a command in the name of a session, and addresses it; {@code logged} if its log has that already. */
    Envelope envelope(SessionState sender, CommsCommand<?> command, UUID id, boolean toHandle, boolean logged);

    /** Refuses an envelope that its receiver would not take now. */
    void checkRoom(Envelope envelope);

    /** Whether it needs room in its receiver's lane. A response to a handle does not enter the inbox. */
    boolean needsRoom(Envelope envelope);

    /** Carries an envelope. */
    CompletionStage<Delivery> deliver(Envelope envelope);

    /** Tells the requester of a request that no terminal response has come in time, unless one has. */
    CompletionStage<Delivery> overdue(StoredRequest request);

    /** Who gets an envelope that a step of a session has sent and the store has not settled yet. */
    Optional<SessionId> receiver(SessionId sender, EnvelopeId envelope);

    /** Whether a request has its terminal response, or that is on its way from the session. */
    boolean answered(SessionId responder, RequestId request);
}
