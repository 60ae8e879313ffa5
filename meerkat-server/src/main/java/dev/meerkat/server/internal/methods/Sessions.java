package dev.meerkat.server.internal.methods;

import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.StagedIngress;
import dev.meerkat.server.internal.wire.Faults;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The sessions of the realm that is served. */
final class Sessions {
    private static final int KNOWN = 65_536;
    private static final int SHOWN_CHARS = 64;
    /** Entries of a transcript that are looked at for a first turn. */
    static final int BEFORE_TURNS = 100;

    private final Meerkat meerkat;
    private final String realm;
    /** Sessions of this realm, which none ever leaves; only saves reading it for each call. */
    private final Set<SessionId> known = ConcurrentHashMap.newKeySet();

    /** Whether they are of a runtime in this JVM, which keeps those that were opened at hand. */
    private volatile boolean staged;

    Sessions(Meerkat meerkat, String realm) {
        this.meerkat = meerkat;
        this.realm = realm;
    }

    /**
     * Opens a session.
     *
     * @param locator an id, or {@code realm:id}
     * @throws SessionNotFoundException if there is none in this realm
     * @throws WireFault if it is no locator, or one of another realm
     */
    Session open(String locator) throws InterruptedException {
        SessionId id = id(locator);
        Session session = meerkat.open(id);
        if (!isServed(session)) {
            throw new SessionNotFoundException(id.toString());
        }
        return session;
    }

    /** Whether a session is of this realm. */
    boolean isServed(SessionId id) throws InterruptedException {
        return known.contains(id) || isServed(meerkat.open(id));
    }

    private boolean isServed(Session session) throws InterruptedException {
        if (known.contains(session.id())) {
            return true;
        }
        if (!session.snapshot().realm().equals(realm)) {
            return false;
        }
        if (known.size() >= KNOWN) {
            known.clear();
        }
        staged = session instanceof StagedIngress;
        known.add(session.id());
        return true;
    }

    /** Whether a session is opened without waiting for anything. */
    boolean isAtHand(String locator) {
        try {
            return staged && known.contains(id(locator));
        } catch (WireFault e) {
            return false;
        }
    }

    /** The id of a locator. */
    SessionId id(String locator) {
        int colon = locator.indexOf(':');
        try {
            SessionId id = SessionId.of(locator.substring(colon + 1));
            if (colon >= 0 && !locator.substring(0, colon).equals(realm)) {
                throw Faults.badRequest("Session locator realm '" + shown(locator.substring(0, colon))
                        + "' does not match active runtime realm '" + realm + "'");
            }
            return id;
        } catch (InvalidFieldException e) {
            String shown = shown(locator);
            throw Faults.badRequest(
                    "Invalid session_id '" + shown + "': invalid session id in session locator: " + shown);
        }
    }

    private static String shown(String text) {
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "...";
    }

    /** When something was last added to a session's transcript, or when it was created. */
    static Instant updated(Session session, SessionSnapshot snapshot) throws InterruptedException {
        if (snapshot.messageCount() == 0) {
            return snapshot.createdAt();
        }
        HistoryPage last = session.history(snapshot.messageCount() - 1, 1);
        return last.entries().isEmpty()
                ? snapshot.createdAt()
                : last.entries().get(0).at();
    }

    /** Deletes a session. */
    void delete(String locator) throws InterruptedException {
        SessionId id = open(locator).id();
        meerkat.delete(id);
        known.remove(id);
    }

    /** Live sessions of this realm; the Meerkat may hold others too. */
    List<SessionSnapshot> list(Map<String, String> labels, int offset, int limit) throws InterruptedException {
        return list(new SessionQuery(labels, false, offset, 1), limit);
    }

    /** Sessions of this realm; the limit may be one more than that of a query. */
    List<SessionSnapshot> list(SessionQuery query, int limit) throws InterruptedException {
        List<SessionSnapshot> found = new ArrayList<>();
        int passed = 0;
        int pass = query.offset();
        boolean more = true;
        while (more && found.size() < limit) {
            var page = meerkat.list(query.page(passed, Math.min(Limits.PAGE_ROWS, pass + limit)));
            for (SessionSnapshot session : page.sessions()) {
                boolean ours = session.realm().equals(realm);
                if (ours && pass > 0) {
                    pass--;
                } else if (ours && found.size() < limit) {
                    found.add(session);
                }
            }
            passed += page.sessions().size();
            more = page.hasMore();
        }
        return found;
    }

    /** A session as it is now, unless it is archived. */
    static SessionSnapshot live(Session session) throws InterruptedException {
        SessionSnapshot snapshot = session.snapshot();
        if (snapshot.state() == SessionSnapshot.State.ARCHIVED) {
            throw new SessionArchivedException(session.id());
        }
        return snapshot;
    }

    /** Whether a session has had no turn: then it has no more than what it is told of itself. */
    static boolean neverStarted(Session session) throws InterruptedException {
        return live(session).messageCount() <= BEFORE_TURNS
                && session.history(0, BEFORE_TURNS).entries().stream()
                        .allMatch(TranscriptEntry.SystemPrompt.class::isInstance);
    }
}
