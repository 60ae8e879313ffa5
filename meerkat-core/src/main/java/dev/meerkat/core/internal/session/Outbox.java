package dev.meerkat.core.internal.session;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.internal.runtime.Activity;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.runtime.Pages;
import dev.meerkat.core.internal.session.ReceiverQueue.Committed;
import dev.meerkat.core.internal.session.ReceiverQueue.HostSend;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.Outgoing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that leaves one session, in one queue for each receiver: what committed steps have queued, and
 * what the host sends meanwhile.
 *
 * <p>A committed envelope is delivered until its receiver has it or will never have it; the next one
 * waits for that. It enters its queue before its step is committed, so that nothing sent after the
 * step can pass it, and moves once the step is stored. What an earlier runtime left is read from the
 * store before anything new leaves. The host's sends wait only for committed envelopes before them, not for
 * each other. Guarded by its monitor, which is never held while calling out. Thread-safe.
 */
public final class Outbox {
    private final SessionState session;
    private final Peers peers;
    private final Activity.Worker loop;
    private final Kernel kernel;
    private final Map<SessionId, ReceiverQueue> queues = new HashMap<>(2);
    /** Committed envelopes, and those of the step that is being committed, until the store has settled them. */
    private final Map<EnvelopeId, Committed> known = new HashMap<>(2);
    /** Whether the store may hold envelopes that are not here. */
    private volatile boolean unread;

    /** Whether a commit failed that may have been stored all the same, now or later. */
    private volatile boolean doubt;

    /** Made for a session; {@code unread} if the store may hold envelopes of an earlier runtime. */
    Outbox(SessionState session, Peers peers, Activity.Worker loop, boolean unread) {
        this.session = session;
        this.peers = peers;
        this.loop = loop;
        this.kernel = session.kernel;
        this.unread = unread;
    }

    // --- steps, on the loop's thread -------------------------------------------------------------

    /** A step is about to be committed: nothing that is sent from now on may pass its envelopes. */
    void committing(List<Envelope> envelopes) {
        read();
        synchronized (this) {
            envelopes.forEach(envelope -> add(envelope, false));
        }
    }

    /** The step is stored, so its envelopes may leave; what an earlier, failed commit left here was not stored. */
    void committed(List<Envelope> envelopes) {
        if (envelopes.isEmpty() && !doubt) {
            return;
        }
        Set<ReceiverQueue> ready = new HashSet<>(2);
        synchronized (this) {
            for (Envelope envelope : envelopes) {
                Committed entry = known.get(envelope.id());
                ReceiverQueue queue = queues.get(envelope.to().session());
                if (entry != null && queue != null) {
                    entry.stored = true;
                    ready.add(queue);
                }
            }
            if (doubt) {
                doubt = false;
                dropUnstored(Set.of());
                ready.addAll(queues.values());
            }
        }
        ready.forEach(ReceiverQueue::pump);
    }

    /** A commit failed, and nobody knows yet whether it is stored. */
    synchronized void uncertain() {
        doubt = true;
    }

    /** Takes over what the store holds now; while no step is being committed. */
    public void readAgain() {
        List<Envelope> stored = stored();
        synchronized (this) {
            Set<EnvelopeId> ids = new HashSet<>();
            stored.forEach(envelope -> ids.add(envelope.id()));
            dropUnstored(ids);
            stored.forEach(envelope -> add(envelope, true));
            unread = false;
        }
        pumpAll();
    }

    /** Reads from the store what may have to leave before anything new does. */
    void read() {
        if (!unread && !doubt) {
            return;
        }
        List<Envelope> stored = stored();
        synchronized (this) {
            if (unread || doubt) {
                stored.forEach(envelope -> add(envelope, true));
                unread = false;
            }
        }
        pumpAll();
    }

    private List<Envelope> stored() {
        try {
            return Pages.all(
                            (after, limit) -> kernel.store.outbox(session.id, after == null ? 0 : after, limit),
                            Outgoing::number)
                    .stream()
                    .map(Outgoing::envelope)
                    .toList();
        } catch (MeerkatException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new StoreException("the outbox of session " + session.id + " cannot be read: " + e, e);
        }
    }

