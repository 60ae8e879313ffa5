package dev.meerkat.cli;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import java.util.regex.Pattern;

/**
 * An open Meerkat, with the realm that names are looked up in.
 *
 * @param meerkat the sessions
 * @param realm the realm
 * @param live whether turns run there
 * @param beneath closed after it
 */
record Place(Meerkat meerkat, String realm, boolean live, Runnable beneath) implements AutoCloseable {
    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /** The session of an id or of a comms name. */
    Session session(String idOrName) throws InterruptedException {
        if (idOrName.isBlank()) {
            throw new InvalidFieldException("session", idOrName, "must be a session's id or comms name");
        }
        return isId(idOrName) ? meerkat.open(SessionId.of(idOrName)) : meerkat.open(realm, idOrName);
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
