package dev.meerkat.core.internal.session;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.Parked;
import dev.meerkat.api.PeerReply;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.TrustPolicy;
import dev.meerkat.core.internal.runtime.Activity;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.runtime.LaneCounters;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a session is and where it stands: all of it that changes, guarded by this object's monitor. The monitor is never
 * held while waiting, nor while calling an agent, a listener or the store. The caller does what a change leads to:
 * {@link SessionLoop} wakes the session, and {@link Commits} stores steps. Thread-safe.
 */
public final class SessionState {
    public final Kernel kernel;
    public final SessionId id;
    public final SessionSpec spec;
    private final byte[] identitySeed;
    private @Nullable PeerSender self;

    public final Fence fence;
    private final LaneCounters lanes;
    private final Retries retries;
    private boolean keepAlive;
    /** Whether its loop has a thread, or waits for one. */
    private boolean active;
    /** Whether it waits before it goes on after a fault of the store. */
    private boolean paused;

    /** Faults of the store since the last step that was committed; the loop's thread only. */
    private int faults;

    /** The term of which what is known here is, where openings share the store. */
    private long term;
    /** Whether the log has gone on with something that is not known here. */
    private boolean behind;

    private boolean suspended;
    private boolean archived;
    private @Nullable Archiving archiving;
    /** The parked turn that is to end instead of going on. */
    private @Nullable TurnId ending;

    private @Nullable RunningTurn running;

    private Cursor last;
    private long version;
    /** Changed by the loop's thread, and while that does nothing because the session is parked. */
    private SessionProgress progress;

    private long messageCount;
    /** Made for the first who watches, so an idle session has none. */
    private volatile @Nullable Watchers watchers;

    SessionState(Kernel kernel, StoredSession stored, long term, Retries retries) {
        this.kernel = kernel;
        this.retries = retries;
        this.id = stored.id();
        this.spec = stored.spec();
        this.fence = new Fence(kernel, id);
        this.identitySeed = stored.identitySeed();
        this.term = term;
        this.lanes = new LaneCounters(stored, !kernel.shared());
        this.keepAlive = stored.spec().keepAlive();
        this.archived = stored.standing().archived();
        this.last = stored.log().last();
        this.version = stored.standing().version();
        this.progress = stored.standing().progress();
        this.messageCount = stored.log().messageCount();
        if (progress.parked() != null && kernel.owns(id)) {
            tellParked();
        }
    }

    // --- who it is -------------------------------------------------------------------------------

    /** Who this session is to its peers; only for a session with a comms name. */
    public synchronized PeerSender self() {
        if (self == null) {
            self = new PeerSender(
                    Identity.peerId(identitySeed), spec.commsName().orElseThrow());
        }
        return self;
    }

    /** What it is called in the log. */
    public String label() {
        return spec.commsName().map(name -> name + " (" + id + ")").orElseGet(id::toString);
    }

    public TrustPolicy.Member member() {
        return new TrustPolicy.Member(id, spec.realm(), spec.commsName().orElseThrow(), spec.labels(), spec.peerMeta());
    }

    // --- where it stands -------------------------------------------------------------------------

    public synchronized SessionProgress progress() {
        return progress;
    }

    public synchronized long messageCount() {
        return messageCount;
    }

    public synchronized Cursor last() {
        return last;
    }

    synchronized boolean isActive() {
        return active;
    }

    /** Whether a turn runs or is about to. The end of a turn is stored before its callers are told, so they find it over. */
    synchronized boolean isBusy() {
        return active && (progress.turn() != null || hasWork());
    }

    /** Archived, or about to be. */
    public synchronized boolean isArchived() {
        return archived || archiving != null;
    }

    /** Archived in the store. */
    public synchronized boolean isArchivedForGood() {
        return archived;
    }

    public synchronized void checkLive() {
        if (archived || archiving != null) {
            throw new SessionArchivedException(id);
        }
    }

    // --- its lanes -------------------------------------------------------------------------------

    /** Promises room in a lane for an input that is about to be stored, or refuses. */
    public synchronized void promise(Track track, long bytes) {
        checkLive();
        if (kernel.shared()) {
            // The store knows, and refuses what has no room.
            return;
        }
        lanes.promise(id, track, bytes, kernel.limits);
    }

    /** Refuses what {@link #promise} would refuse now. */
    public void checkRoom(Track track) {
        if (kernel.shared()) {
            StoredSession stored = kernel.store.load(id).orElseThrow(() -> new SessionNotFoundException(id.toString()));
            if (stored.standing().archived()) {
                throw new SessionArchivedException(id);
            }
            new LaneCounters(stored).checkRoom(id, track, 0, kernel.limits);
            return;
        }
        checkOwnRoom(track);
    }

