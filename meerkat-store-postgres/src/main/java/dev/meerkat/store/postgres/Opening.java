package dev.meerkat.store.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node: this opening of the store, until it is closed or declared dead. All times are those of the database.
 *
 * @param id never used again
 * @param epoch grows with every opening
 * @param durable whether a commit survives a crash of the server
 */
record Opening(UUID id, long epoch, boolean durable) {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);
    private static final String JOIN = "INSERT INTO $.node (id, name, epoch, serving)"
            + " VALUES (gen_random_uuid(), ?, nextval('$.epochs'), ?) RETURNING id, epoch";
    private static final String LEASE = "INSERT INTO $.lease (node, expires_at) VALUES (?, " + end() + ")";
    private static final String RENEW = "UPDATE $.lease SET expires_at = " + end() + " WHERE node = ? AND NOT dead";
    private static final String LEAVE_LEASE = "UPDATE $.lease SET dead = true WHERE node = ?";
    private static final String LEAVE = "UPDATE $.node SET dead = true WHERE id = ?";
    private static final String FORGET = "DELETE FROM $.node n USING $.lease l WHERE l.node = n.id AND n.dead"
            + " AND l.expires_at < clock_timestamp() - interval '7 days'";
    private static final String FORGET_LEASES =
            "DELETE FROM $.lease l WHERE l.dead" + " AND NOT EXISTS (SELECT 1 FROM $.node n WHERE n.id = l.node)";

    private static String end() {
        return "clock_timestamp() + ? * interval '1 millisecond'";
    }

    /** Joins the nodes of a schema; {@code serving} if it takes sessions. */
    static Opening join(Database database, PostgresOptions options, boolean serving) {
        try {
            return database.transaction(db -> {
                int unused = db.update(FORGET) + db.update(FORGET_LEASES);
                boolean durable = !db.first("SHOW synchronous_commit", row -> row.getString(1))
                        .orElseThrow()
                        .equals("off");
                Opening node = db.first(
                                JOIN,
                                row -> new Opening(DbConnection.uuid(row, 1), row.getLong(2), durable),
                                options.nodeName(),
                                serving)
                        .orElseThrow();
                unused = db.update(LEASE, node.id(), options.lease().toMillis());
                return node;
            });
        } catch (SQLException e) {
            throw database.failure("cannot be opened", e);
        }
    }

    /** Makes the lease last from now on; false if this opening was declared dead. */
    boolean renew(DbConnection db, Duration lease) throws SQLException {
        boolean renewed = db.update(RENEW, lease.toMillis(), id) > 0;
        db.connection().commit();
        return renewed;
    }

    /** Gives all that it owns to others. */
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
}
