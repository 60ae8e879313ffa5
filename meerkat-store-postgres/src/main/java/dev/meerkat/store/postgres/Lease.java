package dev.meerkat.store.postgres;

import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.Ownership;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the lease of this node, on a thread and a connection of its own, so that no other work can keep it from that.
 * On this side the lease ends earlier than in the database, counted from before its renewal was sent.
 */
final class Lease implements Ownership {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
    private static final int RENEWALS_PER_LEASE = 4;
    private static final long RETRY_MILLIS = 300;
    private static final long CLOSE_SECONDS = 10;
    /** A fifth is kept back for what was begun just before the end. */
    private static final double LOCAL_PART = 0.8;

    private final Database database;
    private final Membership membership;
    private final Shards shards;
    private final Duration length;
    private final LongSupplier nanos;
    private final Outage outage;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private @Nullable DbConnection db;
    private volatile long end;

    Lease(Database database, Membership membership, Duration length, LongSupplier nanos) {
        this.database = database;
        this.membership = membership;
        this.shards = membership.shards();
        this.length = length;
        this.nanos = nanos;
        this.outage =
                new Outage(database, "could not renew its lease, which is tried again", "has its lease renewed again");
        this.end = nanos.getAsLong() + (long) (length.toNanos() * LOCAL_PART);
        this.thread = new Thread(this::run, "meerkat-store-lease");
        thread.setDaemon(true);
    }

    /** Takes its connection, which it keeps, and begins. */
    void start() throws SQLException {
        db = database.hold();
        thread.start();
    }

    @Override
    public boolean owns(SessionId session) {
        return valid() && term(session) != 0;
    }

    @Override
    public boolean takesUp(SessionId session) {
        return owns(session) && !shards.isLeaving(Shards.of(session));
    }

    @Override
    public long term(SessionId session) {
        return shards.epoch(Shards.of(session));
    }

    /** Whether nobody else can have what this node owns. */
    boolean valid() {
        return nanos.getAsLong() - end < 0;
    }

    private void run() {
        long pause = length.toMillis() / RENEWALS_PER_LEASE;
        long next = pause;
        try {
            while (!closing.await(next, TimeUnit.MILLISECONDS)) {
                try {
                    DbConnection held = db == null ? database.hold() : db;
                    db = held;
                    long sent = nanos.getAsLong();
                    Opening node = membership.now();
                    if (!node.renew(held, length)) {
                        Opening unused = membership.rejoin(node);
                    }
                    end = sent + (long) (length.toNanos() * LOCAL_PART);
                    next = pause;
                    outage.ended();
                } catch (SQLException | RuntimeException | Error e) {
                    outage.begun(e);
                    Database.giveBack(db);
                    db = null;
                    next = RETRY_MILLIS;
                }
            }
        } catch (InterruptedException e) {
            // Nobody but close() may end this thread, and it does not do so by interrupting.
            LOG.debug("the lease's thread was interrupted", e);
        } finally {
            Database.giveBack(db);
        }
    }

    /** Ends the renewals. */
    void close() {
        closing.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
