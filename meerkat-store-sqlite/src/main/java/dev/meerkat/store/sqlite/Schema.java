package dev.meerkat.store.sqlite;

import java.sql.SQLException;
import java.util.List;

/**
 * The tables, as a list of migrations: the n-th one makes version n out of version n - 1. A
 * migration that was ever released must not change.
 *
 * <p>An admitted input is one row of {@code inputs}, and nothing else is written for it: how many a
 * session has, and where its log ends, is found at the right edge of the indexes. The event log of a
 * session is {@code inputs} and {@code events} together, in the order of {@code seq}; within a track,
 * {@code seq} grows with {@code n}. {@code bytes} of an external event is the sum of the sizes of the
 * events of its session up to it.
 */
final class Schema {
    /** Marks the file as one of ours; "Mkat" in ASCII. */
    static final int APPLICATION_ID = 0x4d6b6174;

    private static final List<String> VERSION_1 = List.of(
            """
            CREATE TABLE meta (
              one INTEGER PRIMARY KEY CHECK (one = 1),
              epoch INTEGER NOT NULL)""",
            "INSERT INTO meta VALUES (1, 0)",
            // What may be large comes last, so that reading the rest does not touch it.
            """
            CREATE TABLE sessions (
              no INTEGER PRIMARY KEY,
              id BLOB NOT NULL,
              archived INTEGER NOT NULL,
              keep_alive INTEGER NOT NULL,
              created_at INTEGER NOT NULL,
              realm TEXT NOT NULL,
              comms_name TEXT,
              seed BLOB NOT NULL,
              spec BLOB NOT NULL)""",
            "CREATE UNIQUE INDEX sessions_by_id ON sessions (id)",
            """
            CREATE UNIQUE INDEX sessions_by_name ON sessions (realm, comms_name)
              WHERE archived = 0 AND comms_name IS NOT NULL""",
            "CREATE INDEX sessions_live ON sessions (no, id) WHERE archived = 0",
            """
            CREATE TABLE labels (
              name TEXT NOT NULL,
              value TEXT NOT NULL,
              session_no INTEGER NOT NULL,
              PRIMARY KEY (name, value, session_no)) WITHOUT ROWID""",
            """
            CREATE TABLE progress (
              session_no INTEGER PRIMARY KEY,
              version INTEGER NOT NULL,
              in_turn INTEGER NOT NULL,
              prompt INTEGER NOT NULL,
              queued INTEGER NOT NULL,
              steered INTEGER NOT NULL,
              passive INTEGER NOT NULL,
              external INTEGER NOT NULL,
              body BLOB NOT NULL)""",
            """
            CREATE TABLE inputs (
              session_no INTEGER NOT NULL,
              track INTEGER NOT NULL,
              n INTEGER NOT NULL,
              seq INTEGER NOT NULL,
              bytes INTEGER NOT NULL,
              at INTEGER NOT NULL,
              id BLOB NOT NULL,
              body BLOB NOT NULL,
              PRIMARY KEY (session_no, track, n)) WITHOUT ROWID""",
            // By id first: ids grow with time, so that inserts meet at the right edge.
            "CREATE UNIQUE INDEX inputs_by_id ON inputs (id, session_no)",
            """
            CREATE TABLE event_keys (
              session_no INTEGER NOT NULL,
              hash INTEGER NOT NULL,
              n INTEGER NOT NULL,
              PRIMARY KEY (session_no, hash)) WITHOUT ROWID""",
            """
            CREATE TABLE events (
              session_no INTEGER NOT NULL,
              seq INTEGER NOT NULL,
              body BLOB NOT NULL,
              PRIMARY KEY (session_no, seq)) WITHOUT ROWID""",
            // An entry has a body, or refers to an input.
            """
            CREATE TABLE transcript (
              session_no INTEGER NOT NULL,
              i INTEGER NOT NULL,
              track INTEGER,
              n INTEGER,
              at INTEGER,
              turn BLOB,
              body BLOB,
              PRIMARY KEY (session_no, i)) WITHOUT ROWID""",
            """
            CREATE TABLE requests (
              id BLOB PRIMARY KEY,
              requester BLOB NOT NULL,
              responder BLOB NOT NULL,
              to_handle INTEGER NOT NULL,
              reply BLOB) WITHOUT ROWID""",
            // Responses for handles are no inputs, but a second delivery must be known all the same.
            """
            CREATE TABLE handle_replies (
              id BLOB NOT NULL,
              session_no INTEGER NOT NULL,
              seq INTEGER NOT NULL,
              PRIMARY KEY (id, session_no)) WITHOUT ROWID""",
            """
            CREATE TABLE outbox (
              session_no INTEGER NOT NULL,
              n INTEGER NOT NULL,
              id BLOB NOT NULL,
              body BLOB NOT NULL,
              PRIMARY KEY (session_no, n)) WITHOUT ROWID""",
            "CREATE UNIQUE INDEX outbox_by_id ON outbox (session_no, id)",
            """
            CREATE TABLE dead_letters (
              session_no INTEGER NOT NULL,
              id BLOB NOT NULL,
              PRIMARY KEY (session_no, id)) WITHOUT ROWID""");