    private synchronized void checkOwnRoom(Track track) {
        checkLive();
        lanes.checkRoom(id, track, 0, kernel.limits);
    }

    public synchronized void release(Track track, long bytes) {
        if (kernel.shared()) {
            return;
        }
        lanes.release(track, bytes);
    }

    public synchronized int waiting(Track track) {
        return lanes.of(track);
    }

    /** An input for which room was promised is in the store; returns the turn that must hear of a steer. */
    synchronized Optional<RunningTurn> admitted(Track track, long number, Cursor position) {
        lanes.admitted(track, number);
        advance(position, 1);
        return track == Track.STEERED && !retries.held() ? Optional.ofNullable(running) : Optional.empty();
    }

    // --- whether it has work ---------------------------------------------------------------------

    /** Counts its loop in if there is something to do and it does not run; then the caller must give it a thread. */
    synchronized boolean activate(Activity.Worker loop) {
        if (active || !hasWork()) {
            return false;
        }
        active = kernel.activity.begin(loop);
        return active;
    }

    /** Whether its loop has something to do; if not, it is counted out. */
    synchronized boolean staysActive(Activity.Worker loop) {
        if (hasWork()) {
            return true;
        }
        active = false;
        kernel.activity.end(loop);
        return false;
    }

    private boolean hasWork() {
        if (archived || fence.raised() || !kernel.activity.open() || !kernel.owns(id)) {
            return false;
        }
        return archiving != null
                || (!paused
                        && progress.parked() == null
                        && (progress.turn() != null || retries.wakes() || hasNewWork()));
    }

    public synchronized boolean hasNewWork() {
        return lanes.wakes(keepAlive, retries.held());
    }

    synchronized void pause(boolean pause) {
        paused = pause;
    }

    /** The loop met a fault of the store; returns how many there are in a row. */
    int faulty() {
        return ++faults;
    }

    /** A step is stored, so the session goes on. */
    void goesOn() {
        if (faults > 0) {
            faults = 0;
            kernel.troubles.end(id);
        }
    }

    /** Whether a failed input holds up later ones. */
    public boolean held() {
        return retries.held();
    }

    /** The store may have other failed inputs than before. */
    public void failedChanged() {
        retries.changed();
    }

    // --- its running turn ------------------------------------------------------------------------

    public synchronized Optional<RunningTurn> running() {
        return Optional.ofNullable(running);
    }

    public synchronized void begin(RunningTurn turn) {
        running = turn;
        // Who asked just before could not find the turn.
        if (archiving != null || turn.id().equals(ending)) {
            turn.signal().stop(StopSignal.Way.INTERRUPTED);
        } else if (suspended || fence.raised()) {
            turn.signal().suspend();
        }
    }

    public synchronized void end(RunningTurn turn) {
        running = running == turn ? null : running;
    }

    /** This parked turn is to end when it goes on. */
    public synchronized void end(TurnId parked) {
        ending = parked;
    }

    /** Turns that begin from now on are put aside at once. */
    synchronized void suspend() {
        suspended = true;
    }

    // --- its end ---------------------------------------------------------------------------------

    /** It is to be archived; refused if it is already. */
    synchronized void archive(Archiving wish) {
        checkLive();
        archiving = wish;
    }

    synchronized @Nullable Archiving archiving() {
        return archiving;
    }

    synchronized void archived(boolean done) {
        archived |= done;
        archiving = null;
    }

    // --- what is stored --------------------------------------------------------------------------

    /** Another owner has the session: the wish to end it, if there is one, is not for this runtime. */
    synchronized @Nullable Archiving takeArchiving() {
        Archiving wish = archiving;
        archiving = null;
        return wish;
    }

    /** A step on top of what is stored. */
    synchronized StepCommit onTop(Step step, SessionProgress next) {
        return step.commit(id, version, next);
    }

    /** A step of the loop is stored. */
    synchronized void committed(Step step, SessionProgress reached, StepResult.Committed stored) {
        lanes.consumed(reached.consumed(), step.consumedBytes);
        moved(step, reached, stored);
    }

    /** A change that belongs to no turn is stored. */
    synchronized void changed(Step change, SessionProgress reached, StepResult.Committed stored) {
        moved(change, reached, stored);
        keepAlive = change.change.keepAlive(keepAlive);
    }

    private void moved(Step step, SessionProgress reached, StepResult.Committed stored) {
        progress = reached;
        version = stored.version();
        messageCount += step.transcript.size();
        advance(stored.last(), step.events.size());
    }

    /** The log has gone on up to a position, with so many events. */
    private void advance(Cursor position, int events) {
        if (position.compareTo(last) > 0) {
            behind |= position.sequence() - events > last.sequence();
            last = position;
        }
    }

