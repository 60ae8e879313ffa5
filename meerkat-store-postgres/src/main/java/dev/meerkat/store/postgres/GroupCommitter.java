package dev.meerkat.store.postgres;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.core.Health;
import dev.meerkat.core.store.CommitObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes, on one connection. All writes that arrive while a transaction is on its way make the next
 * one, up to a bound, without waiting for more.
 *
 * <p>A group that an error of one write spoils is done again, each write alone. While the server cannot be reached, a
 * group is tried for a while, then refused: nothing of it was stored. When the answer to a COMMIT is lost, the node's row
 * tells what became of it; until it does, no other write is begun.
 */
final class GroupCommitter {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommitter.class);
    private static final String OUTCOME = "SELECT batch FROM $.node WHERE id = ? FOR UPDATE";
    private static final long CLOSE_SECONDS = 60;
    private static final long IDLE_SECONDS = 10;
    private static final long PROBE_SECONDS = 1;
    /** After that, no further attempt at a group is begun. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(4);
    /**
     * A connection that was silent for longer may be dead. A look-up finds that out before COMMIT is sent, so that the
     * outcome is not in doubt.
     */
    private static final long TRUSTED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How one attempt at a group ended. */
    private enum End {
        /** Stored, or that is unknown: all were told. */
        DONE,
        /** Nothing was stored, and another attempt may go well. */
        AGAIN,
        /** Nothing was stored, as the node was declared dead; it has joined again. */
        REJOINED,
        /** Nothing was stored, because of one of the writes. */
        SPOILT
    }

    private final Database database;
    private final Membership membership;
    private final Changes changes;
    private final PostgresSettings settings;
    private final BlockingQueue<GroupWrite<?>> queue;
    private final AtomicLong waitingBytes = new AtomicLong();
    private final Thread thread;
    private final Recent recent = new Recent();
    /** When a transaction was last known to be stored, by the clock of the settings. */
    private long answered;

    private @Nullable DbConnection db;
    private long batch;
    /** The last batch that is known to be stored, and the node that has written it. */
    private Proven proven;

    /** A batch whose outcome is not known yet; 0 if there is none. */
    private long doubtful;
    /** The node that has written it. */
    private @Nullable Opening doubtfulOf;

    /** How often it was seen that what was stored is not there any more. */
    private final AtomicInteger losses = new AtomicInteger();

    /** Whether nothing was seen yet that forbids to prepare statements. */
    private boolean prepares = true;

    /** Whether another node may have written the same key as the last attempt. */
    private boolean raced;

    /** Whether the last attempt failed because the server cannot be reached. */
    private boolean unreachable;

    private volatile boolean closed;
    private volatile CommitObserver observer = CommitObserver.NONE;
    /** What went wrong last, until something goes well; null if nothing did. */
    private volatile @Nullable StoreException fault;
    /** Why no write will ever be taken again; null if they are. */
    private volatile @Nullable StoreException end;

    /** Is told what a transaction has changed: which sessions, and whether schedules of them. */
    @FunctionalInterface
    interface Changes {
        void changed(Set<SessionId> sessions, boolean schedules);
    }

    /** A batch that is known to be stored, and the node that has written it. */
    private record Proven(Opening node, long batch) {}

    GroupCommitter(Database database, Membership membership, PostgresSettings settings, Changes changes) {
        this.database = database;
        this.membership = membership;
        this.changes = changes;
        this.settings = settings;
        this.queue = new ArrayBlockingQueue<>(settings.waitingWrites());
        this.proven = new Proven(membership.now(), 0);
        this.thread = new Thread(this::run, "meerkat-store-committer");
        thread.setDaemon(true);
    }

    void observe(CommitObserver next) {
        observer = next;
    }

    /** Takes its connection, which it keeps, and begins. */
    void start() throws SQLException {
        db = connect();
        thread.start();
    }

    <R> CompletionStage<R> submit(GroupWrite<R> write) {
        StoreException refusal = end;
        if (closed) {
            refusal = database.failure("is closed", null);
        } else if (refusal == null) {
            refusal = offer(write);
        }
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        if (closed && queue.remove(write)) {
            // The thread may have ended in between; had it taken the write, it would not be there.
            return CompletableFuture.failedFuture(database.failure("is closed", null));
        }
        return write.stage();
    }

    private @Nullable StoreException offer(GroupWrite<?> write) {
        long bytes = write.bytes();
        if (waitingBytes.addAndGet(bytes) <= settings.waitingBytes() + bytes && queue.offer(write)) {
            return null;
        }
        waitingBytes.addAndGet(-bytes);
        return database.failure("takes no more writes for now: " + queue.size() + " are waiting", null);
    }

    /**
     * What is wrong with the writes.
     *
     * @param beside what else is wrong with the store; null if nothing is
     */
    Health health(@Nullable StoreException beside) {
        StoreException written = end != null ? end : fault;
        StoreException reason = written != null ? written : beside;
        return reason == null
                ? Health.OK
                : new Health(List.of(Health.Problem.ofAll(reason.code(), String.valueOf(reason.getMessage()))));
    }

    private void run() {
        ArrayDeque<GroupWrite<?>> taken = new ArrayDeque<>();
        List<GroupWrite<?>> group = new ArrayList<>();
        try {
            while (take(taken)) {
                fill(group, taken);
                StoreException outage = commit(group);
                group.clear();
                if (outage != null) {
                    refuseWaiting(taken, outage);
                }
            }
        } catch (Throwable e) {
            // Such as a lack of memory: whoever waits must hear of it, and nothing may go on as if nothing were.
            StoreException reason =
                    database.failure("has failed, and takes no more writes until it is opened again", e);
            LOG.error("{}", reason.getMessage(), e);
            end = reason;
            group.forEach(write -> write.fail(unknown(e)));
            taken.addAll(queue);
            taken.forEach(write -> write.fail(reason));
            throw e;
        } finally {
            Database.giveBack(db);
        }
    }

    /** Waits for writes; false if there will be no more. */
    private boolean take(ArrayDeque<GroupWrite<?>> taken) {
        while (taken.isEmpty()) {
            queue.drainTo(taken, settings.groupWrites());
            if (taken.isEmpty()) {
                if (closed) {
                    return false;
                }
                try {
                    boolean faulty = fault != null && end == null;
                    GroupWrite<?> first = queue.poll(faulty ? PROBE_SECONDS : IDLE_SECONDS, TimeUnit.SECONDS);
                    if (first != null) {
                        taken.add(first);
                    } else if (faulty) {
                        End unused = attempt(List.of());
                    }
                } catch (InterruptedException e) {
                    // Nobody but close() may end this thread, and it does not do so by interrupting.
                    LOG.debug("interrupted while waiting for writes to {}", database.place());
                }
            }
        }
        if (taken.size() < settings.groupWrites()) {
            queue.drainTo(taken, settings.groupWrites() - taken.size());
        }
        return true;
    }

    private void fill(List<GroupWrite<?>> group, ArrayDeque<GroupWrite<?>> taken) {
        long bytes = 0;
        while (!taken.isEmpty() && bytes < settings.groupBytes()) {
            GroupWrite<?> write = taken.remove();
            bytes += write.bytes();
            group.add(write);
        }
        waitingBytes.addAndGet(-bytes);
    }

    /** What has waited as long as that group is not kept waiting for another one that fails. */
    private void refuseWaiting(ArrayDeque<GroupWrite<?>> taken, StoreException outage) {
        queue.drainTo(taken);
        List<GroupWrite<?>> refused = new ArrayList<>();
        while (!taken.isEmpty()) {
            fill(refused, taken);
        }
        refused.forEach(write -> write.fail(outage));
    }

    /** Why nothing can be stored at all, if the server could not be reached for the group; else null. */
    private @Nullable StoreException commit(List<GroupWrite<?>> group) {
        long begin = settings.nanos().getAsLong();
        for (int i = 1; i <= settings.attempts() && end == null; i++) {
            CommitObserver.Group observed = observer.begin(group.size());
            End how = attempt(group);
            observed.end(how == End.DONE);
            if (how == End.DONE) {
                return null;
            }
            if (how == End.SPOILT) {
                if (group.size() == 1 && i == 1 && raced) {
                    // Another node has written the same name meanwhile: now this finds it.
                    continue;
                }
                if (group.size() == 1) {
                    group.get(0).fail(Objects.requireNonNull(fault));
                    wentWell();
                } else {
                    group.forEach(write -> commit(List.of(write)));
                }
                return null;
            }
            if (unreachable && settings.nanos().getAsLong() - begin >= PATIENCE_NANOS) {
                // An attempt may last as long as the pool waits for a connection.
                break;
            }
            if (i < settings.attempts() && how != End.REJOINED) {
                pause();
            }
        }
        StoreException reason = refusal();
        group.forEach(write -> write.fail(reason));
        return unreachable ? reason : null;
    }

    private StoreException refusal() {
        StoreException reason = end != null ? end : fault;
        return reason != null
                ? reason
                : database.failure("does not count this process among its nodes now; nothing of this was stored", null);
    }

    private End attempt(List<GroupWrite<?>> group) {
        boolean committing = false;
        Known guess = null;
        long number = batch + 1;
        Opening node = membership.now();
        try {
            if (doubtful != 0 && outcome(Objects.requireNonNull(doubtfulOf)).isEmpty()) {
                throw new SQLException("the outcome of an earlier COMMIT is not known yet", "08007");
            }
            doubtful = 0;
            if (!node.equals(proven.node())) {
                checkLoss(node);
            }
            DbConnection held = db == null ? connect() : db;
            db = held;
            guess = guess(node, group);
            Known known = guess == null ? write(held, node, number, group) : guess;
            if (known == null) {
                held.connection().rollback();
                recent.clear();
                checkLoss(membership.rejoin(node));
                return End.REJOINED;
            }
            Statements last = guess == null ? known.last() : known.whole(number, proven.batch());
            committing = true;
            settings.commit().commit(held.connection(), () -> last.run(held));
            recent.left(known);
            changes.changed(known.changed(), known.schedules.any());
            committed(node, number, group);
            return End.DONE;
        } catch (SQLException | RuntimeException e) {
            if (guess != null && e instanceof SQLException sql && SqlFaults.permanent(sql) && undone()) {
                recent.mistaken(guess);
                return attempt(group);
            }
            boolean once = !(e instanceof SQLException sql) || SqlFaults.permanent(sql);
            // What the server refuses is not committed, although the COMMIT was sent with it.
            boolean doubt = committing && !(e instanceof SQLException sql && !SqlFaults.unavailable(sql));
            raced = e instanceof SQLException sql && SqlFaults.taken(sql);
            unreachable = e instanceof SQLException sql && SqlFaults.unavailable(sql);
            prepares &= !(e instanceof SQLException sql && SqlFaults.unprepared(sql));
            wentWrong(e, doubt || !once);
            if (doubt) {
                return afterLostCommit(node, number, group, e);
            }
            return once && !group.isEmpty() ? End.SPOILT : End.AGAIN;
        }
    }

    private DbConnection connect() throws SQLException {
        return prepares ? database.holdPrepared() : database.hold();
    }

    /** What the writes change, if that can be said without a look-up; else null. */
    private @Nullable Known guess(Opening node, List<GroupWrite<?>> group) {
        if (group.isEmpty()
                || settings.nanos().getAsLong() - answered > TRUSTED_NANOS
                || group.stream().anyMatch(GroupWrite::refused)) {
            return null;
        }
        try {
            return recent.guess(node.id(), group);
        } catch (RuntimeException e) {
            LOG.debug("a write fails, and is looked up", e);
            return null;
        }
    }

    /** Ends a transaction that the server has refused; false if the connection does not serve any more. */
    private boolean undone() {
        try {
            Objects.requireNonNull(db).connection().rollback();
            return true;
        } catch (SQLException e) {
            LOG.debug("a transaction cannot be rolled back", e);
            return false;
        }
    }

    /** Null if the node was declared dead, or what it had written is not there any more. */
    private @Nullable Known write(DbConnection held, Opening node, long number, List<GroupWrite<?>> group)
            throws SQLException {
        List<GroupWrite<?>> rest =
                group.stream().filter(write -> !write.refused()).toList();
        Wanted wanted = new Wanted();
        rest.forEach(write -> write.wants(wanted));
        Known known = wanted.lookUp(held, node.id(), number, proven.batch());
        if (known == null) {
            return null;
        }
        recent.found(known, wanted);
        for (GroupWrite<?> write : rest) {
            try {
                write.run(known);
            } catch (RuntimeException e) {
                // What it has changed so far is forgotten, and the others are done again.
                write.refuse(database.failure("refuses this write", e));
                held.connection().rollback();
                return write(held, node, number, group);
            }
        }
        return known;
    }

    /**
     * This process writes as another node from now on: as the one before was declared dead, or as the database is not what
     * it was.
     */
    private void checkLoss(Opening now) throws SQLException {
        Proven before = proven;
        OptionalLong found = outcome(before.node());
        if (found.isEmpty()) {
            throw new SQLException("it is not known yet what is stored", "08007");
        }
        if (found.getAsLong() < before.batch()) {
            int unused = losses.incrementAndGet();
            LOG.error(
                    "{}",
                    database.text("lacks writes that were acknowledged: of " + before.batch() + " transactions of "
                            + before.node().id() + " it has " + Math.max(0, found.getAsLong())
                            + ". A standby without them was promoted, or a backup was restored. Sessions go on from"
                            + " what is stored"));
        }
        proven = new Proven(now, 0);
    }

    /** How often it was seen that what was stored is not there any more. */
    int losses() {
        return losses.get();
    }

    private void committed(Opening node, long number, List<GroupWrite<?>> group) {
        answered = settings.nanos().getAsLong();
        batch = number;
        proven = new Proven(node, number);
        wentWell();
        group.forEach(GroupWrite::complete);
    }

    /** The server's answer to a COMMIT was no yes: what the node's row says is what happened. */
    private End afterLostCommit(Opening node, long number, List<GroupWrite<?>> group, Exception cause) {
        doubtful = number;
        doubtfulOf = node;
        long begin = settings.nanos().getAsLong();
        while (settings.nanos().getAsLong() - begin < settings.search().toNanos()) {
            OptionalLong found = outcome(node);
            if (found.isPresent()) {
                doubtful = 0;
                if (found.getAsLong() == number) {
                    // Others find what this has changed when they look.
                    committed(node, number, group);
                    return End.DONE;
                }
                return End.AGAIN;
            }
            pause();
        }
        batch = number;
        group.forEach(write -> write.fail(unknown(cause)));
        return End.DONE;
    }

    /** The last batch that is stored, once no transaction of this node is on its way any more; empty if that is not known. */
    private OptionalLong outcome(Opening node) {
        try {
            return OptionalLong.of(database.transaction(fresh -> {
                int unused = fresh.update("SET LOCAL lock_timeout = 2000");
                return fresh.first(OUTCOME, row -> row.getLong(1), node.id()).orElse(-1L);
            }));
        } catch (SQLException e) {
            LOG.debug("the outcome of a commit cannot be read yet", e);
            return OptionalLong.empty();
        }
    }

    private void wentWell() {
        if (fault != null && end == null) {
            fault = null;
            LOG.info("{}", database.text("takes writes again"));
        }
    }

    private void wentWrong(Exception e, boolean told) {
        Database.giveBack(db);
        db = null;
        recent.clear();
        if (fault == null && told) {
            LOG.warn("{}", database.text("cannot be written to; it is tried again"), e);
        }
        fault = database.failure(
                "cannot be written to for now; nothing of this was stored, and it may be sent again", e);
    }

    private void pause() {
        try {
            boolean unused = new CountDownLatch(1).await(settings.pause().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            LOG.debug("interrupted while waiting for {}", database.place());
        }
    }

    /** Not a {@link StoreException}: what was being committed may be stored all the same. */
    private RuntimeException unknown(Throwable cause) {
        return new UncheckedIOException(new IOException(
                database.text("failed to commit, so it is unknown whether this is stored: " + SqlFaults.reason(cause)),
                cause));
    }

    /** Finishes what was submitted; false if that lasts too long. */
    boolean finish() {
        closed = true;
        GroupWrite<?> wake = new Wake();
        if (end == null) {
            boolean unused = queue.offer(wake);
        }
        boolean interrupted = false;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /** Wakes the thread, so that it sees that it is to end. */
    private static final class Wake extends GroupWrite<Boolean> {
        @Override
        long payloadBytes() {
            return 0;
        }

        @Override
        void wants(Wanted wanted) {
            // Nothing.
        }

        @Override
        Boolean apply(Known known) {
            return true;
        }
    }
}
