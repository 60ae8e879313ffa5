package dev.meerkat.store.sqlite;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.core.store.InboxRules;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.StoreCodec;
import dev.meerkat.core.store.StoredNumbers;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Waiting;
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
            + " LEFT JOIN inputs i ON i.session_no = k.session_no AND i.track = " + StoredNumbers.of(Track.EXTERNAL)
            + " AND i.n = k.n WHERE k.session_no = ? AND k.hash = ?";

    /** The place of an input among those of its track, as stored. */
    record Place(int track, long n) {}

    private final Draft draft;
    private final RecentInputs recent;
    private final SeenIds seen;

    InputRows(Draft draft, RecentInputs recent, SeenIds seen) {
        this.draft = draft;
        this.recent = recent;
        this.seen = seen;
    }

    /**
     * Writes an input, whose id is new, at the end of its track and of the log.
     *
     * @param laneBytes what it counts against the bound in bytes of the external-ingress lane
     */
    void insert(HotSession session, NewInput input, byte[] body, int laneBytes) {
        long bytes = session.externalBytes() + laneBytes;
        draft.update(
                RowChange.INPUT,
                session.no,
                StoredNumbers.of(input.track()),
                session.admitted(input.track()) + 1,
                session.lastSeq() + 1,
                bytes,
                StoredNumbers.of(input.at()),
                Codes.bytes(input.id().value()),
                body);
        seen.add(SeenIds.id(input.id().value(), session.no));
        session.admitted(input.track(), bytes);
    }

    /** The place in the log of an input, or of a reply for a handle; 0 if it is not there. */
    long seq(HotSession session, InputId id) throws SQLException {
        if (!seen.mayHave(SeenIds.id(id.value(), session.no))) {
            return 0;
        }
        byte[] bytes = Codes.bytes(id.value());
        PreparedStatement select = draft.prepare(SEQ);
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
        Waiting waiting = recent.find(session.id, id);
        if (waiting != null) {
            return new Place(StoredNumbers.of(waiting.track()), waiting.number());
        }
        PreparedStatement select = draft.prepare(PLACE);
        select.setBytes(1, Codes.bytes(id.value()));
        select.setLong(2, session.no);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? new Place(row.getInt(1), row.getLong(2)) : null;
        }
    }

    /** The earlier event of a session that has a key, or null if there is none. */
    InboxRules.@Nullable AdmittedKey first(HotSession session, String key, long[] hashes) throws SQLException {
        for (long hash : hashes) {
            InboxRules.AdmittedKey first =
                    seen.mayHave(SeenIds.key(hash, session.no)) ? withHash(session.no, hash) : null;
            if (first == null
                    || first.body().event().idempotencyKey().filter(key::equals).isPresent()) {
                return first;
            }
        }
        throw new IllegalStateException("other keys of the session have all hashes of this one");
    }

    /** Notes the key of the event that is inserted next, under the first hash that no other key has. */
    void insertKey(HotSession session, long[] hashes) throws SQLException {
        insertKey(session.no, hashes, session.admitted(Track.EXTERNAL) + 1);
    }

    private void insertKey(long no, long[] hashes, long n) throws SQLException {
        for (long hash : hashes) {
            long mark = SeenIds.key(hash, no);
            if (!seen.mayHave(mark) || withHash(no, hash) == null) {
                draft.update(RowChange.EVENT_KEY, no, hash, n);
                seen.add(mark);
                return;
            }
        }
    }

    /** Writes an input where it was in another store, with its key; {@code bytes} is the running sum. */
    void restore(long no, SessionPart.Input part, byte[] body, long bytes) throws SQLException {
        AdmittedInput input = part.input();
        int track = StoredNumbers.of(part.track());
        String key = InboxRules.key(input.body());
        if (key != null) {
            insertKey(no, Codes.hashes(key), part.number());
        }
        draft.update(
                RowChange.INPUT,
                no,
                track,
                part.number(),
                input.position().sequence(),
                bytes,
                StoredNumbers.of(input.at()),
                Codes.bytes(input.id().value()),
                body);
        seen.add(SeenIds.id(input.id().value(), no));
    }

    private InboxRules.@Nullable AdmittedKey withHash(long no, long hash) throws SQLException {
        PreparedStatement select = draft.prepare(WITH_HASH);
        select.setLong(1, no);
        select.setLong(2, hash);
        try (ResultSet columns = select.executeQuery()) {
            Row row = new Row(columns, "inputs", "session number " + no + ", an event with a key", 2);
            if (!row.next()) {
                return null;
            }
            if (row.isNull(1)) {
                throw new IllegalStateException("a key has no event: table event_keys, session number " + no);
            }
            return new InboxRules.AdmittedKey(
                    new InputId(row.uuid(1)), InputReads.cursor(row, 2), row.decoded(3, body ->
                            (InputBody.External) StoreCodec.decodeInput(body)));
        }
    }

    /** Notes the id of a reply for a handle, and the place of its event in the log. */
    void insertHandleReply(long no, InputId id, long seq) {
        seen.add(SeenIds.id(id.value(), no));
        draft.update(RowChange.HANDLE_REPLY, Codes.bytes(id.value()), no, seq);
    }
}
