package dev.meerkat.core.internal.peer;

import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.core.PeerTransport;
import dev.meerkat.core.RuntimeWork;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.runtime.LaneCounters;
import dev.meerkat.core.internal.runtime.Listeners;
import dev.meerkat.core.internal.session.FencedFault;
import dev.meerkat.core.internal.session.NameIds;
import dev.meerkat.core.internal.session.Peers;
import dev.meerkat.core.internal.session.Registry;
import dev.meerkat.core.internal.session.SessionLoop;
import dev.meerkat.core.internal.session.SessionState;
import dev.meerkat.core.internal.session.UnknownOutcomes;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.Fenced;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.StoredRequest;
import dev.meerkat.core.store.Track;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Makes, carries and admits the envelopes of peer commands. Thread-safe. */
public final class PeerSends implements Peers {
    private static final Json OVERDUE = Json.of(
            Map.of("code", "request_overdue", "message", "no answer came within the time to live of the request"));

    private final Kernel kernel;
    private final Registry registry;
    private final PeerDirectory directory;
    private final PeerTransport.Sender transport;

    public PeerSends(Kernel kernel, Registry registry) {
        this.kernel = kernel;
        this.registry = registry;
        this.directory = new PeerDirectory(kernel, registry);
        this.transport = kernel.transport.open(this::receive);
    }

    @Override
    public List<Peer> of(SessionState session) {
        return directory.peers(session);
    }

    @Override
    public PeerSender self(SessionId session) {
        return registry.loop(session).state.self();
    }

    @Override
    public void forget(SessionState session) {
        registry.forget(session);
    }

    @Override
    public Optional<SessionId> receiver(SessionId sender, EnvelopeId envelope) {
        return registry.loop(sender).outbox.get().receiver(envelope);
    }

    @Override
    public boolean answered(SessionId responder, RequestId request) {
        // In this order: what has left the outbox is in the store.
        return registry.loop(responder).outbox.get().answers(request)
                || kernel.store.request(request).flatMap(StoredRequest::reply).isPresent();
    }

    @Override
    public Envelope envelope(SessionState sender, CommsCommand<?> command, UUID id, boolean toHandle, boolean logged) {
        SessionState receiver = directory.resolve(sender, to(command));
        if (command instanceof CommsCommand.PeerResponse response) {
            checkRequest(sender, receiver, response, logged);
        }
        if (!kernel.listeners.any()) {
            return envelope(sender, receiver, command, id, toHandle, logged);
        }
        Listeners.Work work = kernel.listeners.begin(
                new RuntimeWork.SendWork(sender.id, receiver.self().name(), command.kind(), new EnvelopeId(id)));
        try {
            return envelope(sender, receiver, command, id, toHandle, logged);
        } finally {
            work.end("completed", null, null);
        }
    }

    private Envelope envelope(
            SessionState sender,
            SessionState receiver,
            CommsCommand<?> command,
            UUID id,
            boolean toHandle,
            boolean logged) {
        return new Envelope(
                new EnvelopeId(id),
                new Envelope.Party(sender.id, sender.self()),
                new Envelope.Party(receiver.id, receiver.self()),
                command,
                toHandle,
                kernel.now(),
                kernel.listeners.currentTrace(),
                logged);
    }

    private static PeerRef to(CommsCommand<?> command) {
        return command.recipient()
                .orElseThrow(() -> new InvalidFieldException("kind", command.kind(), "is not sent to a peer"));
    }

    private void checkRequest(
            SessionState responder, SessionState requester, CommsCommand.PeerResponse response, boolean inTurn) {
        if (response.status() == ResponseStatus.OVERDUE) {
            throw new InvalidFieldException("status", "overdue", "is said by the runtime only");
        }
        StoredRequest request = kernel.store
                .request(response.inReplyTo())
                .filter(r -> r.responder().equals(responder.id))
                .orElseThrow(() -> unknownRequest(response.inReplyTo()));
        if (!request.requester().equals(requester.id)) {
            throw new RequestNotFoundException(response.inReplyTo(), "was not sent by " + response.to());
        }
        // A turn cannot know that it is late when it answers, and must not fail for it: its log tells that nobody takes
        // it.
        if (request.reply()
                .filter(reply -> !inTurn || reply.status() != ResponseStatus.OVERDUE)
                .isPresent()) {
            throw new AlreadyAnsweredException(response.inReplyTo());
        }
    }

    private static RequestNotFoundException unknownRequest(RequestId id) {
        return new RequestNotFoundException(id, "is no request that this session received");
    }

    @Override
    public void checkRoom(Envelope envelope) {
        registry.loop(envelope.to().session()).state.checkRoom(Track.of(body(envelope)));
    }

