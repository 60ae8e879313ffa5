package dev.meerkat.store.sqlite;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes of a group of writes while it is decided. They are only noted, and made in the database behind the journal.
 * A decision that has to look into the database makes them first, and keeps others from the database until the group
 * ends. Confined to the committer.
 */
final class Draft {
    private static final Logger LOG = LoggerFactory.getLogger(Draft.class);

    private final Follower follower;
    private final List<Change> changes = new ArrayList<>();
    private int made;
    private boolean looked;

    Draft(Follower follower) {
        this.follower = follower;
    }

    /** Notes a change. */
    void update(RowChange what, @Nullable Object... arguments) {
        changes.add(new Change(what, arguments));
    }

    /** A statement that reads what is there with all changes up to now. */
    PreparedStatement prepare(String sql) throws SQLException {
        return db().prepare(sql);
    }

    /** The database with all changes up to now. */
    Db db() throws SQLException {
        if (!looked) {
            follower.lock().lock();
            looked = true;
        }
        Db db = follower.caughtUp();
        for (; made < changes.size(); made++) {
            db.make(changes.get(made));
        }
        return db;
    }

    List<Change> changes() {
        return changes;
    }

    /** The changes are durable, as a record of the journal. */
    void complete(long number, long bytes) {
        if (looked) {
            completeMade(number, bytes);
        } else {
            follower.complete(new Follower.Behind(number, bytes, List.copyOf(changes)));
        }
        changes.clear();
        made = 0;
    }

    private void completeMade(long number, long bytes) {
        try {
            Db unused = db();
            follower.completeMade(number, bytes);
        } catch (SQLException | RuntimeException e) {
            // The journal has it; whoever needs the database next meets the fault again, and tells of it.
            LOG.debug("record {} is not in the database yet", number, e);
            follower.abandon();
            follower.complete(new Follower.Behind(number, bytes, List.of()));
        }
    }

    /** The changes will not be. */
    void takeBack() {
        if (made > 0) {
            follower.abandon();
        }
        changes.clear();
        made = 0;
    }

    /** Lets others at the database again. */
    void end() {
        if (looked) {
            looked = false;
            follower.lock().unlock();
        }
    }
}
