package dev.meerkat.store.sqlite;

import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.core.store.InboxRules;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.Track;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Writes inputs, and finds those that are there already. Confined to the committer. */
final class InputRows {
    private static final String SEQ = "SELECT seq FROM inputs WHERE id = ? AND session_no = ?"
            + " UNION ALL SELECT seq FROM handle_replies WHERE id = ? AND session_no = ?";
    private static final String PLACE = "SELECT track, n FROM inputs WHERE id = ? AND session_no = ?";
    private static final String WITH_HASH = "SELECT i.id, i.seq, i.body FROM event_keys k"
            + " CROSS JOIN inputs i ON i.session_no = k.session_no AND i.track = " + StoredNumbers.of(Track.EXTERNAL)
            + " AND i.n = k.n WHERE k.session_no = ? AND k.hash = ?";

    /**
     * A key that belongs to an event.
     *
     * @param hash the hash under which it is stored
     * @param first the earlier event that has it, or null if it is the next one's
     */
    record Claim(long hash, InboxRules.@Nullable AdmittedKey first) {}

    /** The place of an input among those of its track, as stored. */
    record Place(int track, long n) {}

    private final Db db;

    InputRows(Db db) {
        this.db = db;
    }

    /**
     * Writes an input at the end of its track and of the log; false if its id is there already.
     *
     * @param laneBytes what it counts against the bound in bytes of the external-ingress lane
     */
    boolean insert(HotSession session, NewInput input, byte[] body, int laneBytes) throws SQLException {
        long bytes = session.externalBytes() + laneBytes;
        int rows = db.update(
                RowChange.INPUT,
                session.no,
                StoredNumbers.of(input.track()),
                session.admitted(input.track()) + 1,
                session.lastSeq() + 1,
                bytes,
                StoredNumbers.of(input.at()),
                Codes.bytes(input.id().value()),
                body);
        if (rows == 0) {
            return false;
        }
        session.admitted(input.track(), bytes);
        return true;
    }

    /** The place in the log of an input, or of a reply for a handle; 0 if it is not there. */
    long seq(HotSession session, InputId id) throws SQLException {
        byte[] bytes = Codes.bytes(id.value());
        PreparedStatement select = db.prepare(SEQ);
        select.setBytes(1, bytes);
        select.setLong(2, session.no);
        select.setBytes(3, bytes);
        select.setLong(4, session.no);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** The place of an input, or null if it is not there. */
    @Nullable
    Place place(HotSession session, InputId id) throws SQLException {
        PreparedStatement select = db.prepare(PLACE);
        select.setBytes(1, Codes.bytes(id.value()));
        select.setLong(2, session.no);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? new Place(row.getInt(1), row.getLong(2)) : null;
        }
    }

    /**
     * Claims a key for the external event that is to be inserted next, unless an earlier one has it.
     * Trying to claim is also the look-up, which saves a query for each event.
     */
    Claim claim(HotSession session, String key, long[] hashes) throws SQLException {
        for (long hash : hashes) {
            if (db.update(RowChange.EVENT_KEY, session.no, hash, session.admitted(Track.EXTERNAL) + 1) > 0) {
                return new Claim(hash, null);
            }
            InboxRules.AdmittedKey first = withHash(session, hash);
            if (first.body().event().idempotencyKey().filter(key::equals).isPresent()) {
                return new Claim(hash, first);
            }
        }
        throw new IllegalStateException("other keys of the session have all hashes of this one");
    }

    /** Gives a claimed key back: the event that was to have it was there already, without it. */
    void release(HotSession session, Claim claim) throws SQLException {
        db.update(RowChange.NO_EVENT_KEY, session.no, claim.hash());
    }

    private InboxRules.AdmittedKey withHash(HotSession session, long hash) throws SQLException {
        PreparedStatement select = db.prepare(WITH_HASH);
        select.setLong(1, session.no);
        select.setLong(2, hash);
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "inputs", "session number " + session.no + ", an event with a key", 2);
            if (!row.next()) {
                throw new IllegalStateException("a key has no event: table event_keys, session number " + session.no);
            }
            return new InboxRules.AdmittedKey(
                    new InputId(row.uuid(1)), InputReads.cursor(row, 2), row.decoded(3, body ->
                            (InputBody.External) StoreCodec.decodeInput(body)));
        }
    }

    /** Notes the id of a reply for a handle, whose event is at the end of the log. */
    void insertHandleReply(HotSession session, InputId id) throws SQLException {
        db.update(RowChange.HANDLE_REPLY, Codes.bytes(id.value()), session.no, session.lastSeq());
    }
}