    @Override
    public CompletionStage<Delivery> deliver(Envelope envelope) {
        try {
            return transport.deliver(envelope);
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletionStage<Delivery> overdue(StoredRequest request) {
        Envelope.Party requester = party(request.requester());
        CommsCommand.PeerResponse response = new CommsCommand.PeerResponse(
                PeerRef.id(requester.peer().id()),
                request.id(),
                ResponseStatus.OVERDUE,
                OVERDUE,
                List.of(),
                ContentTaint.UNDECLARED,
                Optional.empty());
        // Not by the transport: the responder sends nothing, and its log has nothing of this.
        return receive(new Envelope(
                new EnvelopeId(NameIds.of(request.id().value(), "overdue")),
                party(request.responder()),
                requester,
                response,
                false,
                kernel.now(),
                Optional.empty(),
                true));
    }

    private Envelope.Party party(SessionId session) {
        PeerSender self;
        try {
            self = self(session);
        } catch (SessionNotFoundException e) {
            // It was deleted, and its key with it.
            self = new PeerSender(new PeerId(session.value()), session.toString());
        }
        return new Envelope.Party(session, self);
    }

    @Override
    public boolean needsRoom(Envelope envelope) {
        return !(envelope.command() instanceof CommsCommand.PeerResponse response
                && kernel.store
                        .request(response.inReplyTo())
                        .filter(StoredRequest::toHandle)
                        .isPresent());
    }

    private CompletionStage<Delivery> receive(Envelope envelope) {
        SessionLoop receiver;
        boolean promised;
        InputBody body = body(envelope);
        Track track = Track.of(body);
        try {
            receiver = registry.loop(envelope.to().session());
            promised = needsRoom(envelope);
            // What a turn sends arrives also while the runtime closes, but begins no new turn then.
            kernel.checkNotClosed();
            if (promised) {
                receiver.state.promise(track, 0);
            }
        } catch (MeerkatException e) {
            return CompletableFuture.failedFuture(e);
        }
        NewInput input = new NewInput(new InputId(envelope.id().value()), kernel.now(), track, body, envelope.trace());
        Optional<Instant> deadline =
                body instanceof InputBody.PeerRequest ? body.timeToLive().map(input.at()::plus) : Optional.empty();
        InputAppend append = new InputAppend(receiver.id, input, correlation(envelope, deadline), note(envelope));
        return kernel.store
                .append(promised ? kernel.withinRoom(append) : append)
                .handle((result, failure) -> {
                    if (Kernel.unknown(failure)) {
                        UnknownOutcomes.resolve(receiver, append, promised, 0);
                        if (deadline.isPresent()) {
                            UnknownOutcomes.resolve(kernel, receiver.id, kernel.alarmClock::look);
                        }
                        throw Kernel.failure(failure, envelope.id().value());
                    }
                    if (result instanceof AppendResult.Appended) {
                        deadline.ifPresent(kernel.alarmClock::due);
                    }
                    return admitted(receiver, envelope, promised ? track : null, result, failure);
                });
    }

    private Delivery admitted(
            SessionLoop receiver,
            Envelope envelope,
            @Nullable Track promised,
            @Nullable AppendResult result,
            @Nullable Throwable failure) {
        if (result instanceof AppendResult.Appended appended) {
            receiver.admitted(appended);
            return kernel.stored(false);
        }
        if (promised != null) {
            receiver.state.release(promised, 0);
        }
        if (result == null) {
            throw Kernel.failure(failure, envelope.id().value());
        }
        if (result instanceof AppendResult.Replied replied) {
            receiver.state.replied(replied.reply());
            return kernel.stored(false);
        }
        if (result instanceof AppendResult.Duplicate) {
            return kernel.stored(true);
        }
        if (result instanceof Fenced fenced) {
            receiver.fenced(fenced);
            throw FencedFault.refusal(receiver.id, fenced);
        }
        throw refusal(receiver, envelope, result);
    }

    private static NotDoneException refusal(SessionLoop receiver, Envelope envelope, AppendResult result) {
        RequestId request = envelope.command() instanceof CommsCommand.PeerResponse response
                ? response.inReplyTo()
                : new RequestId(envelope.id().value());
        if (result instanceof AppendResult.Refused refused) {
            return switch (refused.reason()) {
                case ARCHIVED -> new SessionArchivedException(receiver.id);
                case UNKNOWN_SESSION -> new SessionNotFoundException(receiver.id.toString());
                case UNKNOWN_REQUEST -> unknownRequest(request);
                case ALREADY_ANSWERED -> new AlreadyAnsweredException(request);
                case TOO_MANY_INPUTS, TOO_MANY_BYTES ->
                    LaneCounters.full(receiver.id, Track.of(body(envelope)), refused.reason(), receiver.kernel.limits);
            };
        }
        throw new IllegalStateException("a peer input has no idempotency key, yet the store says " + result);
    }

    private static InputBody body(Envelope envelope) {
        return InputBody.FromPeer.of(envelope.from().peer(), envelope.id().value(), envelope.command());
    }

    /** What the sender's log gets together with the admission. */
    private static Optional<InputAppend.Note> note(Envelope envelope) {
        return envelope.logged()
                ? Optional.empty()
                : Optional.of(new InputAppend.Note(
                        envelope.from().session(),
                        new SessionEvent.PeerSent(
                                Cursor.START,
                                envelope.at(),
                                envelope.id(),
                                envelope.to().peer(),
                                envelope.command().kind())));
    }

    private static Correlation correlation(Envelope envelope, Optional<Instant> deadline) {
        if (envelope.command() instanceof CommsCommand.PeerRequest) {
            return new Correlation.Opens(
                    new RequestId(envelope.id().value()), envelope.from().session(), envelope.toHandle(), deadline);
        }
        if (envelope.command() instanceof CommsCommand.PeerResponse response) {
            return new Correlation.Answers(response.inReplyTo(), envelope.from().session());
        }
        return InputAppend.NO_CORRELATION;
    }
}
