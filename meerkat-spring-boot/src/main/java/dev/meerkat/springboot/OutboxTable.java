package dev.meerkat.springboot;

import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/** The rows of the outbox. Thread-safe. */
final class OutboxTable {
    /** How many rows one look takes. */
    static final int MOST = 100;

    private static final String LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('dev.meerkat.outbox', 0))";
    private static final String DUE = "SELECT " + OutboxRow.COLUMNS + " FROM meerkat_outbox o"
            + " WHERE NOT failed AND NOT EXISTS (SELECT 1 FROM meerkat_outbox b WHERE NOT b.failed"
            + " AND b.realm = o.realm AND b.session = o.session AND b.kind = o.kind AND b.id <= o.id"
            + " AND b.due_at > now())"
            + " ORDER BY id LIMIT " + MOST;
    private static final String DELETE = "DELETE FROM meerkat_outbox WHERE id = ?";
    private static final String LATER = "UPDATE meerkat_outbox SET attempts = attempts + 1, problem = ?,"
            + " due_at = clock_timestamp() + ? * interval '1 millisecond' WHERE id = ?";
    private static final String FAIL =
            "UPDATE meerkat_outbox SET attempts = attempts + 1, problem = ?, failed = true WHERE id = ?";

    private final OwnTables tables;

    OutboxTable(DataSource source) {
        this.tables = new OwnTables(source);
        tables.create("meerkat_outbox", "outbox.sql", "meerkat.outbox.enabled");
    }

    /** Takes rows, which no other process does meanwhile. */
    interface Work {
        /** Whether there may be more. */
        boolean run(List<OutboxRow> rows);
    }

    /**
     * Does something with the rows that are due, in one transaction; nothing if another process does.
     *
     * @return what the work returns
     */
    boolean due(Work work) {
        return Boolean.TRUE.equals(tables.transactions().execute(status -> {
            if (!Boolean.TRUE.equals(tables.jdbc().queryForObject(LOCK, Boolean.class))) {
                return false;
            }
            return work.run(tables.jdbc().query(DUE, (row, number) -> OutboxRow.read(row)));
        }));
    }

    void delete(OutboxRow row) {
        int unused = tables.jdbc().update(DELETE, row.id());
    }

    void later(OutboxRow row, Duration wait, String problem) {
        int unused = tables.jdbc().update(LATER, problem, wait.toMillis(), row.id());
    }

    void fail(OutboxRow row, String problem) {
        int unused = tables.jdbc().update(FAIL, problem, row.id());
    }
}
