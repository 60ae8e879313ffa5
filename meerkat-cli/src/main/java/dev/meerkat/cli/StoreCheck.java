package dev.meerkat.cli;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.Limits;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.core.SessionFile;
import dev.meerkat.core.store.Outgoing;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Waiting;
import java.util.ArrayList;
import java.util.List;

/** Reads all sessions of a store, to find those that cannot be read, or are not whole. */
final class StoreCheck {
    private final SessionStore store;
    private final List<String> problems = new ArrayList<>();
    private int sessions;
    private int deadLetters;

    private StoreCheck(SessionStore store) {
        this.store = store;
    }

    static StoreCheck of(SessionStore store) {
        StoreCheck check = new StoreCheck(store);
        List<SessionId> page;
        do {
            page = store.list(SessionQuery.all().page(check.sessions, Limits.PAGE_ROWS));
            check.sessions += page.size();
            page.forEach(check::check);
        } while (page.size() == Limits.PAGE_ROWS);
        check.readArchived();
        return check;
    }

    private void readArchived() {
        int at = 0;
        List<SessionId> page;
        do {
            page = store.list(SessionQuery.all().ofArchived().page(at, Limits.PAGE_ROWS));
            page.forEach(this::checkWhole);
            at += page.size();
        } while (page.size() == Limits.PAGE_ROWS);
    }

    /** Whether all parts of it can be read, and make up a session. */
    private void checkWhole(SessionId id) {
        try {
            SessionFile.check(store, id);
        } catch (RuntimeException e) {
            problems.add("session " + id + ": " + e.getMessage());
        }
    }

    /** How many live sessions there are. */
    int sessions() {
        return sessions;
    }

    /** How many dead letters they have. */
    int deadLetters() {
        return deadLetters;
    }

    /** One line for each session that cannot be read. */
    List<String> problems() {
        return problems;
    }

    private void check(SessionId id) {
        try {
            StoredSession session = store.load(id).orElseThrow();
            int unused = 0;
            readOutbox(id);
            for (Track track : Track.values()) {
                readWaiting(id, track);
            }
            for (long at = 0; at < session.log().messageCount(); at += Limits.PAGE_ROWS) {
                unused += store.transcript(id, at, Limits.PAGE_ROWS).size();
            }
            readDeadLetters(id);
            readEvents(id, session.log().last());
            SessionFile.check(store, id);
        } catch (RuntimeException e) {
            problems.add("session " + id + ": " + e.getMessage());
        }
    }

    private void readOutbox(SessionId id) {
        List<Outgoing> page = store.outbox(id, 0, Limits.PAGE_ROWS);
        while (!page.isEmpty()) {
            page = store.outbox(id, page.get(page.size() - 1).number(), Limits.PAGE_ROWS);
        }
    }

    /** They are inputs, which must be readable too. */
    private void readDeadLetters(SessionId id) {
        int at = 0;
        int read;
        do {
            read = store.deadLetters(id, at, Limits.PAGE_ROWS).size();
            at += read;
        } while (read == Limits.PAGE_ROWS);
        deadLetters += at;
    }

    private void readWaiting(SessionId id, Track track) {
        long after = 0;
        List<Waiting> page;
        do {
            page = store.waiting(id, track, after, Limits.PAGE_ROWS);
            after = page.isEmpty() ? after : page.get(page.size() - 1).number();
        } while (page.size() == Limits.PAGE_ROWS);
    }

    private void readEvents(SessionId id, Cursor last) {
        Cursor after = Cursor.START;
        while (after.compareTo(last) < 0) {
            List<SessionEvent> page = store.events(id, after, Limits.PAGE_ROWS);
            if (page.isEmpty()) {
                return;
            }
            after = page.get(page.size() - 1).cursor();
        }
    }
}
