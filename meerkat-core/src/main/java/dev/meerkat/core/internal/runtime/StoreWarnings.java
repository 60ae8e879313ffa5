package dev.meerkat.core.internal.runtime;

import dev.meerkat.api.SessionId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log that the store fails sessions. What fails all of them for one reason is one warning, which names the first
 * session, until a step is stored again; health names the others. Thread-safe.
 */
public final class StoreWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(StoreWarnings.class);
    /** More reasons than there can be at once; beyond that, each is told. */
    private static final int REASONS = 100;

    /** What was told, with its reason, since a step was stored. */
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /**
     * Something cannot be done for a session now, and is tried again.
     *
     * @param log the log of the one who tries
     * @param session the session
     * @param what what cannot be done
     * @param cause why
     */
    public void failed(Logger log, SessionId session, String what, Throwable cause) {
        if (isNew(what, cause)) {
            log.warn("session {}: {}", session, what, cause);
        } else {
            log.debug("session {}: {}", session, what, cause);
        }
    }

    /** Whether this was not told for this reason; counts, such as of milliseconds, make no other reason. */
    private boolean isNew(String what, Throwable cause) {
        String reason = what + ": " + String.valueOf(cause.getMessage()).replaceAll("[0-9]+", "#");
        return told.add(reason) || told.size() > REASONS;
    }

    /** A step is stored. */
    public void stored() {
        if (!told.isEmpty()) {
            told.clear();
            LOG.info("steps of sessions are stored again");
        }
    }
}
