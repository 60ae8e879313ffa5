package dev.meerkat.core.internal.peer;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.session.Admission;
import dev.meerkat.core.internal.session.Outbox;
import dev.meerkat.core.internal.session.Registry;
import dev.meerkat.core.internal.session.SessionLoop;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.StoredRequest;
import dev.meerkat.core.store.Track;
import java.util.List;
import java.util.Optional;

/** Admits terminal responses that a host gives on behalf of a peer. Thread-safe. */
public record PeerAnswers(SessionLoop loop, Registry registry) {

    public EventOutcome admit(PeerAnswer answer) throws InterruptedException {
        Kernel kernel = loop.kernel;
        kernel.checkOpen();
        loop.state.checkLive();
        Optional<StoredRequest> request =
                kernel.store.request(answer.requestId()).filter(known -> asked(known, answer));
        InputBody body = body(answer, request);
        NewInput input = kernel.input(new InputId(kernel.env.ids().next()), Track.of(body), body);
        Correlation correlation = request.<Correlation>map(r -> new Correlation.Answers(r.id(), r.responder()))
                .orElse(InputAppend.NO_CORRELATION);
        boolean toHandle = request.filter(StoredRequest::toHandle).isPresent();
        Outbox peers =
                request.map(r -> registry.loop(r.responder()).outbox.get()).orElse(null);
        try {
            return new Admission(loop).answer(input, correlation, toHandle, answer.requestId(), peers);
        } catch (LaneFullException e) {
            return new EventOutcome.Refused(e);
        }
    }

    /** Whether this session asked that peer. */
    private boolean asked(StoredRequest request, PeerAnswer answer) {
        return request.requester().equals(loop.id)
                && loop.peers().self(request.responder()).id().equals(answer.peer());
    }

    private InputBody body(PeerAnswer answer, Optional<StoredRequest> request) {
        boolean cancelled = answer.status() == PeerAnswer.Status.CANCELLED;
        String name = answer.displayName()
                .or(() -> request.map(r -> loop.peers().self(r.responder()).name()))
                .orElse(answer.peer().toString());
        CommsCommand.PeerResponse command = new CommsCommand.PeerResponse(
                PeerRef.named(loop.state.spec.commsName().orElse(loop.id.toString())),
                answer.requestId(),
                answer.status() == PeerAnswer.Status.COMPLETED ? ResponseStatus.COMPLETED : ResponseStatus.FAILED,
                cancelled
                        ? Json.parse("{\"status\":\"cancelled\",\"result\":"
                                + answer.result().text() + "}")
                        : answer.result(),
                List.of(),
                ContentTaint.UNDECLARED,
                Optional.empty());
        return new InputBody.PeerResponse(new PeerSender(answer.peer(), name), command);
    }
}
