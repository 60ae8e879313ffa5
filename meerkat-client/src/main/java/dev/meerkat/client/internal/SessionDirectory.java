package dev.meerkat.client.internal;

import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionPage;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.client.internal.calls.ServerCalls;
import dev.meerkat.client.internal.wire.OwnLabels;
import dev.meerkat.client.internal.wire.SessionRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The sessions of a server, with their labels.
 *
 * <p>Server 0.9.8 leaves the labels out of {@code session/list} once a session has run a turn, finds
 * none by them then, and refuses to filter by them over REST; {@code session/read} keeps them. So rows
 * without labels are read one by one, and filtered here. Thread-safe.
 */
final class SessionDirectory {
    private static final int PAGE = 100;
    /** Most sessions that are read one by one. */
    private static final int MOST_ROWS = 1_000;

    private static final int LONG_PAGE = 1_000;
    /** Most sessions that are put in order. */
    private static final int MOST_LISTED = 20_000;

    private static final int MOST_NAMES = 1_000;

    /** Servers list the last active first. Times are in seconds, and ids begin with the time in milliseconds. */
    private static final Comparator<SessionRow> OLDEST_FIRST = Comparator.comparingLong(
                    (SessionRow row) -> row.createdAt().getEpochSecond())
            .thenComparing(row -> row.id().toString());

    private final ServerCalls calls;
    /** Where the sessions were that this client has named or found; the server is asked before it is believed. */
    private final Map<String, SessionId> names = new LinkedHashMap<>();

    SessionDirectory(ServerCalls calls) {
        this.calls = calls;
    }

    synchronized void remember(String name, SessionId id) {
        names.remove(name);
        names.put(name, id);
        if (names.size() > MOST_NAMES) {
            names.remove(names.keySet().iterator().next());
        }
    }

    synchronized void forget(String name) {
        names.remove(name);
    }

    private synchronized Optional<SessionId> remembered(String name) {
        return Optional.ofNullable(names.get(name));
    }

    /** The live session of a name. */
    SessionId find(String name) throws InterruptedException {
        Optional<SessionId> known = remembered(name);
        if (known.isPresent() && labelled(known.get(), name)) {
            return known.get();
        }
        List<SessionRow> found = matching(row -> name.equals(row.labels().get(OwnLabels.COMMS_NAME)), 2);
        if (found.isEmpty()) {
            throw new SessionNotFoundException(name);
        }
        if (found.size() > 1) {
            throw new NotDoneException(
                    "session_ambiguous",
                    "comms_name is that of several sessions: \"" + name + "\" ("
                            + found.stream().map(SessionRow::id).toList() + ")");
        }
        remember(name, found.get(0).id());
        return found.get(0).id();
    }

    private boolean labelled(SessionId id, String name) throws InterruptedException {
        try {
            return name.equals(calls.read(id).labels().get(OwnLabels.COMMS_NAME));
        } catch (SessionNotFoundException | SessionArchivedException e) {
            return false;
        }
    }

    SessionPage list(SessionQuery query) throws InterruptedException {
        boolean filtered = !query.labels().isEmpty();
        List<SessionRow> rows = filtered
                ? matching(
                        row -> row.labels()
                                .entrySet()
                                .containsAll(query.labels().entrySet()),
                        MOST_ROWS)
                : listed();
        rows.sort(OLDEST_FIRST);
        long end = query.offset() + (long) query.limit();
        List<SessionRow> asked = rows.subList(Math.min(query.offset(), rows.size()), (int) Math.min(end, rows.size()));
        List<SessionSnapshot> snapshots = (filtered ? asked : whole(asked))
                .stream().map(RemoteSnapshots::of).toList();
        return new SessionPage(snapshots, rows.size() > end);
    }

    /** All rows once, in the order of their last activity. */
    private List<SessionRow> listed() throws InterruptedException {
        Map<SessionId, SessionRow> listed = new LinkedHashMap<>();
        for (int offset = 0; offset < MOST_LISTED; offset += LONG_PAGE) {
            List<SessionRow> rows = calls.list(offset, LONG_PAGE);
            rows.forEach(row -> listed.putIfAbsent(row.id(), row));
            if (rows.size() < LONG_PAGE) {
                return new ArrayList<>(listed.values());
            }
        }
        throw tooMany(MOST_LISTED, "does not list them in order");
    }

    private static NotDoneException tooMany(int most, String why) {
        return new NotDoneException("too_many_sessions", "the server has more than " + most + " sessions, and " + why);
    }

    /** The first sessions that match, at most so many. */
    private List<SessionRow> matching(Predicate<SessionRow> wanted, long most) throws InterruptedException {
        List<SessionRow> found = new ArrayList<>();
        // A session that is made meanwhile moves the others, so that one may be listed twice.
        Set<SessionId> seen = new HashSet<>();
        for (int offset = 0; offset < MOST_ROWS; offset += PAGE) {
            List<SessionRow> rows = calls.list(offset, PAGE);
            for (SessionRow row : whole(rows)) {
                if (seen.add(row.id()) && wanted.test(row)) {
                    found.add(row);
                }
                if (found.size() >= most) {
                    return found;
                }
            }
            if (rows.size() < PAGE) {
                return found;
            }
        }
        throw tooMany(MOST_ROWS, "cannot be asked by label");
    }

    private List<SessionRow> whole(List<SessionRow> rows) throws InterruptedException {
        List<SessionRow> whole = new ArrayList<>();
        for (SessionRow row : rows) {
            try {
                whole.add(row.labels().isEmpty() ? calls.read(row.id()) : row);
            } catch (SessionNotFoundException | SessionArchivedException e) {
                // Archived since it was listed, or listed before it can be read.
                whole.add(row);
            }
        }
        return whole;
    }
}
