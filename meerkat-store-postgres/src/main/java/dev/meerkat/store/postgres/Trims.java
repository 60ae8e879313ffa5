package dev.meerkat.store.postgres;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.InboxRules;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Trim;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Removes what is not needed of sessions, each part in a transaction of its own that keeps steps of the session waiting for
 * as long. Blocks the caller. Thread-safe.
 */
final class Trims {
    private static final int ROWS = 1_000;
    private static final String LOCK =
            "SELECT s.no, s.last_seq, s.entries FROM $.session c JOIN $.state s ON s.no = c.no"
                    + " WHERE c.id = ? FOR NO KEY UPDATE OF s";
    private static final String CUT =
            "SELECT k.events, k.entries FROM $.session c JOIN $.cut k ON k.session_no = c.no WHERE c.id = ?";
    private static final String SET = "INSERT INTO $.cut (session_no, events, entries) VALUES (?, ?, ?)"
            + " ON CONFLICT (session_no) DO UPDATE SET events = excluded.events, entries = excluded.entries";
    private static final String EVENTS = "DELETE FROM $.event WHERE session_no = ? AND seq <= ?";
    private static final String ENTRIES = "DELETE FROM $.transcript WHERE session_no = ? AND i < ?";
    private static final String OLD =
            "SELECT i.seq, i.track, i.body FROM $.input i JOIN $.state s ON s.no = i.session_no"
                    + " LEFT JOIN $.failed_input f ON f.session_no = i.session_no AND f.seq = i.seq"
                    + " WHERE i.session_no = ? AND i.seq <= ? AND (i.at < ? OR i.n <= " + ofTrack("admitted") + " - ?)"
                    + " AND i.n < " + ofTrack("consumed") + " AND (f.state IS NULL OR f.state > 2)"
                    + " AND NOT EXISTS (SELECT 1 FROM $.transcript t WHERE t.session_no = i.session_no AND t.input_seq = i.seq)"
                    + " ORDER BY i.seq LIMIT ?";

    /** A session that is locked. */
    private record Locked(long no, long last, long entries) {}

    /** An input that may go. */
    private record Old(long seq, @Nullable String key) {}

    private final Database database;

    Trims(Database database) {
        this.database = database;
    }

    private static String ofTrack(String column) {
        return Stream.of(Track.values())
                .map(track -> " WHEN " + StoredNumbers.of(track) + " THEN s." + column + "_" + StoredNumbers.of(track))
                .collect(Collectors.joining("", "(CASE i.track", " END)"));
    }

    Cut cut(SessionId id) {
        return database.read(db -> cut(db, id));
    }

    static Cut cut(DbConnection db, SessionId id) throws SQLException {
        return db.first(CUT, row -> new Cut(new Cursor(row.getLong(1)), row.getLong(2)), id.value())
                .orElse(Cut.NONE);
    }

    CompletionStage<Boolean> trim(Trim trim) {
        try {
            database.checkOpen();
            StoredNumbers.check(trim.keysBefore());
            return CompletableFuture.completedFuture(database.transaction(db -> trim(db, trim)));
        } catch (SQLException e) {
            return CompletableFuture.failedFuture(database.failure("does not remove what is old", e));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static boolean trim(DbConnection db, Trim trim) throws SQLException {
        Optional<Locked> found = db.first(
                LOCK,
                row -> new Locked(row.getLong(1), row.getLong(2), row.getLong(3)),
                trim.session().value());
        if (found.isEmpty()) {
            return false;
        }
        Locked session = found.get();
        Cut before = cut(db, trim.session());
        long was = before.events().sequence();
        long events = Math.min(trim.upTo().events().sequence(), session.last() - 1);
        long entries = Math.min(trim.upTo().entries(), session.entries() - 1);
        long nowEvents = Math.max(was, Math.min(events, was + ROWS));
        long nowEntries = Math.max(before.entries(), Math.min(entries, before.entries() + ROWS));
        if (nowEvents > was || nowEntries > before.entries()) {
            int unused = db.update(EVENTS, session.no(), nowEvents);
            unused = db.update(ENTRIES, session.no(), nowEntries);
            unused = db.update(SET, session.no(), nowEvents, nowEntries);
        }
        return inputs(db, session.no(), nowEvents, trim) || nowEvents < events || nowEntries < entries;
    }

    private static boolean inputs(DbConnection db, long no, long events, Trim trim) throws SQLException {
        List<Old> old = db.list(
                OLD,
                row -> new Old(
                        row.getLong(1),
                        row.getInt(2) == StoredNumbers.of(Track.EXTERNAL)
                                ? InboxRules.key(StoreCodec.decodeInput(row.getBytes(3)))
                                : null),
                no,
                events,
                StoredNumbers.of(trim.keysBefore()),
                trim.keysKept(),
                ROWS);
        if (old.isEmpty()) {
            return false;
        }
        DbConnection.Column hashes = new DbConnection.Column("uuid");
        DbConnection.Column seqs = new DbConnection.Column("int8");
        for (Old input : old) {
            seqs.add(input.seq());
            if (input.key() != null) {
                UUID hash = DbConnection.hash(input.key());
                hashes.add(hash);
            }
        }
        if (!hashes.isEmpty()) {
            int unused = db.update(
                    "DELETE FROM $.event_key WHERE session_no = ? AND hash = ANY (?::uuid[]) AND seq = ANY (?::int8[])",
                    no,
                    hashes,
                    seqs);
        }
        int unused = db.update("DELETE FROM $.failed_input WHERE session_no = ? AND seq = ANY (?::int8[])", no, seqs);
        unused = db.update("DELETE FROM $.input WHERE session_no = ? AND seq = ANY (?::int8[])", no, seqs);
        return old.size() == ROWS;
    }
}
