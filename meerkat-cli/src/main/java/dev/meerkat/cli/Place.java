package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.SessionStore;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An open Meerkat, with the realm that names are looked up in.
 *
 * @param meerkat the sessions
 * @param realm the realm
 * @param still the store, if no turns run there
 * @param beneath closed after it
 */
record Place(Meerkat meerkat, String realm, Optional<SessionStore> still, Runnable beneath) implements AutoCloseable {
    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /** The session of an id or of a comms name. */
    Session session(String idOrName) throws InterruptedException {
        if (idOrName.isBlank()) {
            throw new InvalidFieldException("session", idOrName, "must be a session's id or comms name");
        }
        return isId(idOrName) ? meerkat.open(SessionId.of(idOrName)) : meerkat.open(realm, idOrName);
    }

    /** Whether turns run there. */
    boolean live() {
        return still.isEmpty();
    }

    /** Ends a session for good. */
    void archive(Session session) throws InterruptedException {
        if (still.isPresent()) {
            StoredArchive.of(still.get(), session.id());
        } else {
            session.archive();
        }
    }

    /** Deletes a session. */
    void delete(Session session) throws InterruptedException {
        if (still.isPresent()) {
            StoredArchive.delete(still.get(), session.id());
        } else {
            meerkat.delete(session.id());
        }
    }

    /** Whether a text is an id and no name. */
    static boolean isId(String text) {
        return UUID.matcher(text).matches();
    }

    @Override
    public void close() {
        try {
            meerkat.close();
        } finally {
            beneath.run();
        }
    }
}
