package dev.meerkat.core.internal;

import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.EventDraft;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what committed steps of one session have queued: to each receiver in order, one at a time,
 * until the receiver has it or will never have it. What is not settled is in the store, and is sent
 * again when the store is opened again. Guarded by its monitor, which is never held while calling out.
 */
final class Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final Duration RETRY_DELAY = Duration.ofMillis(100);
    private static final Duration SETTLE_DELAY = Duration.ofSeconds(1);

    private final SessionLoop loop;
    private final PeerSends sends;
    /** By receiver: the first is on its way, the others wait for it. */
    private final Map<SessionId, Deque<Envelope>> queues = new HashMap<>();

    Outbox(SessionLoop loop, PeerSends sends) {
        this.loop = loop;
        this.sends = sends;
    }

    void send(List<Envelope> envelopes) {
        for (Envelope envelope : envelopes) {
            boolean first;
            synchronized (this) {
                Deque<Envelope> queue = queues.computeIfAbsent(envelope.receiver(), id -> new ArrayDeque<>(2));
                first = queue.isEmpty();
                queue.add(envelope);
            }
            if (first) {
                deliver(envelope);
            }
        }
    }

    /** Goes on with a receiver until an answer has to be waited for; a loop, since answers may come at once. */
    private void deliver(Envelope first) {
        @Nullable Envelope next = first;
        while (next != null && !loop.kernel.activity.closed()) {
            Envelope envelope = next;
            Attempt attempt = new Attempt(this, envelope);
            sends.deliver(envelope, null).whenComplete((delivery, failure) -> attempt.answered(failure));
            next = attempt.returned();
        }
    }

    /** Settles an answered envelope; returns the receiver's next one, or null. */
    private @Nullable Envelope settled(Envelope envelope, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause != null && !forGood(cause)) {
            LOG.debug("session {}: envelope {} is sent again later", loop.id, envelope.id(), cause);
            loop.kernel.env.scheduler().schedule(RETRY_DELAY, () -> deliver(envelope));
            return null;
        }
        if (cause instanceof NotDoneException refusal) {
            LOG.warn("session {}: envelope {} cannot be delivered: {}", loop.id, envelope.id(), refusal.code());
            settle(
                    envelope,
                    cursor -> new SessionEvent.PeerSendFailed(
                            cursor,
                            loop.kernel.now(),
                            envelope.id(),
                            refusal.code(),
                            String.valueOf(refusal.getMessage())));
        } else {
            settle(envelope, null);
        }
        synchronized (this) {
            Deque<Envelope> queue = queues.get(envelope.receiver());
            if (queue == null) {
                return null;
            }
            queue.remove();
            if (queue.isEmpty()) {
                queues.remove(envelope.receiver());
                return null;
            }
            return queue.peek();
        }
    }

    /** Until it is settled, the store would send it again; the receiver would know it, but it need not come to that. */
    private void settle(Envelope envelope, @Nullable EventDraft failed) {
        loop.kernel.store.settle(loop.id, envelope.id(), failed).whenComplete((done, error) -> {
            if (error == null) {
                loop.links.signal();
            } else if (!loop.kernel.activity.closed()) {
                loop.kernel.env.scheduler().schedule(SETTLE_DELAY, () -> settle(envelope, failed));
            }
        });
    }

    /** Whether sending again would be refused again. A full lane empties; a store or transport may come back. */
    private static boolean forGood(Throwable cause) {
        return cause instanceof NotDoneException
                && !(cause instanceof LaneFullException)
                && !(cause instanceof StoreException)
                && !(cause instanceof MeerkatClosedException);
    }

    /**
     * One delivery, whose answer may come before {@code deliver} returns, or later on another thread;
     * whichever is second goes on.
     */
    private static final class Attempt {
        private final Outbox outbox;
        private final Envelope envelope;
        private boolean returned;
        private boolean answered;
        private @Nullable Envelope next;

        Attempt(Outbox outbox, Envelope envelope) {
            this.outbox = outbox;
            this.envelope = envelope;
        }

        void answered(@Nullable Throwable failure) {
            Envelope following = outbox.settled(envelope, failure);
            boolean goOn;
            synchronized (this) {
                answered = true;
                next = following;
                goOn = returned;
            }
            if (goOn && following != null) {
                outbox.deliver(following);
            }
        }

        synchronized @Nullable Envelope returned() {
            returned = true;
            return answered ? next : null;
        }
    }
}
