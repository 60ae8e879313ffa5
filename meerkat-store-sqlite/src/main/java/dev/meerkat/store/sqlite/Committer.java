package dev.meerkat.store.sqlite;

import dev.meerkat.api.StoreException;
import dev.meerkat.api.StoreLostException;
import dev.meerkat.core.Health;
import dev.meerkat.core.store.CommitObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. All writes that arrive while a group is being brought to disk make the
 * next group: one transaction and one disk sync for as many as there are, without waiting for more.
 *
 * <p>A write that is refused has changed nothing, and the others of its group go on. A fault of the file before the
 * commit is borne for some attempts, then the group is refused, and the next one tries again. A commit that failed
 * leaves its group open, and the file is opened anew. While there is a fault, every group must be preceded by a probe,
 * which is also made when nobody writes, so that health tells the end of the fault.
 */
final class Committer {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
    private static final int GROUP_WRITES = 1_024;
    private static final long GROUP_BYTES = 4L << 20;
    private static final long CLOSE_SECONDS = 60;
    private static final long IDLE_MILLIS = 10_000;
    private static final long PROBE_MILLIS = 1_000;
    private static final String DAMAGED =
            "is damaged, and takes no more writes: stop, and restore it from a backup, or keep what sqlite3's .recover finds";

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

    /**
     * Why a group was not made durable.
     *
     * @param cause what went wrong
     * @param open whether it may be durable all the same
     * @param again whether another attempt may help
     */
    private record Failure(Throwable cause, boolean open, boolean again) {}

    private final Writer writer;
    private final Follower follower;
    private final RecentInputs recent;
    private final Readers readers;
    private final StoreFile file;
    private final Settings settings;
    private final BlockingQueue<Write<?>> queue;
    private final AtomicLong waitingBytes = new AtomicLong();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;
    private volatile CommitObserver observer = CommitObserver.NONE;
    /** What went wrong in the thread that follows, and is to be told by this one; null if nothing. */
    private final AtomicReference<@Nullable Throwable> behind = new AtomicReference<>();
    /** What went wrong last, until something goes well; null if nothing did. */
    private volatile @Nullable StoreException fault;
    /** Why no write will ever be taken again; null if they are. */
    private volatile @Nullable StoreException end;

    Committer(Opened opened, Settings settings) {
        this.writer = opened.writer();
        this.follower = writer.follower();
        this.recent = writer.recent();
        this.readers = opened.readers();
        this.file = opened.file();
        this.settings = settings;
        this.queue = new ArrayBlockingQueue<>(settings.waitingWrites());
        this.thread = new Thread(this::run, "meerkat-store-committer");
        thread.setDaemon(true);
    }

    void observe(CommitObserver next) {
        observer = next;
    }

    void start() {
        thread.start();
        follower.start(problem -> {
            behind.set(problem);
            boolean unused = queue.offer(new Wake());
        });
    }

