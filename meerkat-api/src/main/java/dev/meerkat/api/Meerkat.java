package dev.meerkat.api;

/**
 * The entry point: creates, opens and lists sessions, in this JVM or on a remote server.
 *
 * <p>Thread-safe. Methods that wait are bounded and can be interrupted.
 */
public interface Meerkat extends AutoCloseable {
    /** How often {@link #openOrCreate} looks for the session before it gives up. */
    int OPEN_OR_CREATE_ATTEMPTS = 8;

    /**
     * Creates a session and, if {@link SessionSpec#startsTurn}, starts its first turn; {@code
     * session/create} on the wire. Does not wait for that turn, see {@link Session#initialTurn()}.
     *
     * @param spec what it is to be
     * @return the live session, stored already
     * @throws CommsNameTakenException if another live session of the realm has its name
     * @throws NotSupportedException if a remote server cannot create such a session
     * @throws MeerkatClosedException if this was closed
     * @throws StoreException if it cannot be stored
     * @throws UnknownOutcomeException if it may have been stored
     * @throws InterruptedException if interrupted while waiting; it may have been stored
     */
    Session create(SessionSpec spec) throws InterruptedException;

    /**
     * Opens a session by its id, archived or not.
     *
     * @param id the id
     * @return the session
     * @throws SessionNotFoundException if there is none
     * @throws MeerkatClosedException if this was closed
     * @throws InterruptedException if interrupted while waiting
     */
    Session open(SessionId id) throws InterruptedException;

    /**
     * Opens a live session of the default realm by its comms name.
     *
     * @param commsName the name
     * @return the session
     * @throws SessionNotFoundException if there is none
     * @throws MeerkatClosedException if this was closed
     * @throws InterruptedException if interrupted while waiting
     */
    default Session open(String commsName) throws InterruptedException {
        return open(SessionSpec.DEFAULT_REALM, commsName);
    }

    /**
     * Opens a live session by its comms name.
     *
     * @param realm the realm of the name
     * @param commsName the name
     * @return the session
     * @throws SessionNotFoundException if there is none
     * @throws MeerkatClosedException if this was closed
     * @throws InterruptedException if interrupted while waiting
     */
    Session open(String realm, String commsName) throws InterruptedException;

    /**
     * Opens the live session that has the spec's comms name in its realm, and creates it if there is none. A session that is
     * there stays as it is, whatever else the spec says. Callers that do this at the same time get the same session.
     *
     * @param spec what the session is to be if it is created; needs a comms name
     * @return the session
     * @throws InvalidFieldException if the spec is null or has no comms name
     * @throws CommsNameTakenException if others took the name and gave it up again, so often that it was never free and never
     *     held when this looked
     * @throws NotSupportedException if a remote server cannot create such a session
     * @throws MeerkatClosedException if this was closed
     * @throws StoreException if it cannot be stored
     * @throws UnknownOutcomeException if it may have been stored; calling this again opens it then
     * @throws InterruptedException if interrupted while waiting; it may have been stored
     */
    default Session openOrCreate(SessionSpec spec) throws InterruptedException {
        String name = Check.notNull(spec, "spec")
                .commsName()
                .orElseThrow(() -> new InvalidFieldException(
                        "comms_name", "null", "must be set, so that the session is found by it"));
        for (int attempt = 1; ; attempt++) {
            try {
                return open(spec.realm(), name);
            } catch (SessionNotFoundException none) {
                try {
                    return create(spec);
                } catch (CommsNameTakenException faster) {
                    if (attempt == OPEN_OR_CREATE_ATTEMPTS) {
                        throw faster;
                    }
                }
            }
        }
    }

    /**
     * Lists live sessions, or archived ones if the query says so, oldest first; {@code session/list} on the wire.
     *
     * @param query which
     * @return one page
     * @throws NotSupportedException if the query asks for archived sessions and a remote server does not list them
     * @throws MeerkatClosedException if this was closed
     * @throws InterruptedException if interrupted while waiting
     */
    SessionPage list(SessionQuery query) throws InterruptedException;

    /**
     * A page of the inputs that live sessions gave up; {@code dead_letters/list} on the wire.
     *
     * @param offset how many dead letters to pass over, at least 0
     * @param limit how many to return, from 1 to {@link Limits#PAGE_ROWS}
     * @return the page, by session in order of creation, then in order of admission
     * @throws InvalidFieldException if a number is out of range
     * @throws NotSupportedException if a remote server keeps no dead letters
     * @throws MeerkatClosedException if this was closed
     * @throws InterruptedException if interrupted while waiting
     */
    DeadLetterPage deadLetters(int offset, int limit) throws InterruptedException;

    /**
     * Deletes a session with all that belongs to it: its inputs, transcript, events, keys, failed inputs, the requests that
     * it sent, and its messages that have not arrived. A live session is archived first, which stops its running turn. When
     * this returns, the session is found no more, and nothing of it is left in the files of an SQLite store. If the process
     * dies in between, the next opening of the store finishes it.
     *
     * <p>What other sessions have got from it, or wrote down about it, is theirs and stays. What they send to it from now on
     * is refused as to a session that never was, and a request that it has not answered stays open.
     *
     * @param id the session, archived or not
     * @throws SessionNotFoundException if there is none
     * @throws FailedException with the code {@code session_busy} if its running turn does not stop within the bounds;
     *     nothing is deleted then, and the session is archived when the turn stops
     * @throws NotSupportedException if a remote server deletes no sessions
     * @throws MeerkatClosedException if this was closed
     * @throws StoreException if nothing was deleted
     * @throws UnknownOutcomeException if it may be deleted, or is being deleted
     * @throws InterruptedException if interrupted while waiting; it may be deleted
     */
    void delete(SessionId id) throws InterruptedException;

    /** {@return what this Meerkat can do; never null, also after closing} */
    Capabilities capabilities();

    /**
     * Stops admitting work, lets running turns finish within the grace period, then interrupts them.
     * Until then a running turn may do all that it could do before. A turn that does not finish, or
     * fails meanwhile, is put aside without cost: its attempt is made again. Sessions do not end: what
     * was admitted durably goes on when the store is opened again. Bounded and idempotent.
     */
    @Override
    void close();
}
