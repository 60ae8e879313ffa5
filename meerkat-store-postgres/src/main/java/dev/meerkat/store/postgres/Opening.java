package dev.meerkat.store.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This opening of the store: the one that has it, as long as it renews its lease. All times are those of the database, or
 * of a clock that nobody sets.
 *
 * @param id never used by another opening
 * @param epoch higher than that of the opening before
 * @param durable whether the server syncs a commit before it answers
 */
record Opening(UUID id, long epoch, boolean durable) {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration LONGER_THAN_LEASE = Duration.ofSeconds(2);
    private static final String DECLARE_DEAD = "WITH ended AS (UPDATE $.lease SET dead = true"
            + " WHERE NOT dead AND expires_at < clock_timestamp() RETURNING node)"
            + " UPDATE $.node SET dead = true WHERE id IN (SELECT node FROM ended)";
    private static final String HOLDER = "SELECT n.id, n.name, l.expires_at::text, l.expires_at > clock_timestamp()"
            + " FROM $.node n JOIN $.lease l ON l.node = n.id WHERE NOT n.dead LIMIT 1";
    private static final String JOIN = "INSERT INTO $.node (id, name, epoch)"
            + " VALUES (gen_random_uuid(), ?, nextval('$.epochs')) RETURNING id, epoch";
    private static final String LEASE = "INSERT INTO $.lease (node, expires_at) VALUES (?, " + end() + ")";
    private static final String RENEW = "UPDATE $.lease SET expires_at = " + end() + " WHERE node = ? AND NOT dead";
    private static final String LEAVE_LEASE = "UPDATE $.lease SET dead = true WHERE node = ?";
    private static final String LEAVE = "UPDATE $.node SET dead = true WHERE id = ?";
    private static final String FORGET = "DELETE FROM $.node n USING $.lease l WHERE l.node = n.id AND n.dead"
            + " AND l.expires_at < clock_timestamp() - interval '7 days'";
    private static final String FORGET_LEASES =
            "DELETE FROM $.lease l WHERE l.dead" + " AND NOT EXISTS (SELECT 1 FROM $.node n WHERE n.id = l.node)";

    /** Another opening that has the store. */
    private record Holder(UUID id, String name, String until, boolean alive) {}

    private static String end() {
        return "clock_timestamp() + ? * interval '1 millisecond'";
    }

    /**
     * Joins, if no other opening has the store. One that shows no sign of life is waited for until its lease ends.
     *
     * @throws dev.meerkat.api.StoreException if another opening has the store
     */
    static Opening join(Database database, PostgresOptions options, LongSupplier nanos) {
        long begin = nanos.getAsLong();
        long patience = options.lease().plus(LONGER_THAN_LEASE).toNanos();
        Holder first = null;
        while (true) {
            Object result = tryJoin(database, options);
            if (result instanceof Opening node) {
                return node;
            }
            Holder holder = (Holder) result;
            boolean renewed = first != null
                    && (!first.id().equals(holder.id()) || !first.until().equals(holder.until()));
            if (renewed || nanos.getAsLong() - begin > patience) {
                throw database.failure(
                        "is open already, by " + holder.name() + " (node " + holder.id() + "), whose lease lasts until "
                                + holder.until() + ". One process may have it: stop the other one",
                        null);
            }
            if (first == null) {
                LOG.info("{}", database.text("was open by " + holder.name() + "; waiting whether that still lives"));
                first = holder;
            }
            pause(database);
        }
    }

    private static void pause(Database database) {
        try {
            boolean unused = new CountDownLatch(1).await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw database.failure("was not opened: interrupted while another process may have it", e);
        }
    }

    private static Object tryJoin(Database database, PostgresOptions options) {
        try {
            return database.<Object>transaction(db -> {
                Migrations.lock(db, database.schema());
                int unused = db.update(DECLARE_DEAD);
                Optional<Holder> holder = db.first(
                        HOLDER,
                        row -> new Holder(
                                DbConnection.uuid(row, 1), row.getString(2), row.getString(3), row.getBoolean(4)));
                return holder.isPresent() ? holder.get() : join(db, options);
            });
        } catch (SQLException e) {
            throw database.failure("cannot be opened", e);
        }
    }

    private static Opening join(DbConnection db, PostgresOptions options) throws SQLException {
        int unused = db.update(FORGET) + db.update(FORGET_LEASES);
        boolean durable = !db.first("SHOW synchronous_commit", row -> row.getString(1))
                .orElseThrow()
                .equals("off");
        Opening node = db.first(
                        JOIN,
                        row -> new Opening(DbConnection.uuid(row, 1), row.getLong(2), durable),
                        options.nodeName())
                .orElseThrow();
        unused = db.update(LEASE, node.id(), options.lease().toMillis());
        return node;
    }

    /** Makes the lease last from now on; false if this opening was declared dead. */
    boolean renew(DbConnection db, Duration lease) throws SQLException {
        boolean renewed = db.update(RENEW, lease.toMillis(), id) > 0;
        db.connection().commit();
        return renewed;
    }

    /** Gives the store to whoever opens it next. */
    void leave(Database database) {
        try {
            boolean unused = database.transaction(db -> {
                int rows = db.update(LEAVE_LEASE, id) + db.update(LEAVE, id);
                return rows > 0;
            });
        } catch (SQLException e) {
            LOG.warn("{}", database.text("was not left well; others wait until its lease ends"), e);
        }
    }

    /** How the holder of the store is known, once that is not this opening. */
    static String holder(Database database) {
        try {
            return database.transaction(
                            db -> db.first(HOLDER, row -> row.getString(2) + " (node " + row.getString(1) + ")"))
                    .orElse("nobody yet");
        } catch (SQLException e) {
            LOG.debug("the holder of the store cannot be read", e);
            return "another process";
        }
    }
}
