package dev.meerkat.core;

import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Session;
import java.util.concurrent.CompletionStage;

/**
 * A session that takes in external events without a thread that waits for the store, so that a server may have many on
 * their way to the disk at once. Every session of a runtime in this JVM is one. Thread-safe.
 */
public interface StagedIngress extends Session {
    /**
     * Like {@link #sendExternalEvent}, but returns while the store still writes. Mirrors {@code session/external_event}.
     *
     * @param event not null
     * @return completes with what {@link #sendExternalEvent} would return, or exceptionally with what it would throw, by
     *     the calling thread, one of the store, or a timer; what depends on it must not block. If the store does not
     *     acknowledge in the time that the runtime's limits allow, or an eighth of it later, it ends in a {@link
     *     dev.meerkat.api.UnknownOutcomeException}.
     * @throws dev.meerkat.api.InvalidFieldException if the event is null
     */
    CompletionStage<EventOutcome> admit(ExternalEvent event);
}