    /** After a fault it is what the store says. */
    synchronized void reload(StoredSession stored) {
        // The failed step may have been stored after all; then its inputs no longer wait.
        boolean moved = !stored.standing().progress().consumed().equals(progress.consumed());
        long freed = moved ? lanes.externalBytes() - stored.inbox().waitingExternalBytes() : 0;
        lanes.consumed(stored.standing().progress().consumed(), Math.max(0, freed));
        lanes.stored(stored.inbox().admitted());
        keepAlive = stored.spec().keepAlive();
        archived = stored.standing().archived();
        version = stored.standing().version();
        progress = stored.standing().progress();
        messageCount = stored.log().messageCount();
        retries.changed();
        read(stored);
    }

    /** What was read before the log went on to where it is known to be says nothing of what came meanwhile. */
    private void read(StoredSession stored) {
        behind = stored.log().last().compareTo(last) < 0;
        if (!behind) {
            last = stored.log().last();
        }
    }

    // --- what others do, where they share the store ------------------------------------------------

    /** Others may have done something for it: takes that over; returns the turn that must hear of a steer. */
    synchronized Optional<RunningTurn> heard(StoredSession stored) {
        if (!active && !kernel.owns(id) && stored.standing().version() >= version) {
            reload(stored);
            return Optional.empty();
        }
        long steered = lanes.of(Track.STEERED);
        lanes.stored(stored.inbox().admitted());
        if (stored.inbox().retries()) {
            retries.changed();
        }
        read(stored);
        return lanes.of(Track.STEERED) > steered && !retries.held() ? Optional.ofNullable(running) : Optional.empty();
    }

    /** Takes over what others have appended up to now, where they share the store. */
    public void catchUp() {
        if (kernel.shared()) {
            Optional<RunningTurn> unused = kernel.store.load(id).flatMap(this::heard);
        }
    }

    /** Whether all up to here is known. */
    public synchronized boolean knows(Cursor end) {
        return !behind && end.compareTo(last) <= 0;
    }

    /** What is stored must be looked at again. */
    public synchronized void fallsBehind() {
        behind = true;
    }

    /** Whether what is known is of the present term. */
    public synchronized boolean isOfTerm(long present) {
        return term == present;
    }

    synchronized void ofTerm(long present) {
        term = present;
    }

    /** Whether somebody watches it. */
    public boolean isWatched() {
        Watchers told = watchers;
        return told != null && !told.isEmpty();
    }

    /** Tells, or no longer tells, that the session is parked. */
    public void tellParked() {
        Parked parked = progress().parked();
        if (parked != null && !isArchived()) {
            kernel.troubles.begin(id, "session_parked", parked.code() + ": " + parked.message());
        } else {
            kernel.troubles.end(id);
        }
    }

    // --- who watches it --------------------------------------------------------------------------

    /**
     * Somebody watches from now on, and is told what the running turn has said before, unless it goes on with a turn of
     * which it may have heard that.
     */
    public synchronized void watch(Watchers.Watcher watcher, Cursor after) {
        Watchers made = watchers;
        if (made == null) {
            made = new Watchers();
            watchers = made;
        }
        if (running != null && running.speech().isNewAfter(after)) {
            watcher.offer(new SessionEvent.TextDelta(
                    last, running.id(), running.speech().newest()));
        }
        made.add(watcher);
    }

    public void unwatch(Watchers.Watcher watcher) {
        Watchers told = watchers;
        if (told != null) {
            told.remove(watcher);
        }
    }

    /** The running turn says something; who comes to watch later is told by {@link #watch}. */
    public void say(RunningTurn turn, String delta) {
        SessionEvent.TextDelta event;
        Iterator<Watchers.Watcher> now;
        synchronized (this) {
            turn.speech().add(delta, last);
            event = new SessionEvent.TextDelta(last, turn.id(), delta);
            Watchers told = watchers;
            now = told == null ? Collections.emptyIterator() : told.now();
        }
        now.forEachRemaining(watcher -> watcher.offer(event));
    }

    /** Tells those who watch that the log went on. */
    public void signal() {
        Watchers told = watchers;
        if (told != null) {
            told.signal();
        }
    }

    /** Tells those who watch that the log went on, and with what. */
    public void signal(AdmittedInput input) {
        Watchers told = watchers;
        if (told != null) {
            told.signal(new SessionEvent.InputAdmitted(input));
        }
    }

    /** Shows a live event to those who watch. */
    public void show(SessionEvent.Live event) {
        Watchers told = watchers;
        if (told != null) {
            told.show(event);
        }
    }

    /** A response for a handle is stored. */
    public void replied(PeerReply reply) {
        signal();
        if (reply.status().terminal()) {
            kernel.replies.complete(reply.requestId(), reply);
        }
    }

    /** The runtime is closed. */
    void close() {
        Watchers told = watchers;
        if (told != null) {
            told.close();
        }
    }
}
