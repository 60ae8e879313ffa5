package dev.meerkat.client.internal;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.InputId;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.client.internal.calls.EventLog;
import dev.meerkat.client.internal.wire.EventReader;
import dev.meerkat.client.internal.wire.LogPage;
import dev.meerkat.client.internal.wire.ReadEvent;
import dev.meerkat.client.internal.wire.SessionRow;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The first turn of a keep-alive session over JSON-RPC, where the server answers before it runs and
 * never says how it ended. The log tells; where there is none, the session's newest answer does, and a
 * failure shows only to who watches at that time. No event tells that the session is parked; its state does.
 */
final class FirstTurn implements Turn {
    private static final long FIRST_LOOK_NANOS = Duration.ofMillis(10).toNanos();
    private static final long LAST_LOOK_NANOS = Duration.ofMillis(500).toNanos();

    private final RemoteContext context;
    private final SessionId session;
    private final ReentrantLock looking = new ReentrantLock();
    private final EventReader reader = new EventReader();
    private final CompletableFuture<TurnOutcome> outcome = new CompletableFuture<>();
    /** The turn that its events name last. */
    private volatile Optional<TurnId> running = Optional.empty();

    private boolean watched;
    private long position;

    FirstTurn(RemoteContext context, SessionId session) {
        this.context = context;
        this.session = session;
    }

    @Override
    public Optional<InputId> inputId() {
        return Optional.empty();
    }

    @Override
    public Optional<TurnId> turnId() {
        return running;
    }

    @Override
    public Optional<TurnOutcome> await(Duration timeout) throws InterruptedException {
        long deadline = context.clock().getAsLong() + timeout.toNanos();
        if (!outcome.isDone() && looking.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            try {
                look(deadline);
            } finally {
                looking.unlock();
            }
        }
        return TurnHandle.await(outcome, Duration.ZERO);
    }

    private void look(long deadline) throws InterruptedException {
        boolean log = context.calls().log().isPresent();
        ReconnectingFeed feed = new ReconnectingFeed(context, session, event -> !log);
        feed.open();
        try {
            long wait = FIRST_LOOK_NANOS;
            while (!outcome.isDone()) {
                Optional<TurnOutcome> found = found();
                if (found.isPresent()) {
                    outcome.complete(found.get());
                    return;
                }
                long left = deadline - context.clock().getAsLong();
                if (left <= 0) {
                    return;
                }
                Optional<FeedItem> item = feed.next(Math.min(left, wait));
                wait = Math.min(2 * wait, LAST_LOOK_NANOS);
                if (item.orElse(null) instanceof FeedItem.Event event) {
                    ended(event.event()).ifPresent(outcome::complete);
                }
            }
        } finally {
            feed.close();
        }
    }

    private Optional<TurnOutcome> found() throws InterruptedException {
        Optional<EventLog> log = context.calls().log();
        if (log.isEmpty()) {
            SessionRow row = context.calls().read(session);
            Optional<TurnOutcome> parked = parked(row);
            return parked.isPresent() || row.active()
                    ? parked
                    : row.lastAnswer()
                            .map(text -> new TurnOutcome.Completed(
                                    Optional.empty(), text, Optional.empty(), Optional.empty()));
        }
        LogPage page = log.get().since(session, position, 100);
        for (ReadEvent event : page.events()) {
            position = event.position();
            Optional<TurnOutcome> end = ended(event);
            if (end.isPresent()) {
                return end;
            }
        }
        return page.events().isEmpty() ? parked(context.calls().read(session)) : Optional.empty();
    }

    private Optional<TurnOutcome> parked(SessionRow row) {
        return row.parked().map(why -> new TurnOutcome.Parked(running, why.code(), why.message()));
    }

    private Optional<TurnOutcome> ended(ReadEvent wire) {
        SessionEvent event = reader.read(wire, new Cursor(wire.position()));
        @Nullable TurnOutcome end = null;
        if (event instanceof SessionEvent.TurnStarted started) {
            running = told(started);
        } else if (event instanceof SessionEvent.TurnCompleted completed) {
            end = new TurnOutcome.Completed(
                    told(completed), completed.text(), completed.usage(), completed.finishReason());
        } else if (event instanceof SessionEvent.TurnFailed failed) {
            end = new TurnOutcome.Failed(told(failed), failed.code(), failed.message());
        } else if (event instanceof SessionEvent.TurnInterrupted interrupted) {
            end = new TurnOutcome.Interrupted(told(interrupted), interrupted.text());
        }
        return Optional.ofNullable(end);
    }

    /** The turn of an event, if the server or an event before it has named it. */
    private static Optional<TurnId> told(SessionEvent.OfTurn event) {
        return Optional.of(event.turnId()).filter(id -> !id.equals(TurnId.UNKNOWN));
    }

    @Override
    public CompletionStage<TurnOutcome> completion() {
        startWatching();
        return outcome.minimalCompletionStage();
    }

    private synchronized void startWatching() {
        if (!watched) {
            watched = true;
            Thread watcher = new Thread(this::watch, "meerkat-client-first-turn");
            watcher.setDaemon(true);
            watcher.start();
        }
    }

    private void watch() {
        try {
            if (await(context.timeouts().turn()).isEmpty()) {
                outcome.completeExceptionally(new FailedException(
                        "call_timeout", "the first turn of session " + session + " has not ended in time", null));
            }
        } catch (MeerkatException e) {
            outcome.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void cancel() throws InterruptedException {
        // Its call was answered already, so there is nothing to take back but the turn itself.
        boolean unused = context.calls().interrupt(session);
    }
}
