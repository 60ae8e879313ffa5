package dev.meerkat.core.internal;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one serial owner of a session.
 *
 * <p>While the session has work, exactly one thread is in {@link #run}; only that thread runs the
 * agent and commits steps; what belongs to no turn is committed between them, see {@link Asides}. It has
 * no thread while idle. What other threads touch (the lane counters, whether it runs, who watches) is
 * guarded by this object's monitor, which is never held while waiting or while calling out.
 */
final class SessionLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SessionLoop.class);

    /** Turns before the thread is given to another session. */
    private static final int TURNS_PER_TASK = 16;

    private static final Duration FAULT_DELAY = Duration.ofSeconds(1);

    final Kernel kernel;
    final SessionId id;
    final SessionSpec spec;
    final SessionLinks links;

    final Commits commits;

    private final LaneCounters lanes;
    private boolean keepAlive;
    private boolean active;
    private boolean paused;
    private boolean archived;
    private boolean suspended;
    private @Nullable Archiving archiving;
    private @Nullable TurnRun running;

    private Cursor last;

    SessionLoop(Kernel kernel, StoredSession stored, PeerSends sends) {
        this.kernel = kernel;
        this.id = stored.id();
        this.spec = stored.spec();
        this.keepAlive = stored.spec().keepAlive();
        this.links = new SessionLinks(this, stored, sends);
        this.lanes = new LaneCounters(stored);
        this.commits = new Commits(this, stored);
        this.last = stored.last();
        this.archived = stored.archived();
    }

    // --- from any thread -------------------------------------------------------------------------

    synchronized boolean isArchived() {
        return archived || archiving != null;
    }

    synchronized boolean isActive() {
        return active;
    }

    synchronized Cursor last() {
        return last;
    }

    /** Promises room in a lane for an input that is about to be stored, or refuses. */
    void promise(Track track, long bytes) {
        kernel.checkOpen();
        synchronized (this) {
            checkLive();
            lanes.promise(id, track, bytes, kernel.limits);
        }
    }

    /** Refuses what {@link #promise} would refuse now. */
    void checkRoom(Track track) {
        kernel.checkOpen();
        synchronized (this) {
            checkLive();
            lanes.checkRoom(id, track, 0, kernel.limits);
        }
    }

    synchronized void checkLive() {
        if (archived || archiving != null) {
            throw new SessionArchivedException(id);
        }
    }

    synchronized void release(Track track, long bytes) {
        lanes.release(track, bytes);
    }

    /** An input for which room was promised is in the store. */
    void admitted(Track track, AdmittedInput input) {
        boolean start;
        synchronized (this) {
            lanes.admitted(track);
            advance(input.position());
            start = activate();
        }
        start(start);
        links.signal(input);
    }

    /** Begins to work if there is something to do. */
    void wake() {
        boolean start;
        synchronized (this) {
            start = activate();
        }
        start(start);
    }

    /** The turn that runs. */
    synchronized Optional<TurnId> runningTurn() {
        return Optional.ofNullable(running).map(TurnRun::turnId);
    }

    /** Tells the running turn to stop if it has taken up this prompt. */
    void cancel(InputId prompt) {
        TurnRun turn;
        synchronized (this) {
            turn = running;
        }
        if (turn != null && turn.prompts().contains(prompt)) {
            turn.signal.stop();
        }
    }

    /** Tells the running turn to stop, if it is the only one that may be, and waits for it within bounds. */
    InterruptOutcome interrupt(@Nullable TurnId only) throws InterruptedException {
        TurnRun turn;
        synchronized (this) {
            checkLive();
            turn = running;
        }
        if (turn == null || (only != null && !turn.turnId().equals(only))) {
            return new InterruptOutcome.Idle();
        }
        boolean stopping = turn.signal.stop();
        boolean ended = turn.signal.awaitEnd(kernel.limits.waits().interrupt());
        if (!stopping) {
            return new InterruptOutcome.Idle();
        }
        return ended ? new InterruptOutcome.Stopped(turn.turnId()) : new InterruptOutcome.Stopping(turn.turnId());
    }

    /** Stops the running turn because the runtime closes: it is put aside, not ended. */
    void suspend() {
        TurnRun turn;
        synchronized (this) {
            suspended = true;
            turn = running;
        }
        if (turn != null) {
            turn.signal.suspend();
        }
    }

    void archive() throws InterruptedException {
        Archiving wish = new Archiving();
        TurnRun turn;
        boolean start;
        synchronized (this) {
            checkLive();
            archiving = wish;
            turn = running;
            start = activate();
        }
        if (turn != null) {
            turn.signal.stop();
        }
        start(start);
        wish.await(kernel.limits.waits().interrupt().plus(kernel.limits.waits().store()), id.value());
    }

    // --- under the monitor -----------------------------------------------------------------------

    private boolean activate() {
        if (active || !hasWork()) {
            return false;
        }
        active = kernel.activity.begin(this);
        return active;
    }

    private boolean hasWork() {
        if (archived || !kernel.activity.open()) {
            return false;
        }
        return archiving != null || (!paused && (progress().turn() != null || lanes.wakes(keepAlive)));
    }

    void advance(Cursor position) {
        if (position.compareTo(last) > 0) {
            last = position;
        }
    }

    // --- the loop's thread -----------------------------------------------------------------------

    private void start(boolean start) {
        if (start) {
            kernel.env.executor().execute(this);
        }
    }

    @Override
    public void run() {
        for (int i = 0; i < TURNS_PER_TASK; i++) {
            Archiving archive;
            synchronized (this) {
                if (!hasWork()) {
                    active = false;
                    kernel.activity.end(this);
                    return;
                }
                archive = archiving;
            }
            work(archive);
        }
        kernel.env.executor().execute(this);
    }

    private void work(@Nullable Archiving archive) {
        try {
            if (archive != null) {
                archiveNow(archive);
            } else {
                TurnRun.next(this);
            }
        } catch (StoreFault e) {
            recover(e);
        } catch (RuntimeException e) {
            // A defect of ours must not spin: it is treated like a fault of the store.
            recover(new StoreFault("unexpected failure", e));
        }
    }

    private void archiveNow(Archiving archive) {
        Step step = new Step();
        step.archives = true;
        step.event(cursor -> new SessionEvent.Lifecycle(cursor, kernel.now(), SessionEvent.Lifecycle.Phase.ARCHIVED));
        try {
            commit(step, new SessionProgress(progress().consumed(), null, null));
        } catch (StoreFault e) {
            synchronized (this) {
                archiving = null;
            }
            archive.failed(e);
            throw e;
        }
        synchronized (this) {
            archived = true;
            archiving = null;
        }
        links.signal();
        archive.done();
    }

    SessionProgress progress() {
        return commits.progress();
    }

    long messageCount() {
        return commits.messageCount();
    }

    synchronized int waiting(Track track) {
        return lanes.of(track);
    }

    synchronized void running(@Nullable TurnRun turn) {
        running = turn;
        // Whoever asked just before could not find the turn.
        if (turn != null && archiving != null) {
            turn.signal.stop();
        } else if (turn != null && suspended) {
            turn.signal.suspend();
        }
    }

    /** Commits a step; when this returns, it is stored and its messages are leaving. */
    void commit(Step step, SessionProgress next) {
        commits.step(step, entries -> next);
    }

    /** With the monitor. */
    void consumed(SessionProgress before, SessionProgress after, long bytes) {
        lanes.consumed(before.consumed(), after.consumed(), bytes);
    }

    /** A change that belongs to no turn is committed. */
    void changed(Step change) {
        boolean start;
        synchronized (this) {
            keepAlive = change.keepAlive == null ? keepAlive : change.keepAlive;
            start = activate();
        }
        start(start);
        links.signal();
    }

    /** Waits on the loop's own thread, which an agent may need elsewhere meanwhile. */
    <T> T join(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        boolean done = future.isDone();
        if (!done) {
            kernel.env.executor().beforeWait(future::isDone);
        }
        try {
            return future.get(kernel.limits.waits().store().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new StoreFault("the store refused a step", e);
        } catch (TimeoutException e) {
            throw new StoreFault("the store did not answer within its wait", e);
        } catch (InterruptedException e) {
            throw new StoreFault("interrupted while waiting for the store", e);
        } finally {
            if (!done) {
                kernel.env.executor().afterWait();
            }
        }
    }

    /** Works on later, when {@code delay} has passed. */
    void pause(Duration delay) {
        synchronized (this) {
            paused = true;
        }
        kernel.env.scheduler().schedule(delay, () -> {
            synchronized (this) {
                paused = false;
            }
            wake();
        });
    }

    /** After a fault nobody knows what is stored: read it, and go on from there. */
    private void recover(StoreFault fault) {
        if (kernel.activity.closed()) {
            pauseForever();
            return;
        }
        LOG.warn("session {}: a step was not committed, going on from what is stored", id, fault);
        commits.readAgain();
        pause(FAULT_DELAY);
    }

    private synchronized void pauseForever() {
        paused = true;
    }

    /** With the monitor. */
    void reload(SessionProgress before, StoredSession stored) {
        // The failed step may have been stored after all; then its inputs no longer wait.
        boolean moved = !stored.progress().consumed().equals(before.consumed());
        long freed = moved ? lanes.externalBytes() - stored.waitingExternalBytes() : 0;
        consumed(before, stored.progress(), Math.max(0, freed));
        keepAlive = stored.spec().keepAlive();
        archived = stored.archived();
        advance(stored.last());
    }
}