    <R> CompletionStage<R> submit(Write<R> write) {
        StoreException refusal = end;
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

    /** What is wrong with the file; looks whether it is still there. */
    Health health() {
        StoreException reason = end != null ? end : fault;
        if (reason == null && !closed) {
            try {
                follower.files().checkDatabase();
            } catch (StoreLostException e) {
                reason = e;
            }
        }
        return reason == null
                ? Health.OK
                : new Health(List.of(Health.Problem.ofAll(reason.code(), String.valueOf(reason.getMessage()))));
    }

    private void run() {
        ArrayDeque<Write<?>> taken = new ArrayDeque<>();
        List<Write<?>> group = new ArrayList<>();
        try {
            while (take(taken)) {
                fill(group, taken);
                commit(group);
                group.clear();
                look(writer::tidy);
            }
        } catch (Throwable e) {
            // Such as a lack of memory: whoever waits must hear of it, and nothing may go on as if nothing were.
            StoreException reason = end("has failed, and takes no more writes until it is opened again", e);
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
                    boolean faulty = fault != null && end == null;
                    boolean foldable = end == null && writer.isFoldable();
                    Write<?> first = queue.poll(millis(faulty, foldable), TimeUnit.MILLISECONDS);
                    if (first != null) {
                        taken.add(first);
                    } else if (faulty) {
                        boolean unused = probed();
                    } else if (foldable) {
                        look(writer::fold);
                    } else if (end == null && follower.isShrinkable()) {
                        look(follower::shrink);
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

    /** How long to wait for a write before something else is done. */
    private long millis(boolean faulty, boolean foldable) {
        if (faulty) {
            return PROBE_MILLIS;
        }
        if (foldable) {
            return settings.rhythm().foldMillis();
        }
        return follower.isShrinkable() ? settings.rhythm().commitMillis() : IDLE_MILLIS;
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
        Throwable problem = behind.getAndSet(null);
        if (problem != null) {
            boolean unused = wentWrong(problem);
        }
        if (fault != null && end == null && !probed()) {
            refuse(group, fault);
            return;
        }
        for (int attempt = 1; end == null; attempt++) {
            CommitObserver.Group observed = observer.begin(group.size());
            Failure failure = attempt(group);
            observed.end(failure == null);
            if (failure == null) {
                wentWell();
                scrub(group);
                group.forEach(Write::complete);
                return;
            }
            if (failure.open()) {
                group.forEach(write -> write.fail(unknown(failure.cause())));
                openAnew();
                return;
            }
            if (!failure.again() || attempt >= settings.patience().attempts()) {
                refuse(group, fault);
                return;
            }
            pause();
        }
        refuse(group, end);
    }

    /** Decides a group and makes it durable; null if that went well. */
    private @Nullable Failure attempt(List<Write<?>> group) {
        boolean appending = false;
        try {
            apply(group);
            appending = true;
            writer.append(() -> group.forEach(write -> write.publish(recent)));
            return null;
        } catch (Throwable e) { // after a lack of memory too, whoever waits must hear, and the next group be tried
            boolean open = appending && !(e instanceof Segment.NoRoomException);
            return new Failure(e, open, wentWrong(e));
        } finally {
            writer.end();
        }
    }

    /** Clears the files for those writes of a group that wait for it. */
    private void scrub(List<Write<?>> group) {
        if (group.stream().noneMatch(Write::scrubs)) {
            return;
        }
        for (int attempt = 1; end == null && attempt <= settings.patience().attempts(); attempt++) {
            if (attempt > 1) {
                pause();
            }
            try {
                if (writer.scrub()) {
                    return;
                }
            } catch (SQLException | RuntimeException e) {
                boolean unused = wentWrong(e);
            }
        }
        RuntimeException reason = unknown(new IOException("its logs could not be cleared of what was deleted"));
        group.stream().filter(Write::scrubs).forEach(write -> write.refuse(reason));
    }

    private static void refuse(List<Write<?>> group, @Nullable StoreException reason) {
        StoreException known = Objects.requireNonNull(reason);
        group.forEach(write -> write.fail(known));
    }

    /** Makes the changes of a group; one that fails in the middle is taken back, and the others begin again. */
    private void apply(List<Write<?>> group) throws SQLException {
        while (!applied(group, writer.begin())) {
            writer.takeBack();
        }
    }

    private boolean applied(List<Write<?>> group, Tables tables) throws SQLException {
        for (Write<?> write : group) {
            int before = tables.draft.changes().size();
            try {
                if (!write.refused()) {
                    write.run(tables);
                }
            } catch (RuntimeException | Error e) {
                write.refuse(file.failure("refuses this write", e));
                if (tables.draft.changes().size() != before) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Writes and commits nothing, to learn whether the fault has passed. */
    private boolean probed() {
        try {
            writer.probe();
            wentWell();
            return true;
        } catch (SQLException | IOException | RuntimeException e) {
            boolean unused = wentWrong(e);
            return false;
        }
    }

    /** What is done beside the writes. */
    @FunctionalInterface
    private interface Chore {
        void run() throws SQLException;
    }

    /** Looks after journal and database; what fails here is in the journal all the same. */
    private void look(Chore what) {
        try {
            what.run();
        } catch (SQLException | RuntimeException e) {
            boolean unused = wentWrong(e);
        }
    }

    /** After a commit whose outcome is open: SQLite finds what is stored when the file is opened. */
    private void openAnew() {
        readers.renew();
        if (end == null) {
            boolean unused = probed();
        }
    }

    private void wentWell() {
        if (fault != null) {
            fault = null;
            LOG.info("{}", file.text("takes writes again"));
        }
    }

    /** Remembers a fault; whether another attempt may help. */
    private boolean wentWrong(Throwable e) {
        // One that only waited in vain for the lock is as good as before.
        if (SqliteFaults.busy(e)) {
            writer.takeBack();
        } else {
            writer.abandon();
        }
        if (e instanceof StoreLostException lost) {
            end(lost);
        } else if (SqliteFaults.damaged(e)) {
            end(DAMAGED, e);
        } else {
            boolean first = fault == null;
            fault = file.failure(
                    "cannot be written to for now; nothing of this was stored, and it may be sent again", e);
            if (first) {
                LOG.error("{}", file.text("cannot be written to; it is tried again"), e);
            }
        }
        return end == null && SqliteFaults.transientFault(e);
    }

    private StoreException end(String problem, Throwable cause) {
        return end(file.failure(problem, cause));
    }

    private StoreException end(StoreException reason) {
        LOG.error("{}", reason.getMessage(), reason);
        fault = reason;
        end = reason;
        if (reason instanceof StoreLostException) {
            readers.end(reason);
        }
        return reason;
    }

    /** Not a {@link StoreException}: what was being committed may be on disk all the same. */
    private RuntimeException unknown(Throwable cause) {
        return new UncheckedIOException(new IOException(
                file.text("failed to commit, so it is unknown whether this is stored: " + cause.getMessage()), cause));
    }

    private void pause() {
        try {
            boolean unused = closing.await(settings.patience().pauseMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // Nobody but close() may end this thread, and it does not do so by interrupting.
            LOG.debug("interrupted while waiting to write to {} again", file.path());
        }
    }

    /** Takes no more writes, and waits for those that it has; false if they are not done in time. */
    boolean finish() {
        closed = true;
        closing.countDown();
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
        return !thread.isAlive() && follower.stop();
    }
}
