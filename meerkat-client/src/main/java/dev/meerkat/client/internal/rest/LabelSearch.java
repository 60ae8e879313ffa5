package dev.meerkat.client.internal.rest;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.client.internal.wire.SessionRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Lists sessions by their labels, which the servers' lists over REST can neither filter by nor tell: looks
 * at each session. Bounded in rows and in time.
 */
final class LabelSearch {
    /** Rows that are looked at, at most; what lies beyond is an error and not a shorter list. */
    static final int MOST_ROWS = 10_000;

    static final int PAGE_ROWS = 100;

    /** What it reads from. */
    interface Source {
        List<SessionRow> page(int offset, int limit) throws InterruptedException;

        Map<String, String> labels(SessionId session) throws InterruptedException;
    }

    private final Source source;
    private final LongSupplier clock;
    private final long deadline;
    private final SessionQuery query;
    private final Set<SessionId> seen = new HashSet<>();
    private final List<SessionRow> found = new ArrayList<>();
    private int toSkip;

    /**
     * A search.
     *
     * @param clock nanoseconds
     * @param nanos until it gives up
     */
    LabelSearch(Source source, LongSupplier clock, long nanos, SessionQuery query) {
        this.source = source;
        this.clock = clock;
        this.deadline = clock.getAsLong() + nanos;
        this.query = query;
        this.toSkip = query.offset();
    }

    List<SessionRow> run() throws InterruptedException {
        for (int offset = 0; ; offset += PAGE_ROWS) {
            List<SessionRow> page = source.page(offset, PAGE_ROWS);
            for (SessionRow row : page) {
                look(row);
                if (found.size() == query.limit()) {
                    return found;
                }
            }
            if (page.size() < PAGE_ROWS) {
                return found;
            }
        }
    }

    /** A session that was created meanwhile moves the others, so that one may come twice. */
    private void look(SessionRow row) throws InterruptedException {
        if (!seen.add(row.id())) {
            return;
        }
        if (seen.size() > MOST_ROWS) {
            throw new NotDoneException(
                    "too_many_sessions",
                    "labels can be looked for among at most " + MOST_ROWS + " sessions over REST, and there are more");
        }
        if (deadline - clock.getAsLong() <= 0) {
            throw new FailedException(
                    "call_timeout",
                    "list sessions: the labels of " + seen.size() + " sessions could not be read in time",
                    null);
        }
        Optional<Map<String, String>> labels = labels(row);
        if (labels.isPresent()
                && labels.get().entrySet().containsAll(query.labels().entrySet())) {
            if (toSkip > 0) {
                toSkip--;
            } else {
                found.add(labelled(row, labels.get()));
            }
        }
    }

    private static SessionRow labelled(SessionRow row, Map<String, String> labels) {
        return new SessionRow(
                row.id(),
                row.realm(),
                row.createdAt(),
                row.messageCount(),
                row.active(),
                labels,
                row.model(),
                row.lastAnswer());
    }

    private Optional<Map<String, String>> labels(SessionRow row) throws InterruptedException {
        if (!row.labels().isEmpty()) {
            return Optional.of(row.labels());
        }
        try {
            return Optional.of(source.labels(row.id()));
        } catch (SessionNotFoundException e) {
            // It was archived meanwhile.
            return Optional.empty();
        }
    }
}
