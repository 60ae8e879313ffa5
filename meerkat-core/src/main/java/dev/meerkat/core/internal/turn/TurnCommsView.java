package dev.meerkat.core.internal.turn;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Reply;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.agent.TurnComms;
import dev.meerkat.core.internal.peer.Receipts;
import dev.meerkat.core.internal.runtime.Pages;
import dev.meerkat.core.internal.session.SessionState;
import dev.meerkat.core.internal.session.Step;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.Outgoing;
import dev.meerkat.wire.internal.form.StoredCommandForm;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The comms tools of one call of the agent. What it sends is part of the step. */
final class TurnCommsView implements TurnComms {
    private static final int MOST_SENDS = 1_024;

    private final TurnAttempt turn;
    private final TurnView view;

    TurnCommsView(TurnAttempt turn, TurnView view) {
        this.turn = turn;
        this.view = view;
    }

    @Override
    public <R extends Receipt> R send(CommsCommand<R> command) {
        return Receipts.of(command, send(command, false), new Delivery.Queued());
    }

    private UUID send(CommsCommand<?> command, boolean toHandle) {
        TurnAttempt run = view.checked();
        if (command instanceof CommsCommand.Input) {
            throw new InvalidFieldException("kind", command.kind(), "cannot be sent by the turn of its own session");
        }
        TurnAttempt.Deed deed = deed(command);
        UUID id = run.key(deed);
        if (earlier(id)) {
            run.did(deed);
            return id;
        }
        if (run.step().outbox.size() >= MOST_SENDS) {
            throw new NotDoneException("outbox_full", "a step sends at most " + MOST_SENDS + " commands");
        }
        Envelope envelope = run.peers.envelope(run.session, command, id, toHandle, true);
        run.peers.checkRoom(envelope);
        if (command instanceof CommsCommand.PeerResponse response) {
            checkFirstAnswer(run.step(), response);
        }
        run.did(deed);
        Instant now = envelope.at();
        run.step().outbox.add(envelope);
        run.step().transcript.add(new TranscriptEntry.Sent(now, run.id(), envelope.id(), command));
        run.step()
                .event(new SessionEvent.PeerSent(
                        Cursor.START, now, envelope.id(), envelope.to().peer(), command.kind()));
        return id;
    }

    /** A committed step has sent this, and the agent does not send it again. */
    void sentEarlier(CommsCommand<?> command) {
        turn.did(deed(command));
    }

    private static TurnAttempt.Deed deed(CommsCommand<?> command) {
        return new TurnAttempt.Deed("send", content(command));
    }

    /** All that makes two commands the same; made at once for the common kind, of the stored form for the others. */
    private static String content(CommsCommand<?> command) {
        if (command instanceof CommsCommand.PeerMessage message
                && message.blocks().isEmpty()) {
            return "peer_message:" + message.to() + ':' + message.contentTaint() + ':' + message.handlingMode() + ':'
                    + message.body();
        }
        return StoredCommandForm.canonicalText(command);
    }

    /** Whether a committed step of this turn has sent the very same at this place. */
    private boolean earlier(UUID id) {
        EnvelopeId envelope = new EnvelopeId(id);
        return turn.earlier().stream()
                .anyMatch(e ->
                        e instanceof TranscriptEntry.Sent s && s.envelopeId().equals(envelope));
    }

    private static void checkFirstAnswer(Step step, CommsCommand.PeerResponse response) {
        for (Envelope queued : step.outbox) {
            if (queued.command() instanceof CommsCommand.PeerResponse before
                    && before.status().terminal()
                    && before.inReplyTo().equals(response.inReplyTo())) {
                throw new AlreadyAnsweredException(response.inReplyTo());
            }
        }
    }

    @Override
    public Receipt.PeerMessageSent reply(AdmittedInput input, String body) {
        return send(CommsCommand.PeerMessage.to(PeerRef.id(sender(input).id()), body));
    }

    private static PeerSender sender(AdmittedInput input) {
        if (input.body() instanceof InputBody.FromPeer peer) {
            return peer.from();
        }
        throw new InvalidFieldException("input", input.id().toString(), "is not from a peer");
    }

    @Override
    public Receipt.PeerResponseSent respond(AdmittedInput request, Json result) {
        if (!(request.body() instanceof InputBody.PeerRequest asked)) {
            throw new InvalidFieldException("input", request.id().toString(), "is no peer request");
        }
        return send(CommsCommand.PeerResponse.completed(PeerRef.id(asked.from().id()), asked.requestId(), result));
    }

    @Override
    public Reply request(CommsCommand.PeerRequest request) {
        return new TurnReply(turn, view, new RequestId(send(request, true)));
    }

    @Override
    public Reply reply(RequestId requestId) {
        SessionState session = view.checked().session;
        boolean arrived = session.kernel
                .store
                .request(requestId)
                .filter(request -> request.requester().equals(session.id) && request.toHandle())
                .isPresent();
        if (!arrived && !leaving(session, requestId)) {
            throw new RequestNotFoundException(requestId, "is no request whose reply can be waited for");
        }
        return new TurnReply(turn, view, requestId);
    }

    private static boolean leaving(SessionState session, RequestId request) {
        return Pages.any(
                (after, limit) -> session.kernel.store.outbox(session.id, after == null ? 0 : after, limit),
                Outgoing::number,
                outgoing -> {
                    Envelope envelope = outgoing.envelope();
                    return envelope.toHandle() && envelope.id().value().equals(request.value());
                });
    }

    @Override
    public List<Peer> peers() {
        TurnAttempt run = view.checked();
        return run.peers.of(run.session);
    }
}