    private static final List<String> VERSION_2 = List.of("""
            CREATE TABLE context_keys (
              session_no INTEGER NOT NULL,
              key TEXT NOT NULL,
              digest TEXT NOT NULL,
              PRIMARY KEY (session_no, key)) WITHOUT ROWID""");

    /**
     * Failed inputs instead of dead letters alone. Of those that were given up before, the cause is in the
     * event log only, and each gets a turn of its own.
     */
    private static final List<String> VERSION_3 = List.of(
            """
            CREATE TABLE failed_inputs (
              session_no INTEGER NOT NULL,
              track INTEGER NOT NULL,
              n INTEGER NOT NULL,
              state INTEGER NOT NULL,
              retry_at INTEGER NOT NULL,
              turn BLOB NOT NULL,
              body BLOB NOT NULL,
              PRIMARY KEY (session_no, track, n)) WITHOUT ROWID""",
            "CREATE INDEX failed_inputs_retried ON failed_inputs (session_no, retry_at) WHERE state < 2",
            "CREATE INDEX failed_inputs_dead ON failed_inputs (session_no) WHERE state = 2",
            """
            INSERT INTO failed_inputs
              SELECT i.session_no, i.track, i.n, 2, 0, i.id, CAST('{"turn_id":"'
                || lower(substr(hex(i.id), 1, 8) || '-' || substr(hex(i.id), 9, 4) || '-'
                || substr(hex(i.id), 13, 4) || '-' || substr(hex(i.id), 17, 4) || '-' || substr(hex(i.id), 21))
                || '","attempts":1,"step":0,"first_entry":0,"at":"'
                || strftime('%Y-%m-%dT%H:%M:%SZ', i.at / 1000000000, 'unixepoch')
                || '","delay_millis":0,"waited_millis":0,"code":"agent_error",'
                || '"message":"given up by an earlier version; the event log has the cause"}' AS BLOB)
              FROM dead_letters d JOIN inputs i ON i.id = d.id AND i.session_no = d.session_no""",
            "DROP TABLE dead_letters");

    /**
     * The last record of the journal whose changes are here, and the number of the segment that must be there, or 0. Inputs are appended, whichever session they are of, so that a group of them fills few pages; an index has them by
     * session.
     */
    private static final List<String> VERSION_4 = List.of(
            "ALTER TABLE meta ADD COLUMN journal INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE meta ADD COLUMN segment INTEGER NOT NULL DEFAULT 0",
            "DROP INDEX inputs_by_id",
            "ALTER TABLE inputs RENAME TO clustered_inputs",
            """
            CREATE TABLE inputs (
              session_no INTEGER NOT NULL,
              track INTEGER NOT NULL,
              n INTEGER NOT NULL,
              seq INTEGER NOT NULL,
              bytes INTEGER NOT NULL,
              at INTEGER NOT NULL,
              id BLOB NOT NULL,
              body BLOB NOT NULL)""",
            "INSERT INTO inputs SELECT session_no, track, n, seq, bytes, at, id, body FROM clustered_inputs",
            "DROP TABLE clustered_inputs",
            "CREATE UNIQUE INDEX inputs_by_place ON inputs (session_no, track, n)",
            "CREATE UNIQUE INDEX inputs_by_id ON inputs (id, session_no)");

