package dev.meerkat.store.jdbc;

import dev.meerkat.api.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. All writes that arrive while a group is being brought to disk make the
 * next group: one transaction and one disk sync for as many as there are, without waiting for more.
 *
 * <p>A write that is refused has changed nothing, and the others of its group go on. After the first
 * fault of the file, nothing more is written: what is on disk then is known only after it was opened
 * again.
 */
final class Committer {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
    private static final int GROUP_WRITES = 1_024;
    private static final long GROUP_BYTES = 4L << 20;
    private static final long CLOSE_SECONDS = 60;
    private static final long IDLE_SECONDS = 10;

    /** Wakes the thread, so that it sees that it is to end. */
    private static final class Wake extends Write<Boolean> {
        @Override
        long payloadBytes() {
            return 0;
        }

        @Override
        Boolean apply(Tables tables) {
            return true;
        }
    }

    private final Db db;
    private final StoreFile file;
    private final Settings settings;
    private final Tables tables;
    private final BlockingQueue<Write<?>> queue;
    private final AtomicLong waitingBytes = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable StoreException failure;

    Committer(Db db, StoreFile file, Settings settings) {
        this.db = db;
        this.file = file;
        this.settings = settings;
        this.tables = new Tables(db);
        this.queue = new ArrayBlockingQueue<>(settings.waitingWrites());
        this.thread = new Thread(this::run, "meerkat-store-committer");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    <R> CompletionStage<R> submit(Write<R> write) {
        StoreException refusal = failure;
        if (closed) {
            refusal = file.failure("is closed", null);
        } else if (refusal == null) {
            refusal = offer(write);
        }
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        if (closed && queue.remove(write)) {
            // The thread may have ended in between; had it taken the write, it would not be there.
            return CompletableFuture.failedFuture(file.failure("is closed", null));
        }
        return write.stage();
    }

    private @Nullable StoreException offer(Write<?> write) {
        long bytes = write.bytes();
        if (waitingBytes.addAndGet(bytes) <= settings.waitingBytes() + bytes && queue.offer(write)) {
            return null;
        }
        waitingBytes.addAndGet(-bytes);
        return file.failure("takes no more writes for now: " + queue.size() + " are waiting for the disk", null);
    }

    private void run() {
        ArrayDeque<Write<?>> taken = new ArrayDeque<>();
        List<Write<?>> group = new ArrayList<>();
        try {
            while (take(taken)) {
                fill(group, taken);
                StoreException reason = failure;
                if (reason == null) {
                    commit(group);
                } else {
                    group.forEach(write -> write.fail(reason));
                }
                group.clear();
            }
        } catch (Throwable e) {
            // Such as a lack of memory: whoever waits must hear of it, and nothing may go on as if nothing were.
            StoreException reason = fail("has failed, and takes no more writes until it is opened again", e);
            group.forEach(write -> write.fail(unknown(e)));
            taken.addAll(queue);
            taken.forEach(write -> write.fail(reason));
            throw e;
        }
    }

    /** Waits for writes; false if there will be no more. */
    private boolean take(ArrayDeque<Write<?>> taken) {
        while (taken.isEmpty()) {
            queue.drainTo(taken, GROUP_WRITES);
            if (taken.isEmpty()) {
                if (closed) {
                    return false;
                }
                try {
                    Write<?> first = queue.poll(IDLE_SECONDS, TimeUnit.SECONDS);
                    if (first != null) {
                        taken.add(first);
                    }
                } catch (InterruptedException e) {
                    // Nobody but close() may end this thread, and it does not do so by interrupting.
                    LOG.debug("interrupted while waiting for writes to {}", file.path());
                }
            }
        }
        if (taken.size() < GROUP_WRITES) {
            queue.drainTo(taken, GROUP_WRITES - taken.size());
        }
        return true;
    }

    private void fill(List<Write<?>> group, ArrayDeque<Write<?>> taken) {
        long bytes = 0;
        while (!taken.isEmpty() && bytes < GROUP_BYTES) {
            Write<?> write = taken.remove();
            bytes += write.bytes();
            group.add(write);
        }
        waitingBytes.addAndGet(-bytes);
    }

    private void commit(List<Write<?>> group) {
        try {
            for (Write<?> write : group) {
                run(write);
            }
        } catch (SQLException | RuntimeException e) {
            StoreException reason = fail("cannot be written to, and takes no more writes until it is opened again", e);
            group.forEach(write -> write.fail(reason));
            return;
        }
        try {
            settings.commit().commit(db);
        } catch (SQLException | RuntimeException e) {
            fail("failed to commit, and takes no more writes until it is opened again", e);
            group.forEach(write -> write.fail(unknown(e)));
            return;
        }
        group.forEach(Write::complete);
    }

    /** Not a {@link StoreException}: what was being committed may be on disk all the same. */
    private RuntimeException unknown(Throwable cause) {
        return new UncheckedIOException(new IOException(
                file.text("failed to commit, so it is unknown whether this is stored: " + cause.getMessage()), cause));
    }

    private void run(Write<?> write) throws SQLException {
        long before = db.updates();
        try {
            write.run(tables);
        } catch (RuntimeException e) {
            if (db.updates() != before) {
                throw e;
            }
            write.refuse(file.failure("refuses this write", e));
        }
    }

    private StoreException fail(String problem, Throwable cause) {
        LOG.error("{}", file.text(problem), cause);
        StoreException reason = file.failure(problem, cause);
        failure = reason;
        tables.sessions.forget();
        try {
            db.rollback();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
        return reason;
    }

    /** Takes no more writes, and waits for those that it has; false if they are not done in time. */
    boolean finish() {
        closed = true;
        queue.offer(new Wake());
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
}
