package dev.meerkat.store.sqlite;

/** What a write works on. Confined to the committer. */
final class Tables {
    final Draft draft;
    final HotSessions sessions;
    final SessionRows sessionRows;
    final InputRows inputs;
    final LogRows log;
    final FailedRows failed;
    final RequestRows requests;
    final ScheduleRows schedules;

    Tables(Draft draft, RecentInputs recent, SeenIds seen) {
        this.draft = draft;
        this.sessions = new HotSessions(draft);
        this.sessionRows = new SessionRows(draft);
        this.inputs = new InputRows(draft, recent, seen);
        this.log = new LogRows(draft);
        this.failed = new FailedRows(draft, inputs, log);
        this.requests = new RequestRows(draft);
        this.schedules = new ScheduleRows(draft);
    }
}
