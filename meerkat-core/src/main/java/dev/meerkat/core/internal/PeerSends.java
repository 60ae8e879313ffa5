package dev.meerkat.core.internal;

import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Lane;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.StoredRequest;
import dev.meerkat.core.store.Track;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Makes, carries and admits the envelopes of peer commands. Thread-safe. */
final class PeerSends {
    private final Kernel kernel;
    private final Registry registry;
    private final PeerDirectory directory;

    PeerSends(Kernel kernel, Registry registry) {
        this.kernel = kernel;
        this.registry = registry;
        this.directory = new PeerDirectory(kernel, registry);
    }

    PeerDirectory directory() {
        return directory;
    }

    /** Who a session is to its peers. */
    PeerSender self(SessionId session) {
        return registry.loop(session).links.self();
    }

    /** Checks a command in the name of a session, and addresses it. */
    Envelope envelope(SessionLoop sender, CommsCommand<?> command, UUID id, boolean toHandle) {
        SessionLoop receiver = directory.resolve(sender, to(command));
        if (command instanceof CommsCommand.PeerResponse response) {
            checkRequest(sender, receiver, response);
        }
        return new Envelope(
                new EnvelopeId(id),
                sender.id,
                sender.links.self(),
                receiver.id,
                receiver.links.self(),
                command,
                toHandle,
                kernel.now());
    }

    private static PeerRef to(CommsCommand<?> command) {
        return command.recipient()
                .orElseThrow(() -> new InvalidFieldException("kind", command.kind(), "is not sent to a peer"));
    }

    private void checkRequest(SessionLoop responder, SessionLoop requester, CommsCommand.PeerResponse response) {
        StoredRequest request = kernel.store
                .request(response.inReplyTo())
                .filter(r -> r.responder().equals(responder.id))
                .orElseThrow(() -> unknownRequest(response.inReplyTo()));
        if (!request.requester().equals(requester.id)) {
            throw new RequestNotFoundException(response.inReplyTo(), "was not sent by " + response.to());
        }
        if (request.reply().isPresent()) {
            throw new AlreadyAnsweredException(response.inReplyTo());
        }
    }

    private static RequestNotFoundException unknownRequest(RequestId id) {
        return new RequestNotFoundException(id, "is no request that this session received");
    }

    /** Whether an envelope's receiver would take it now. */
    void checkRoom(Envelope envelope) {
        registry.loop(envelope.receiver()).checkRoom(Track.of(body(envelope)));
    }

    /** Carries an envelope; {@code note} goes to the sender's log together with its admission. */
    CompletionStage<Delivery> deliver(Envelope envelope, InputAppend.@Nullable Note note) {
        try {
            return kernel.transport.deliver(envelope, carried -> receive(carried, note));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<Delivery> receive(Envelope envelope, InputAppend.@Nullable Note note) {
        SessionLoop receiver;
        boolean promised;
        InputBody body = body(envelope);
        Track track = Track.of(body);
        try {
            receiver = registry.loop(envelope.receiver());
            // A response to a handle does not enter the inbox, so it needs no room there.
            promised = !(envelope.command() instanceof CommsCommand.PeerResponse response
                    && kernel.store
                            .request(response.inReplyTo())
                            .filter(StoredRequest::toHandle)
                            .isPresent());
            kernel.checkOpen();
            if (promised) {
                receiver.promise(track, 0);
            }
        } catch (MeerkatException e) {
            return CompletableFuture.failedFuture(e);
        }
        NewInput input = new NewInput(new InputId(envelope.id().value()), kernel.now(), track, body);
        CompletionStage<AppendResult> stored =
                kernel.store.append(new InputAppend(receiver.id, input, correlation(envelope), note));
        return stored.handle(
                (result, failure) -> admitted(receiver, envelope, promised ? track : null, result, failure));
    }

    private Delivery admitted(
            SessionLoop receiver,
            Envelope envelope,
            @Nullable Track promised,
            @Nullable AppendResult result,
            @Nullable Throwable failure) {
        if (result instanceof AppendResult.Appended appended) {
            receiver.admitted(appended.track(), appended.input());
            kernel.tell(l -> l.admitted(receiver.id, appended.input().id(), Lane.COMMS));
            return kernel.stored(false);
        }
        if (promised != null) {
            receiver.release(promised, 0);
        }
        if (result == null) {
            throw Kernel.failure(failure, envelope.id().value());
        }
        if (result instanceof AppendResult.Replied replied) {
            receiver.links.replied(replied.reply());
            return kernel.stored(false);
        }
        if (result instanceof AppendResult.Duplicate) {
            return kernel.stored(true);
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
            };
        }
        throw new IllegalStateException("a peer input has no idempotency key, yet the store says " + result);
    }

    private static InputBody body(Envelope envelope) {
        CommsCommand<?> command = envelope.command();
        if (command instanceof CommsCommand.PeerMessage message) {
            return new InputBody.PeerMessage(envelope.from(), message);
        }
        if (command instanceof CommsCommand.PeerLifecycle lifecycle) {
            return new InputBody.PeerLifecycle(envelope.from(), lifecycle);
        }
        if (command instanceof CommsCommand.PeerRequest request) {
            return new InputBody.PeerRequest(
                    envelope.from(), new RequestId(envelope.id().value()), request);
        }
        if (command instanceof CommsCommand.PeerResponse response) {
            return new InputBody.PeerResponse(envelope.from(), response);
        }
        throw new InvalidFieldException("kind", command.kind(), "is not sent to a peer");
    }

    private static Correlation correlation(Envelope envelope) {
        if (envelope.command() instanceof CommsCommand.PeerRequest) {
            return new Correlation.Opens(new RequestId(envelope.id().value()), envelope.sender(), envelope.toHandle());
        }
        if (envelope.command() instanceof CommsCommand.PeerResponse response) {
            return new Correlation.Answers(response.inReplyTo(), envelope.sender());
        }
        return InputAppend.NO_CORRELATION;
    }
}
