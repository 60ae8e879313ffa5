package dev.meerkat.core.internal.session;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.runtime.Pages;
import dev.meerkat.core.store.Outgoing;
import java.util.List;
import java.util.Optional;

/** Requests of committed steps that their receivers have never got, and never will: nobody answers those. */
public final class UnsentRequests {
    private static final int PAGE = 500;

    private UnsentRequests() {}

    /** What one who waits for the reply is told. */
    static NotDoneException refusal(RequestId request, SessionEvent.PeerSendFailed failed) {
        return new NotDoneException(failed.code(), "request " + request + " was not delivered: " + failed.message());
    }

    /**
     * Why a request was given up, as the log of its session has it; empty if it has arrived, or may still arrive. Reads the whole log,
     * but only of a request that is neither on its way nor in the store.
     */
    public static Optional<NotDoneException> find(SessionState session, RequestId request) {
        Kernel kernel = session.kernel;
        boolean onItsWay = Pages.any(
                (after, limit) -> kernel.store.outbox(session.id, after == null ? 0 : after, limit),
                Outgoing::number,
                outgoing -> outgoing.envelope().id().value().equals(request.value()));
        // In this order: what has left the outbox is in the store.
        if (onItsWay || kernel.store.request(request).isPresent()) {
            return Optional.empty();
        }
        Cursor after = Cursor.START;
        List<SessionEvent> page;
        do {
            page = kernel.store.events(session.id, after, PAGE);
            for (SessionEvent event : page) {
                if (event instanceof SessionEvent.PeerSendFailed failed
                        && failed.envelopeId().value().equals(request.value())) {
                    return Optional.of(refusal(request, failed));
                }
                after = event.cursor();
            }
        } while (page.size() == PAGE);
        return Optional.empty();
    }
}
