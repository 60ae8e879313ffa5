package dev.meerkat.springboot;

import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.SelfSendException;
import dev.meerkat.api.Session;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TraceContext;
import dev.meerkat.core.StagedIngress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Moves committed rows of the outbox into their sessions: when a transaction has committed, and now and then. */
final class OutboxRelay implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LAST_WAIT = Duration.ofMinutes(5);
    private static final int DOUBLINGS = 9;
    private static final Duration END = Duration.ofSeconds(30);
    private static final int PROBLEM_CHARS = 500;

    private final OutboxTable table;
    private final Meerkat meerkat;
    private final Executor executor;
    private final Duration sweep;
    private final Semaphore woken = new Semaphore(0);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean running;
    private volatile boolean ended;

    OutboxRelay(OutboxTable table, Meerkat meerkat, Executor executor, Duration sweep) {
        this.table = table;
        this.meerkat = meerkat;
        this.executor = executor;
        this.sweep = sweep;
    }

    /** From any thread, after a commit. */
    void wake() {
        woken.release();
    }

    /** Ends when the web server has stopped, and before Meerkat closes. */
    @Override
    public int getPhase() {
        return ShutdownStep.MEERKAT + 512;
    }

    @Override
    public void start() {
        if (ended) {
            throw new IllegalStateException(
                    "the outbox ended when this application context was stopped, and cannot be started again");
        }
        running = true;
        executor.execute(this::run);
    }

    @Override
    public void stop() {
        running = false;
        ended = true;
        wake();
        try {
            if (!over.await(END.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("the outbox is still sending; what it has not sent leaves with the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }

    private void run() {
        try {
            while (!ended) {
                int unused = woken.drainPermits();
                if (!relayed()) {
                    boolean unusedWake = woken.tryAcquire(sweep.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            over.countDown();
        }
    }

    /** Whether there may be more that is due. */
    private boolean relayed() {
        try {
            return table.due(this::send);
        } catch (MeerkatClosedException e) {
            ended = true;
            return false;
        } catch (RuntimeException e) {
            LOG.warn("the outbox cannot be read or written, and is tried again after {}", sweep, e);
            return false;
        }
    }

    private boolean send(List<OutboxRow> rows) {
        Set<String> heldBack = new HashSet<>();
        for (OutboxRow row : rows) {
            if (ended) {
                return false;
            }
            if (!heldBack.contains(row.lane()) && !isSent(row)) {
                heldBack.add(row.lane());
            }
        }
        return rows.size() == OutboxTable.MOST;
    }

    /** False if it holds back those behind it. */
    private boolean isSent(OutboxRow row) {
        TraceContext.Scope trace = TraceContext.enter(row.context().orElse(null));
        try (trace) {
            Session session = meerkat.open(row.realm(), row.session());
            return row.isEvent() ? isGiven(row, session) : isCommanded(row, session);
        } catch (MeerkatClosedException e) {
            throw e;
        } catch (InvalidFieldException | NotSupportedException | SelfSendException | StoredFormException e) {
            return fail(row, String.valueOf(e.getMessage()));
        } catch (MeerkatException e) {
            return later(row, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ended = true;
            return false;
        }
    }

    private boolean isGiven(OutboxRow row, Session session) throws InterruptedException {
        EventOutcome outcome = session.sendExternalEvent(readable(row, row::event));
        if (outcome instanceof EventOutcome.Refused) {
            return later(row, "the lane of the session is full");
        }
        if (outcome instanceof EventOutcome.Conflict) {
            return fail(row, "the session had another event with this key");
        }
        table.delete(row);
        return true;
    }

    private boolean isCommanded(OutboxRow row, Session session) throws InterruptedException {
        if (!(session instanceof StagedIngress sender)) {
            return fail(row, TransactionOutbox.ONLY_EVENTS);
        }
        Receipt unused = sender.send(readable(row, row::command), readable(row, row::envelope));
        table.delete(row);
        return true;
    }

    /** Others may have written the row, or a later version that this one cannot read. */
    private static <T> T readable(OutboxRow row, Supplier<T> part) {
        try {
            return part.get();
        } catch (StoreException | IllegalArgumentException | ClassCastException e) {
            throw new StoredFormException("row " + row.id() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** A row is not as it is written. */
    private static final class StoredFormException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoredFormException(String message, RuntimeException cause) {
            super(message, cause);
        }
    }

    private boolean later(OutboxRow row, String problem) {
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(row.attempts(), DOUBLINGS));
        Duration bounded = wait.compareTo(LAST_WAIT) < 0 ? wait : LAST_WAIT;
        LOG.debug("{} {} of the outbox waits {}: {}", row.kind(), row.id(), bounded, problem);
        table.later(row, bounded, cut(problem));
        return false;
    }

    private boolean fail(OutboxRow row, String problem) {
        LOG.error(
                "{} {} of the outbox, for session {}, is set aside: {}", row.kind(), row.id(), row.session(), problem);
        table.fail(row, cut(problem));
        return true;
    }

    private static String cut(String problem) {
        String shown = problem.replace('\0', ' ');
        return shown.length() <= PROBLEM_CHARS ? shown : shown.substring(0, PROBLEM_CHARS);
    }
}
