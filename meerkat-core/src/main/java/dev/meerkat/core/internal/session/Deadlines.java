package dev.meerkat.core.internal.session;

import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.RequestNotFoundException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.core.internal.runtime.AlarmClock;
import dev.meerkat.core.internal.runtime.Backoff;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.store.StoredRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells requesters of requests that were not answered in time. That is a terminal response like that of the responder, and
 * the store takes one of the two, so it counts once. Confined to the one look of the {@link AlarmClock}.
 */
final class Deadlines {
    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);
    private static final int PAGE = 64;

    private final Kernel kernel;
    private final Registry registry;
    /** Looks in a row after which something is left to be tried again. */
    private int failures;

    Deadlines(Kernel kernel, Registry registry) {
        this.kernel = kernel;
        this.registry = registry;
    }

    /** Does what is due, and returns when something is due next. */
    Optional<Instant> look() throws InterruptedException {
        boolean whole = true;
        StoredRequest after = null;
        List<StoredRequest> page;
        do {
            page = kernel.store.deadlines(after, PAGE);
            for (StoredRequest request : page) {
                Instant deadline = request.deadline().orElseThrow();
                if (deadline.isAfter(kernel.now())) {
                    return next(whole, Optional.of(deadline));
                }
                whole &= !kernel.owns(request.requester()) || told(request);
                after = request;
            }
        } while (page.size() == PAGE && kernel.activity.open());
        return next(whole, Optional.empty());
    }

    private Optional<Instant> next(boolean whole, Optional<Instant> deadline) {
        failures = whole ? 0 : failures + 1;
        Instant again = kernel.now().plus(Backoff.after(Math.max(1, failures)));
        return whole || deadline.filter(again::isAfter).isPresent() ? deadline : Optional.of(again);
    }

    /** False if it must be tried again. */
    private boolean told(StoredRequest request) throws InterruptedException {
        try {
            CompletionStage<Delivery> told = registry.peers().overdue(request);
            Delivery unused = kernel.await(told, request.id().value());
            return true;
        } catch (AlreadyAnsweredException
                | RequestNotFoundException
                | SessionArchivedException
                | SessionNotFoundException e) {
            LOG.debug("request {} needs no deadline any more: {}", request.id(), e.getMessage());
            return true;
        } catch (MeerkatException e) {
            LOG.debug("request {}: that it is overdue is told later: {}", request.id(), e.getMessage());
            return false;
        }
    }
}