    /** With the monitor. */
    private void add(Envelope envelope, boolean stored) {
        Committed entry = known.get(envelope.id());
        if (entry == null) {
            entry = new Committed(envelope, stored);
            known.put(envelope.id(), entry);
            queues.computeIfAbsent(envelope.to().session(), id -> new ReceiverQueue(this, session, peers, loop, id))
                    .entries
                    .add(entry);
        } else if (stored) {
            entry.stored = true;
        }
    }

    /** With the monitor. */
    private void dropUnstored(Set<EnvelopeId> stored) {
        for (ReceiverQueue queue : queues.values()) {
            queue.entries.removeIf(entry -> entry instanceof Committed committed
                    && !committed.stored
                    && !stored.contains(committed.envelope.id())
                    && known.remove(committed.envelope.id()) != null);
        }
    }

    // --- the host's sends ------------------------------------------------------------------------

    /**
     * Does something of the host's towards a receiver, after all that this session has sent it before.
     *
     * @param needsRoom whether it needs room in the receiver's lane; asked only when that lane is full
     * @throws NotDoneException if what was sent before cannot be delivered now
     */
    public <T> T send(SessionId receiver, UUID id, BooleanSupplier needsRoom, Supplier<CompletionStage<T>> action)
            throws InterruptedException {
        read();
        HostSend<T> send = new HostSend<>(action, needsRoom);
        ReceiverQueue queue = queued(receiver, send);
        if (queue == null) {
            return kernel.await(action.get(), id);
        }
        if (kernel.activity.closed()) {
            close();
        }
        queue.pump();
        try {
            return kernel.await(send.result, id);
        } catch (InterruptedException e) {
            queue.withdraw(send);
            throw e;
        } catch (UnknownOutcomeException e) {
            throw queue.withdraw(send) ? queue.undelivered(e) : e;
        }
    }

    /** The queue that it waits in, or null if nothing is before it. */
    private synchronized @Nullable ReceiverQueue queued(SessionId receiver, HostSend<?> send) {
        ReceiverQueue queue = queues.get(receiver);
        if (queue != null) {
            queue.add(send);
        }
        return queue;
    }

    /** The runtime is closed: nobody waits here any longer. */
    void close() {
        refuseAll(new MeerkatClosedException("this Meerkat was closed before this was sent"));
    }

    /** Refuses what waits to be sent. */
    void refuseAll(NotDoneException reason) {
        List<HostSend<?>> waiting = new ArrayList<>();
        synchronized (this) {
            queues.values().forEach(queue -> waiting.addAll(queue.takeHostSends()));
        }
        waiting.forEach(send -> send.result.completeExceptionally(reason));
    }

    // --- for those who wait for replies ----------------------------------------------------------

    /** Who gets an envelope that a step has sent and the store has not settled yet. */
    public synchronized Optional<SessionId> receiver(EnvelopeId envelope) {
        return Optional.ofNullable(known.get(envelope))
                .map(entry -> entry.envelope.to().session());
    }

    /** Whether the terminal response to a request is on its way. */
    public synchronized boolean answers(RequestId request) {
        return known.values().stream()
                .anyMatch(entry -> entry.envelope.command() instanceof CommsCommand.PeerResponse response
                        && response.status().terminal()
                        && response.inReplyTo().equals(request));
    }

    /** Whether nothing is on its way, as far as this runtime knows. */
    synchronized boolean isEmpty() {
        return known.isEmpty() && queues.isEmpty();
    }

    private void pumpAll() {
        List<ReceiverQueue> all;
        synchronized (this) {
            all = List.copyOf(queues.values());
        }
        all.forEach(ReceiverQueue::pump);
    }

    // --- for the queues, with the monitor --------------------------------------------------------

    void empty(ReceiverQueue queue) {
        queues.remove(queue.receiver, queue);
    }

    void settled(Envelope envelope) {
        known.remove(envelope.id());
    }
}
