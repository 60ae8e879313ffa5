package dev.meerkat.cli;

import dev.meerkat.api.Limits;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.core.SessionFile;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.StoredSession;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

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
            page.forEach(id -> check.check(id, check::checkLive));
        } while (page.size() == Limits.PAGE_ROWS);
        check.readArchived();
        return check;
    }

    private void readArchived() {
        int at = 0;
        List<SessionId> page;
        do {
            page = store.list(SessionQuery.all().ofArchived().page(at, Limits.PAGE_ROWS));
            page.forEach(id -> check(id, archived -> {}));
            at += page.size();
        } while (page.size() == Limits.PAGE_ROWS);
    }

    /** Whether all parts of a session can be read, and make up a whole one. */
    private void check(SessionId id, Consumer<SessionId> first) {
        try {
            first.accept(id);
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

    /** What a runtime reads of a live one, beside what is read of all. */
    private void checkLive(SessionId id) {
        StoredSession unused = store.load(id).orElseThrow();
        int read;
        int at = 0;
        do {
            read = store.deadLetters(id, at, Limits.PAGE_ROWS).size();
            at += read;
        } while (read == Limits.PAGE_ROWS);
        deadLetters += at;
    }
}