    /** What sessions are to get later. */
    private static final List<String> VERSION_5 = List.of("""
            CREATE TABLE schedules (
              session_no INTEGER NOT NULL,
              id BLOB NOT NULL,
              due INTEGER NOT NULL,
              body BLOB NOT NULL,
              PRIMARY KEY (session_no, id)) WITHOUT ROWID""", "CREATE INDEX schedules_by_time ON schedules (due, id)");

    /**
     * Sessions that are being deleted, and what finds their rows; and where logs and transcripts begin that were cut.
     * A session whose spec says how long things are kept is marked.
     */
    private static final List<String> VERSION_6 = List.of(
            """
            CREATE TABLE deleted (
              session_no INTEGER PRIMARY KEY,
              id BLOB)""",
            "CREATE INDEX labels_by_session ON labels (session_no)",
            "CREATE INDEX handle_replies_by_session ON handle_replies (session_no)",
            "CREATE INDEX requests_by_requester ON requests (requester)",
            "CREATE INDEX sessions_archived ON sessions (no, id) WHERE archived = 1",
            """
            CREATE TABLE cuts (
              session_no INTEGER PRIMARY KEY,
              events INTEGER NOT NULL,
              entries INTEGER NOT NULL)""",
            "ALTER TABLE sessions ADD COLUMN retained INTEGER NOT NULL DEFAULT 0",
            "CREATE INDEX sessions_retained ON sessions (no, id) WHERE retained = 1");

    /** When requesters are told that nobody has answered. */
    private static final List<String> VERSION_7 = List.of("ALTER TABLE requests ADD COLUMN deadline INTEGER", """
            CREATE INDEX requests_by_deadline ON requests (deadline, id)
              WHERE reply IS NULL AND deadline IS NOT NULL""");

    /**
     * A row of events may have more than one: those of a step, with the place of the last one as its {@code seq}. Those of
     * earlier versions have one, and stay as they are.
     */
    private static final List<String> VERSION_8 = List.of();

    /** The first version that has a journal. */
    static final int WITH_JOURNAL = 4;

    /** The first version that deletes sessions. */
    static final int WITH_DELETION = 6;

    /** The released migrations. */
    static final List<List<String>> MIGRATIONS =
            List.of(VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5, VERSION_6, VERSION_7, VERSION_8);

    private Schema() {}

    /** Refuses a database that is not ours, or newer than us; changes nothing. */
    static void check(Db db, StoreFile file, List<List<String>> migrations) throws SQLException {
        long application = db.number("PRAGMA application_id");
        long version = db.number("PRAGMA user_version");
        boolean empty = db.number("SELECT count(*) FROM sqlite_schema") == 0;
        if (application != APPLICATION_ID && !(empty && application == 0 && version == 0)) {
            throw file.failure("cannot be opened: it is an SQLite database, but not a Meerkat store", null);
        }
        if (version < 0 || version > migrations.size()) {
            throw file.failure(
                    "cannot be opened: it has schema version " + version
                            + ", and this version of Meerkat supports up to " + migrations.size()
                            + "; open it with the version that has written it",
                    null);
        }
    }

    /** Brings a database that {@link #check} found good to the newest version, each step in one transaction. */
    static void migrate(Db db, List<List<String>> migrations) throws SQLException {
        for (int version = (int) db.number("PRAGMA user_version"); version < migrations.size(); version++) {
            db.begin();
            for (String statement : migrations.get(version)) {
                db.execute(statement);
            }
            db.execute("PRAGMA application_id = " + APPLICATION_ID);
            db.execute("PRAGMA user_version = " + (version + 1));
            db.commit();
        }
    }
}
