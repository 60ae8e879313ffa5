package dev.meerkat.store.sqlite;

/** What a write works on. Confined to the committer. */
final class Tables {
    final Db db;
    final HotSessions sessions;
    final SessionRows sessionRows;
    final InputRows inputs;
    final LogRows log;
    final FailedRows failed;
    final RequestRows requests;

    Tables(Db db) {
        this.db = db;
        this.sessions = new HotSessions(db);
        this.sessionRows = new SessionRows(db);
        this.inputs = new InputRows(db);
        this.log = new LogRows(db);
        this.failed = new FailedRows(db, inputs, log);
        this.requests = new RequestRows(db);
    }
}
