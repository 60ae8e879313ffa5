package dev.meerkat.store.jdbc;

/** What a write works on. Confined to the committer. */
final class Tables {
    final HotSessions sessions;
    final SessionRows sessionRows;
    final InputRows inputs;
    final LogRows log;
    final RequestRows requests;

    Tables(Db db) {
        this.sessions = new HotSessions(db);
        this.sessionRows = new SessionRows(db);
        this.inputs = new InputRows(db);
        this.log = new LogRows(db);
        this.requests = new RequestRows(db);
    }
}
