package dev.meerkat.core;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Session;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * A session that takes in work as servers and relays need it: external events without a thread that waits for the store, so
 * that many may be on their way to the disk at once, and commands under ids that the caller keeps, so that one that is sent
 * again takes effect once. Every session of a runtime in this JVM is one. Thread-safe.
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

    /**
     * Like {@link #send}, under an id of the caller's: however often the command is sent under it, also after a crash, its
     * receiver takes it once. Mirrors {@code comms/send}.
     *
     * @param <R> the command's receipt
     * @param command the command; a {@link CommsCommand.PeerResponse} that is sent again is refused instead
     * @param id never used for anything else
     * @return its receipt, whose {@link dev.meerkat.api.Delivery.Durable#duplicate} says whether the receiver had it before
     * @throws InterruptedException if interrupted while waiting; otherwise as {@link #send}
     */
    <R extends Receipt> R send(CommsCommand<R> command, UUID id) throws InterruptedException;
}
