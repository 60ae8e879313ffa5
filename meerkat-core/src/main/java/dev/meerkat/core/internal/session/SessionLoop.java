package dev.meerkat.core.internal.session;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InterruptOutcome;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.RuntimeEvent;
import dev.meerkat.core.internal.runtime.Activity;
import dev.meerkat.core.internal.runtime.Backoff;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.Fenced;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.TurnRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one serial owner of a session.
 *
 * <p>While the session has work, exactly one thread is in {@link #run}; only that thread runs the
 * agent and commits steps; what belongs to no turn is committed between them, see {@link Asides}. It has
 * no thread while idle. What changes is in the {@link SessionState}. Thread-safe.
 */
public final class SessionLoop implements Runnable, Activity.Worker {
    private static final Logger LOG = LoggerFactory.getLogger(SessionLoop.class);

    /** Turns before the thread is given to another session. */
    private static final int TURNS_PER_TASK = 16;

    public final Kernel kernel;
    public final SessionId id;
    public final SessionState state;
    public final SessionOutbox outbox;
    final Commits commits;
    private final Peers peers;
    private final TurnRunner.Factory turns;
    private final Retries retries;
    private volatile boolean ran;

    /** Of a session that was read in a term of this runtime, or in none; see {@link Kernel#term}. */
    SessionLoop(Kernel kernel, StoredSession stored, long term, Peers peers, TurnRunner.Factory turns) {
        this.kernel = kernel;
        this.id = stored.id();
        this.peers = peers;
        this.turns = turns;
        this.retries = new Retries(kernel, id, stored.inbox().retries(), this);
        this.state = new SessionState(kernel, stored, term, retries);
        this.outbox = new SessionOutbox(state, stored, peers, this);
        this.commits = new Commits(state, outbox, this);
    }

    public Peers peers() {
        return peers;
    }

    // --- from any thread -------------------------------------------------------------------------

    /** Archived, and all that it has sent is delivered. */
    boolean isGone() {
        return state.isArchivedForGood() && outbox.get().isEmpty();
    }

    /** An input for which room was promised is in the store. */
    public void admitted(AppendResult.Appended appended) {
        admitted(appended.track(), appended.number(), appended.input().position());
        state.signal(appended.input());
        if (kernel.listeners.any()) {
            kernel.listeners.tell(new RuntimeEvent.Admitted(id, appended.input()));
        }
    }

    /** The same for an input that was looked for in the store. */
    public void admitted(Track track, long number, Cursor position) {
        Optional<RunningTurn> steered = state.admitted(track, number, position);
        wake();
        steered.ifPresent(turn -> turn.steerCame(kernel.env.executor()));
    }

    @Override
    public SessionId session() {
        return id;
    }

    /** Others, who share the store, may have done something for the session. May wait for the store. */
    public void look() {
        long term = kernel.term(id);
        // If a turn of an earlier term still runs here, that must end first.
        if (term != 0 && !state.isOfTerm(term) && !state.isActive()) {
            boolean unused = takeOver(term);
            wake();
            state.signal();
            return;
        }
        Optional<StoredSession> stored = kernel.store.load(id);
        if (stored.isEmpty()) {
            deleted();
            return;
        }
        Optional<RunningTurn> steered = state.heard(stored.get());
        if (term == 0) {
            state.ofTerm(term);
        }
        wake();
        steered.ifPresent(turn -> turn.steerCame(kernel.env.executor()));
        state.signal();
    }

    /** The session has come to this runtime: reads where it stands, and what its owner before has not sent. */
    private boolean takeOver(long term) {
        Outbox unused = outbox.get();
        boolean read = commits.readAgain();
        if (read) {
            state.ofTerm(term);
        }
        return read;
    }

    @Override
    public void wake() {
        if (state.activate(this)) {
            if (kernel.listeners.any()) {
                kernel.listeners.tell(new RuntimeEvent.Woken(id));
            }
            kernel.slots.execute(this);
        }
    }

    /** The store has put a dead letter back, or may have done so. */
    public void redriven() {
        state.failedChanged();
        wake();
        state.signal();
    }

    /** Tells the turn of a prompt to stop: the running one, or one that waits for its next attempt. */
    public void cancel(InputId prompt) {
        Optional<RunningTurn> turn =
                state.running().filter(running -> running.prompts().contains(prompt));
        if (turn.isPresent() && turn.get().signal().stop(StopSignal.Way.CANCELLED)) {
            return;
        }
        retries.takeBack(prompt);
        wake();
    }

    /** Tells the running turn to stop, if it is the only one that may be, and waits for it within bounds. */
    public InterruptOutcome interrupt(@Nullable TurnId only) throws InterruptedException {
        state.checkLive();
        Optional<RunningTurn> running = state.running();
        if (running.isEmpty()) {
            return endParked(only);
        }
        RunningTurn turn = running.get();
        if (only != null && !turn.id().equals(only)) {
            return new InterruptOutcome.Idle();
        }
        boolean stopping = turn.signal().stop(StopSignal.Way.INTERRUPTED);
        boolean ended = turn.signal().awaitEnd(kernel.limits.waits().interrupt());
        if (!stopping) {
            return endParked(only);
        }
        return ended ? new InterruptOutcome.Stopped(turn.id()) : new InterruptOutcome.Stopping(Optional.of(turn.id()));
    }

    /** A parked turn ends without being gone on with, and the session goes on with the next. */
    private InterruptOutcome endParked(@Nullable TurnId only) throws InterruptedException {
        SessionProgress reached = state.progress();
        TurnRecord open = reached.turn();
        if (open == null
                || reached.parked() == null
                || (only != null && !open.id().equals(only))) {
            return new InterruptOutcome.Idle();
        }
        state.end(open.id());
        return new Asides(this).unpark()
                ? new InterruptOutcome.Stopping(Optional.of(open.id()))
                : new InterruptOutcome.Idle();
    }

    /** Stops the running turn because the runtime closes: it is put aside, not ended. */
    @Override
    public void suspend() {
        state.suspend();
        state.running().ifPresent(turn -> turn.signal().suspend());
    }

    @Override
    public boolean hasRun() {
        return ran;
    }

    @Override
    public CompletionStage<?> putAside() {
        return commits.putAside();
    }

    @Override
    public void fenced(Fenced owner) {
        if (kernel.shared()) {
            lost(owner);
            return;
        }
        if (!state.fence.raise(owner)) {
            return;
        }
        StoreException reason = FencedFault.refusal(id, owner);
        LOG.warn("session {}: belongs to {} now, by epoch {}; it is given up here", id, owner.holder(), owner.epoch());
        peers.forget(state);
        Archiving wish = state.takeArchiving();
        state.running().ifPresent(turn -> turn.signal().suspend());
        if (wish != null) {
            wish.failed(reason);
        }
        kernel.troubles.end(id);
        outbox.giveUp(reason);
        state.signal();
        if (kernel.listeners.any()) {
            kernel.listeners.tell(new RuntimeEvent.FencedOff(id, owner.holder(), owner.epoch()));
        }
        kernel.turns.failAll(id, prompt -> goesOnElsewhere(prompt.value(), reason));
        kernel.replies.failAll(id, request -> goesOnElsewhere(request.value(), reason));
    }

    /** The session is another runtime's now, and may come back: who waits for something of it hears of it all the same. */
    private void lost(Fenced owner) {
        LOG.info(
                "session {}: {}, and goes on there",
                id,
                FencedFault.refusal(id, owner).getMessage());
        state.running().ifPresent(turn -> turn.signal().suspend());
        Archiving wish = state.takeArchiving();
        if (wish != null) {
            wish.failed(FencedFault.refusal(id, owner));
        }
        kernel.troubles.end(id);
        if (kernel.listeners.any()) {
            kernel.listeners.tell(new RuntimeEvent.FencedOff(id, owner.holder(), owner.epoch()));
        }
    }

    /** The session is in the store no more: who waits for something of it hears of it. */
    public void deleted() {
        if (!state.fence.raiseDeleted()) {
            return;
        }
        peers.forget(state);
        kernel.troubles.end(id);
        outbox.giveUp(new StoreException("session " + id + " is deleted", null));
        state.signal();
        kernel.turns.failAll(id, prompt -> new SessionNotFoundException(id.toString()));
        kernel.replies.failAll(id, request -> new SessionNotFoundException(id.toString()));
    }

    private static UnknownOutcomeException goesOnElsewhere(UUID id, StoreException reason) {
        return new UnknownOutcomeException(id, "what is waited for goes on elsewhere: " + reason.getMessage(), reason);
    }

    public void archive() throws InterruptedException {
        Archiving wish = new Archiving();
        state.archive(wish);
        state.running().ifPresent(turn -> turn.signal().stop(StopSignal.Way.INTERRUPTED));
        wake();
        wish.await(kernel.limits.waits().interrupt().plus(kernel.limits.waits().store()), id.value());
    }

    /** The runtime is closed. */
    public void close() {
        outbox.close();
        state.close();
    }

    // --- the loop's thread -----------------------------------------------------------------------

    @Override
    public void run() {
        ran = true;
        for (int i = 0; i < TURNS_PER_TASK; i++) {
            if (!state.staysActive(this)) {
                return;
            }
            work();
        }
        kernel.slots.execute(this);
    }

    private void work() {
        try {
            long term = kernel.term(id);
            if (!state.isOfTerm(term) && !takeOver(term)) {
                throw new StoreFault("the session cannot be read now", null);
            }
            Archiving archive = state.archiving();
            if (archive != null) {
                archiveNow(archive);
            } else {
                next();
            }
        } catch (StoreFault e) {
            recover(e);
        } catch (RuntimeException | Error e) {
            // A defect of ours, or a lack of memory, must neither spin nor end the loop: it is treated like a fault
            // of the store.
            recover(new StoreFault("unexpected failure", e));
        }
    }

    private void next() {
        TurnRunner turns = this.turns.of(state, commits, peers);
        if (state.progress().turn() != null) {
            turns.goOn();
            return;
        }
        Optional<TurnRecord> takenBack = retries.takenBack();
        if (takenBack.isPresent()) {
            turns.again(takenBack.get());
        } else if (retries.look(step -> commits.step(step, entries -> state.progress()))) {
            turns.again();
        } else if (state.hasNewWork()) {
            turns.next();
        }
    }

    private void archiveNow(Archiving archive) {
        Step step = new Step();
        step.change = StepCommit.Change.ARCHIVE;
        step.event(new SessionEvent.Lifecycle(Cursor.START, kernel.now(), SessionEvent.Lifecycle.Phase.ARCHIVED));
        try {
            commits.step(step, entries -> state.progress().withoutTurn());
        } catch (FencedFault e) {
            // The wish ends with all others.
            throw e;
        } catch (StoreFault e) {
            state.archived(false);
            archive.failed(e);
            throw e;
        }
        state.archived(true);
        state.tellParked();
        state.signal();
        archive.done();
    }

    /** After a fault nobody knows what is stored: read it, and go on from there. */
    private void recover(StoreFault fault) {
        if (fault instanceof FencedFault fenced) {
            fenced(fenced.by());
            return;
        }
        if (kernel.activity.closed()) {
            state.pause(true);
            return;
        }
        int faults = state.faulty();
        Duration delay = Backoff.after(faults);
        if (faults == 1) {
            kernel.warnings.failed(LOG, id, "a step was not committed, going on from what is stored", fault);
        } else {
            LOG.debug("session {}: a step was not committed, going on in {}", id, delay, fault);
        }
        kernel.troubles.begin(id, "session_stalled", fault.reason());
        boolean unused = commits.readAgain();
        TurnCallers.tellAll(state, fault);
        state.pause(true);
        kernel.env.scheduler().schedule(delay, () -> {
            state.pause(false);
            wake();
        });
    }
}
