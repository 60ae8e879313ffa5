package dev.meerkat.store.sqlite;

import dev.meerkat.api.StoreLostException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes groups of writes durable: each is decided from memory, or from the database where memory does not suffice, then
 * appended to the journal and synced. The database follows behind. Confined to the committer.
 *
 * <p>The journal is written to only while a transaction of the database is open, so that the lock of the database keeps
 * two processes apart.
 */
final class Writer {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

    private final StoreFile file;
    private final Settings settings;
    private final Journal journal;
    private final Follower follower;
    private final RecentInputs recent = new RecentInputs();
    private final SeenIds seen;
    private final Tables tables;

    private Writer(StoreFile file, Settings settings, Journal journal, Follower follower, boolean empty) {
        this.file = file;
        this.settings = settings;
        this.journal = journal;
        this.follower = follower;
        this.seen = new SeenIds(empty, found -> SeenIdReads.all(file, found));
        this.tables = new Tables(new Draft(follower), recent, seen);
    }

    static Writer open(StoreFile file, Settings settings) throws SQLException, IOException {
        Journal journal = new Journal(file, settings);
        Follower follower = null;
        try {
            follower = Follower.open(file, settings, journal);
            return new Writer(file, settings, journal, follower, SeenIdReads.isEmpty(file));
        } catch (SQLException | IOException | RuntimeException e) {
            if (follower != null) {
                follower.abandon();
            }
            try {
                journal.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    Follower follower() {
        return follower;
    }

    /** The newest inputs, for those who read. */
    RecentInputs recent() {
        return recent;
    }

    /**
     * Begins a group.
     *
     * @return what it works on
     * @throws StoreLostException if the store is not this opening's any more
     */
    Tables begin() throws SQLException {
        // What is written after the files are lost is surely not done; the look behind the sync leaves that open.
        journal.checkThere();
        if (!journal.writable()) {
            fold();
        }
        follower.checkBegun();
        return tables;
    }

    /**
     * Makes the changes of a group durable, and shows them to those who read.
     *
     * @param newest shows the newest inputs to those who read them from memory
     * @throws Segment.NoRoomException if surely nothing is
     * @throws IOException if that is unknown
     * @throws StoreLostException as that
     */
    void append(Runnable newest) throws IOException {
        List<Change> changes = tables.draft.changes();
        if (!changes.isEmpty()) {
            long before = journal.length();
            journal.append(changes);
            follower.files().checkDatabase();
            journal.checkThere();
            long bytes = journal.length() - before;
            recent.show(() -> {
                tables.draft.complete(journal.last(), bytes);
                newest.run();
            });
        }
    }

    /** Lets others at the database. */
    void end() {
        tables.draft.end();
    }

    /** What follows a group: a new segment in time, and help for a database that is far behind. */
    void tidy() throws SQLException {
        if (journal.writable() && journal.length() >= settings.rhythm().segmentBytes()) {
            try {
                List<Change> changes = journal.roll(settings.migrations().size());
                follower.complete(new Follower.Behind(journal.last(), 0, changes));
            } catch (IOException e) {
                // It is tried again; if the old one cannot be written to any more, the next group finds out.
                LOG.warn("{}", file.text("cannot go on in a new log for now: " + e.getMessage()));
            }
        }
        if (follower.isFarBehind()) {
            follower.help();
        }
    }

    /** Whether there is anything in the journal that the database could take over while nothing is written. */
    boolean isFoldable() {
        return journal.length() > JournalRecord.SEGMENT_HEADER && !follower.isAhead();
    }

    /** Brings everything into the database for good, so that the journal begins anew. */
    void fold() throws SQLException {
        follower.lock().lock();
        try {
            if (!journal.writable()) {
                // A record may be there that nobody was told of.
                recent.forget();
                follower.abandon();
                tables.sessions.forget();
                Db unused = follower.caughtUp();
                journal.goOnBehind(follower.made());
            }
            journal.begin(settings.migrations().size());
            follower.fold(journal.segment());
        } catch (IOException e) {
            notFolded(e);
            throw new SQLException("the log cannot be begun anew: " + e.getMessage(), e);
        } catch (SQLException | RuntimeException e) {
            notFolded(e);
            throw e;
        } finally {
            follower.lock().unlock();
        }
    }

    /** Brings everything into the database, and leaves nothing of what was deleted in the logs; false if a reader is in the way. */
    boolean scrub() throws SQLException {
        follower.lock().lock();
        try {
            // A file that is used again has its old bytes.
            journal.dropSpare();
            fold();
            boolean empty = follower.emptyLogs();
            journal.dropSpare();
            return empty;
        } catch (IOException e) {
            throw new SQLException("old logs cannot be deleted: " + e.getMessage(), e);
        } finally {
            follower.lock().unlock();
        }
    }

    /** Nothing may be written to a segment that neither the database names, nor the segment before. */
    private void notFolded(Exception reason) {
        try {
            journal.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
        follower.failed(reason);
    }

    /** Writes a page and a record and commits, as any write would, but leaves everything as it was. */
    void probe() throws SQLException, IOException {
        Tables unused = begin();
        follower.lock().lock();
        try {
            follower.probe();
            journal.append(List.of());
            follower.completeMade(journal.last(), 0);
            follower.commit();
        } finally {
            follower.lock().unlock();
        }
    }

    /** Takes back what was decided and is not durable; the journal has what was completed. */
    void takeBack() {
        tables.draft.takeBack();
        tables.sessions.forget();
    }

    /** The same, after a fault: the connection to the database is not trusted any more. */
    void abandon() {
        takeBack();
        follower.lock().lock();
        try {
            follower.abandon();
        } finally {
            follower.lock().unlock();
        }
    }

    /** Brings everything into the database, and leaves that alone behind. What fails leaves the journal. */
    void close() throws SQLException, IOException {
        seen.close();
        follower.lock().lock();
        try (journal) {
            follower.files().check();
            follower.fold(0);
            journal.close();
            journal.dropAll();
        } finally {
            follower.abandon();
            follower.lock().unlock();
        }
    }
}
