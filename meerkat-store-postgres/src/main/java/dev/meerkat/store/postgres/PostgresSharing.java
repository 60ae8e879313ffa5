package dev.meerkat.store.postgres;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.Sharing;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes of a schema, as this one works with them. One thread takes and gives up shards, another one hears what others
 * tell. Thread-safe.
 */
final class PostgresSharing implements Sharing {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresSharing.class);
    private static final long TICK_MILLIS = 800;
    /** Nodes look at different times. */
    private static final int SPREAD_MILLIS = 400;

    private static final long BUSY_LOOK_MILLIS = 5;
    /** How long new turns of a shard wait for the one that runs, so that the shard can be given up. */
    private static final long SURPLUS_MILLIS = 200;

    private static final long RELEASE_SECONDS = 30;
    private static final long CLOSE_SECONDS = 60;

    private final Database database;
    private final Membership membership;
    private final GroupCommitter committer;
    private final Hints hints;
    private final CallRows calls;
    private final News news;
    private final PostgresSettings settings;
    private final Thread thread;
    /** Of taking and giving up shards. */
    private final Outage outage;
    /** Of looking at what others do. */
    private final Outage deafness;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition nudge = lock.newCondition();
    private volatile @Nullable Node node;
    private boolean started;
    private boolean nudged;
    private volatile boolean draining;
    private volatile boolean closed;

    PostgresSharing(
            Database database,
            Membership membership,
            GroupCommitter committer,
            Hints hints,
            PostgresSettings settings) {
        this.database = database;
        this.membership = membership;
        this.committer = committer;
        this.hints = hints;
        this.settings = settings;
        this.outage = new Outage(
                database,
                "cannot take or give up sessions now, which is tried again",
                "takes and gives up sessions again");
        this.deafness = new Outage(database, "cannot be looked at now, which is tried again", "is looked at again");
        this.calls = new CallRows(database, membership, hints, settings);
        this.news = new News(database, this, settings);
        this.thread = new Thread(this::run, "meerkat-store-shards");
        thread.setDaemon(true);
    }

    // --- for the runtime -------------------------------------------------------------------------

    @Override
    public void begin(Node runtime) {
        node = runtime;
        draining = false;
        Shards shards = membership.shards();
        shards.owned().forEach(shards::stay);
        try {
            membership.serve(settings.serves());
            boolean unused = claim();
        } catch (SQLException e) {
            throw database.failure("cannot take sessions", e);
        }
        hints.tell(Hints.Kind.SHARDS);
        lock.lock();
        try {
            if (!started) {
                started = true;
                thread.start();
                news.start();
            }
        } finally {
            lock.unlock();
        }
        nudge();
    }

    @Override
    public void drain() {
        draining = true;
        for (int shard = 0; shard < Shards.COUNT; shard++) {
            membership.shards().leave(shard);
        }
        nudge();
    }

    @Override
    public void end() {
        node = null;
        draining = true;
        try {
            leave(membership.shards().owned());
        } catch (RuntimeException e) {
            LOG.warn("{}", database.text("still has the sessions of a runtime that is closed, until it is closed"), e);
        }
    }

    @Override
    public CompletionStage<String> call(SessionId session, String call, Duration patience) {
        return calls.ask(session, call, patience);
    }

    @Override
    public Map<SessionId, Cursor> ends(Collection<SessionId> sessions) {
        return database.read(db -> SessionQueries.ends(db, sessions));
    }

    // --- for the thread that hears -----------------------------------------------------------------

    boolean isMe(String id) {
        return membership.now().id().toString().equals(id);
    }

    long sweepMillis() {
        UUID id = membership.now().id();
        return TICK_MILLIS + Math.floorMod(id.getLeastSignificantBits(), SPREAD_MILLIS);
    }

    void heard(Set<SessionId> changed, Set<Hints.Kind> kinds) {
        Node told = node;
        if (told == null) {
            return;
        }
        if (kinds.contains(Hints.Kind.SHARDS)) {
            nudge();
        }
        try {
            if (!changed.isEmpty()) {
                told.changed(changed);
            }
            if (kinds.contains(Hints.Kind.SCHEDULES)) {
                told.schedulesChanged();
            }
            if (kinds.contains(Hints.Kind.ASKED)) {
                calls.take(told);
            }
            if (kinds.contains(Hints.Kind.ANSWERED)) {
                calls.look();
            }
        } catch (SQLException | RuntimeException e) {
            LOG.debug("what other nodes told cannot be looked at now", e);
        }
        if (kinds.contains(Hints.Kind.ALL)) {
            sweep();
        }
    }

    /** Looks at all that others may have done. */
    void sweep() {
        Node told = node;
        if (told == null) {
            return;
        }
        try {
            told.sweep();
            calls.take(told);
            calls.look();
            calls.expire();
            deafness.ended();
        } catch (SQLException | RuntimeException | Error e) {
            deafness.begun(e);
        }
    }

    // --- the thread that takes and gives up shards ---------------------------------------------------

    private void nudge() {
        lock.lock();
        try {
            nudged = true;
            nudge.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (!closed) {
            long millis = sweepMillis();
            try {
                millis = Math.min(millis, tick());
                outage.ended();
            } catch (SQLException | RuntimeException | Error e) {
                outage.begun(e);
            }
            await(millis);
        }
    }

    /** How long to wait for the next look. */
    private long tick() throws SQLException {
        Node told = node;
        if (told == null) {
            return Long.MAX_VALUE;
        }
        if (!draining) {
            if (claim()) {
                told.sweep();
            }
            giveUpSurplus(told);
        }
        if (draining) {
            leave(idle(told, membership.shards().owned()));
            return membership.shards().owned().isEmpty() ? Long.MAX_VALUE : BUSY_LOOK_MILLIS;
        }
        // A node whose lease ends is not left waiting for the next look.
        return Math.max(1, membership.millisToNextEnd());
    }

    /** Takes what the dead had, and what else this node is to have; whether something came to it. */
    private boolean claim() throws SQLException {
        Membership.Claimed claimed = membership.claim();
        if (claimed.dead() > 0) {
            hints.tell(Hints.Kind.SHARDS);
        }
        return claimed.shards() > 0;
    }

    private void giveUpSurplus(Node told) {
        List<Integer> surplus = membership.surplus(busy(told));
        if (surplus.isEmpty()) {
            return;
        }
        Shards shards = membership.shards();
        surplus.forEach(shards::leave);
        try {
            giveUp(told, surplus);
        } finally {
            // Turns that run long are not cut for this, and what could not be given up is not left without turns.
            if (!draining && surplus.stream().filter(shards::stay).count() > 0) {
                told.sweep();
            }
        }
    }

    private void giveUp(Node told, List<Integer> surplus) {
        long begin = settings.nanos().getAsLong();
        List<Integer> left = surplus;
        do {
            List<Integer> idle = idle(told, left);
            release(idle);
            left = left.stream().filter(shard -> !idle.contains(shard)).toList();
            if (!left.isEmpty()) {
                pause();
            }
        } while (!left.isEmpty()
                && !draining
                && settings.nanos().getAsLong() - begin < TimeUnit.MILLISECONDS.toNanos(SURPLUS_MILLIS));
    }

    private static Set<Integer> busy(Node told) {
        Set<Integer> busy = new HashSet<>();
        told.busy().forEach(session -> busy.add(Shards.of(session)));
        return busy;
    }

    private static List<Integer> idle(Node told, List<Integer> shards) {
        Set<Integer> busy = busy(told);
        return shards.stream().filter(shard -> !busy.contains(shard)).toList();
    }

    /** Gives up shards and takes no others, so that this node counts no longer in the shares of those that take these. */
    private void leave(List<Integer> released) {
        boolean first = membership.serves();
        if (first || !released.isEmpty()) {
            write(new ReleaseWrite(released, membership.shards(), first));
            membership.stopped();
            hints.tell(Hints.Kind.SHARDS);
        }
    }

    private void release(List<Integer> released) {
        if (!released.isEmpty()) {
            write(new ReleaseWrite(released, membership.shards(), false));
            hints.tell(Hints.Kind.SHARDS);
        }
    }

    private void write(ReleaseWrite release) {
        try {
            boolean unused = committer.submit(release).toCompletableFuture().get(RELEASE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw database.failure("could not give up sessions", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw database.failure("could not give up sessions", e);
        }
    }

    /** Waits until it is nudged. */
    private void await(long millis) {
        lock.lock();
        try {
            wait(millis, () -> nudged);
            nudged = false;
        } finally {
            lock.unlock();
        }
    }

    /** Waits a moment, and leaves a nudge to the next look. */
    private void pause() {
        wait(BUSY_LOOK_MILLIS, () -> draining);
    }

    private void wait(long millis, BooleanSupplier enough) {
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!enough.getAsBoolean() && !closed && nanos > 0) {
                nanos = nudge.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            LOG.debug("interrupted while waiting for the next look at shards", e);
        } finally {
            lock.unlock();
        }
    }

    /** Ends the threads; what is owned is given up by whoever closes the store. */
    void close() {
        closed = true;
        nudge();
        boolean running;
        lock.lock();
        try {
            running = started;
            started = true;
        } finally {
            lock.unlock();
        }
        if (running) {
            Database.join(thread, CLOSE_SECONDS);
            news.close();
        }
        calls.close();
    }
}
