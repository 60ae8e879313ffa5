package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * WirePages of what may be long, in the form of the wire: how many rows a page has is known only when they are written. All of it may wait.
 */
public final class WirePages {
    private final Sessions sessions;
    private final HistoryMethod history;
    private final EventMethods events;
    private final DeadLetterPages letters;

    WirePages(Sessions sessions, HistoryMethod history, EventMethods events, DeadLetterPages letters) {
        this.sessions = sessions;
        this.history = history;
        this.events = events;
        this.letters = letters;
    }

    /**
     * Of a session's transcript.
     *
     * @param tellsLimit whether the page says how many rows it could have had
     */
    public ObjectNode history(String locator, Optional<Long> offset, Optional<Long> limit, boolean tellsLimit)
            throws InterruptedException {
        return history.history(sessions.open(locator), offset, limit, tellsLimit);
    }

    /** Of a session's log, after a sequence. */
    public ObjectNode events(String locator, long after, Optional<Long> limit) throws InterruptedException {
        return events.listSince(sessions.open(locator), after, limit);
    }

    /** Of a session's dead letters. */
    public ObjectNode deadLetters(String locator, Optional<Long> offset, Optional<Long> limit)
            throws InterruptedException {
        return letters.of(locator, offset, limit);
    }

    /** Of all dead letters of the realm. */
    public ObjectNode deadLetters(Optional<Long> offset, Optional<Long> limit) throws InterruptedException {
        return letters.ofAll(offset, limit);
    }
}
