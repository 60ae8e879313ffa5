package dev.meerkat.core.internal.session;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EarlierMessageUndeliveredException;
import dev.meerkat.api.LaneFullException;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.core.RuntimeEvent;
import dev.meerkat.core.internal.runtime.Activity;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.Fenced;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one session sends to one receiver: the first entry is on its way, the others wait for it. Guarded
 * by the monitor of its {@link Outbox}, which is never held while calling out.
 */
final class ReceiverQueue {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiverQueue.class);
    private static final Duration RETRY_DELAY = Duration.ofMillis(100);
    private static final Duration SETTLE_DELAY = Duration.ofSeconds(1);

    final SessionId receiver;
    final Deque<Entry> entries = new ArrayDeque<>(2);
    private final Outbox outbox;
    private final SessionState session;
    private final Peers peers;
    private final Activity.Worker loop;
    private final Kernel kernel;
    /** Whether the first entry is on its way. */
    private boolean busy;
    /** Whether the first entry failed and waits for its next attempt. */
    private boolean paused;
    /** Counts the attempts, so that a timer knows whether its pause was cut short. */
    private int attempts;

    ReceiverQueue(Outbox outbox, SessionState session, Peers peers, Activity.Worker loop, SessionId receiver) {
        this.outbox = outbox;
        this.session = session;
        this.peers = peers;
        this.loop = loop;
        this.kernel = session.kernel;
        this.receiver = receiver;
    }

    sealed interface Entry {}

    /** An envelope of a step. */
    static final class Committed implements Entry {
        final Envelope envelope;
        /** False while its step is being committed. */
        boolean stored;

        Committed(Envelope envelope, boolean stored) {
            this.envelope = envelope;
            this.stored = stored;
        }
    }

    /** A call of the host that waits until what was sent before is delivered. */
    static final class HostSend<T> implements Entry {
        final CompletableFuture<T> result = new CompletableFuture<>();
        private final Supplier<CompletionStage<T>> action;
        private final BooleanSupplier needsRoom;

        HostSend(Supplier<CompletionStage<T>> action, BooleanSupplier needsRoom) {
            this.action = action;
            this.needsRoom = needsRoom;
        }

        private void start() {
            try {
                action.get().whenComplete((value, failure) -> {
                    if (failure == null) {
                        result.complete(value);
                    } else {
                        result.completeExceptionally(failure);
                    }
                });
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        }
    }

    /** With the monitor. It is refused if the first entry fails again, so that is tried at once. */
    void add(HostSend<?> send) {
        entries.add(send);
        paused = false;
    }

    /** With the monitor. */
    List<HostSend<?>> takeHostSends() {
        List<HostSend<?>> taken = new ArrayList<>();
        for (Iterator<Entry> all = entries.iterator(); all.hasNext(); ) {
            if (all.next() instanceof HostSend<?> send) {
                all.remove();
                taken.add(send);
            }
        }
        return taken;
    }

    /** Takes an entry out that did not begin; false if it is not there. */
    boolean withdraw(Entry entry) {
        synchronized (outbox) {
            return entries.remove(entry);
        }
    }

    /** Why what waits here was not sent. */
    EarlierMessageUndeliveredException undelivered(Throwable cause) {
        return new EarlierMessageUndeliveredException(session.id, receiver, cause);
    }

    /** Goes on with a receiver until an answer has to be waited for; a loop, since answers may come at once. */
    void pump() {
        Entry next = begin();
        while (next != null) {
            if (next instanceof HostSend<?> send) {
                send.start();
                done();
            } else if (!deliver((Committed) next)) {
                return;
            }
            next = begin();
        }
    }

    /** The first entry, which is the caller's now; null if there is none, or it cannot be begun. */
    private @Nullable Entry begin() {
        synchronized (outbox) {
            if (busy || paused || kernel.activity.closed() || session.fence.raised()) {
                return null;
            }
            Entry first = entries.peek();
            if (first == null) {
                outbox.empty(this);
                return null;
            }
            if (first instanceof HostSend) {
                entries.remove();
            } else if (!((Committed) first).stored) {
                return null;
            }
            busy = true;
            attempts++;
            return first;
        }
    }

    private void done() {
        synchronized (outbox) {
            busy = false;
        }
    }

    private void delivered(Committed entry) {
        synchronized (outbox) {
            busy = false;
            entries.remove(entry);
        }
    }

    /** Whether the answer came at once. */
    private boolean deliver(Committed entry) {
        CompletableFuture<Boolean> answer = attempt(entry, failure -> answered(entry, failure));
        if (answer.isDone()) {
            return true;
        }
        CompletableFuture<Boolean> unused = answer.whenComplete((done, failure) -> pump());
        return false;
    }

    private interface Answered {
        void with(@Nullable Throwable failure);
    }

    /** One delivery within the bound of a wait for the store; after it, the receiver knows a second one by its id. */
    private CompletableFuture<Boolean> attempt(Committed entry, Answered answered) {
        return kernel.bounded(peers.deliver(entry.envelope), entry.envelope.id().value())
                .handle((delivery, failure) -> {
                    answered.with(Kernel.root(failure));
                    return true;
                })
                .toCompletableFuture();
    }

    private void answered(Committed entry, @Nullable Throwable answer) {
        @Nullable
        Throwable failure = answer instanceof LaneFullException && isExpired(entry.envelope)
                ? new NotDoneException("input_expired", "its receiver had no room for it within its time to live")
                : answer;
        if (failure != null && !forGood(failure)) {
            LOG.debug("session {}: envelope {} is sent again later", session.id, entry.envelope.id(), failure);
            tryLater(failure);
            return;
        }
        delivered(entry);
        tellSettled(entry.envelope, failure instanceof NotDoneException refusal ? refusal.code() : null);
        if (failure instanceof NotDoneException refusal) {
            LOG.warn(
                    "session {}: envelope {} cannot be delivered: {}", session.id, entry.envelope.id(), refusal.code());
            settle(
                    entry.envelope,
                    new SessionEvent.PeerSendFailed(
                            Cursor.START,
                            kernel.now(),
                            entry.envelope.id(),
                            refusal.code(),
                            String.valueOf(refusal.getMessage())));
        } else {
            settle(entry.envelope, null);
        }
    }

    /** The first entry could not be delivered now. The host's sends behind it cannot either, and are not kept waiting. */
    private void tryLater(Throwable failure) {
        List<HostSend<?>> refused;
        int attempt;
        synchronized (outbox) {
            busy = false;
            paused = true;
            attempt = attempts;
            refused = takeHostSends();
        }
        boolean full = failure instanceof LaneFullException;
        boolean known = full || failure instanceof StoreException || failure instanceof MeerkatClosedException;
        Throwable reason = known ? failure : undelivered(failure);
        kernel.env.scheduler().schedule(RETRY_DELAY, () -> resume(attempt));
        for (HostSend<?> send : refused) {
            if (full && needsNoRoom(send.needsRoom)) {
                send.start();
            } else {
                send.result.completeExceptionally(reason);
            }
        }
        if (full) {
            deliverReplies();
        }
    }

    private static boolean needsNoRoom(BooleanSupplier needsRoom) {
        try {
            return !needsRoom.getAsBoolean();
        } catch (RuntimeException | Error e) {
            LOG.debug("whether a response goes to a handle cannot be read now", e);
            return false;
        }
    }

    private void resume(int attempt) {
        synchronized (outbox) {
            if (!paused || attempts != attempt) {
                return;
            }
            paused = false;
        }
        pump();
    }

    /**
     * The lane is full, perhaps because the receiver's turn waits for a reply that is in this queue. A reply
     * to a handle enters no lane, so it does not have to wait for one.
     */
    private void deliverReplies() {
        List<Committed> responses;
        synchronized (outbox) {
            responses = entries.stream()
                    .filter(Committed.class::isInstance)
                    .map(Committed.class::cast)
                    .filter(entry -> entry.stored && entry.envelope.command() instanceof CommsCommand.PeerResponse)
                    .toList();
        }
        for (Committed entry : responses) {
            if (needsNoRoom(() -> peers.needsRoom(entry.envelope))) {
                CompletableFuture<Boolean> unused = attempt(entry, failure -> {
                    if (failure == null && withdraw(entry)) {
                        tellSettled(entry.envelope, null);
                        settle(entry.envelope, null);
                    }
                });
            }
        }
    }

    /** What finds no room does not live longer for it. */
    private boolean isExpired(Envelope envelope) {
        return envelope.command()
                .timeToLive()
                .filter(time -> !envelope.at().plus(time).isAfter(kernel.now()))
                .isPresent();
    }

    private void tellSettled(Envelope envelope, @Nullable String code) {
        if (kernel.listeners.any()) {
            kernel.listeners.tell(new RuntimeEvent.Settled(
                    session.id,
                    envelope.id(),
                    receiver,
                    Optional.ofNullable(code),
                    kernel.listeners.since(envelope.at())));
        }
    }

    /** Until it is settled, the store would send it again; the receiver would know it, but it need not come to that. */
    private void settle(Envelope envelope, SessionEvent.@Nullable PeerSendFailed failed) {
        kernel.store.settle(session.id, envelope.id(), failed).whenComplete((done, error) -> {
            if (done instanceof Fenced fenced) {
                loop.fenced(fenced);
            } else if (error == null) {
                synchronized (outbox) {
                    outbox.settled(envelope);
                }
                if (failed != null && envelope.command() instanceof CommsCommand.PeerRequest) {
                    RequestId request = new RequestId(envelope.id().value());
                    kernel.replies.fail(request, UnsentRequests.refusal(request, failed));
                }
                session.signal();
            } else if (!kernel.activity.closed()) {
                kernel.env.scheduler().schedule(SETTLE_DELAY, () -> settle(envelope, failed));
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
}
