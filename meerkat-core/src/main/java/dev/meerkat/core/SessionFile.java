package dev.meerkat.core;

import dev.meerkat.api.CommsNameTakenException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.internal.Claims;
import dev.meerkat.core.internal.SessionImport;
import dev.meerkat.core.internal.codec.PartOrder;
import dev.meerkat.core.internal.codec.SessionLines;
import dev.meerkat.core.store.SessionPart;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.wire.internal.form.Node;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Takes a session from one store to another, or to the same one later: as a file of JSON Lines that has all of it. What the session
 * had acknowledged is there again, a key that it knew is a duplicate again, and what waits is handled once by whoever runs the
 * session next. Its id, its name and its identity for peers stay.
 *
 * <p>Each line has a checksum of all lines up to it, and the last one tells that the file is whole. Lines of the same session are the
 * same bytes, whichever store they come from. They hold the secret of the session's identity and all that was said: keep them like the
 * store. All methods are thread-safe.
 */
public final class SessionFile {
    private SessionFile() {}

    /**
     * Writes a session, as it is between two steps. A runtime may have the store, and the session may run: what comes later is not in
     * the file, and a turn that is open goes on from its last step where the file is read, as after a crash. The session stays where it
     * is. So that nothing is done twice, only one of the two may run: delete this one before the other is read.
     *
     * @param store the store that has the session
     * @param id the session, archived or not
     * @param out where to; not closed
     * @throws IOException if it cannot be written there
     * @throws SessionNotFoundException if there is no such session
     * @throws StoreException if the store cannot be read, or an entry is over 64 MiB
     * @throws dev.meerkat.api.NotSupportedException if the store keeps only a part of each session
     */
    public static void write(SessionStore store, SessionId id, OutputStream out) throws IOException {
        SessionLines.Writer lines = new SessionLines.Writer(out);
        try {
            if (!store.export(id, lines::part)) {
                throw new SessionNotFoundException(id.toString());
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        lines.end();
    }

    /**
     * Reads all of a session, and looks whether its parts make up a whole one.
     *
     * @param store the store that has the session
     * @param id the session, archived or not
     * @throws SessionNotFoundException if there is no such session
     * @throws StoreException if it cannot be read, or parts of it are missing or contradict each other
     * @throws dev.meerkat.api.NotSupportedException if the store keeps only a part of each session
     */
    public static void check(SessionStore store, SessionId id) {
        AtomicReference<@Nullable PartOrder> order = new AtomicReference<>();
        boolean there = store.export(id, part -> {
            PartOrder begun = order.get();
            if (part instanceof SessionPart.Head head) {
                order.set(new PartOrder(head));
            } else if (begun != null) {
                whole(id, () -> begun.follows(part));
            }
        });
        PartOrder all = order.get();
        if (!there || all == null) {
            throw new SessionNotFoundException(id.toString());
        }
        whole(id, all::end);
    }

    private static void whole(SessionId id, Runnable look) {
        try {
            look.run();
        } catch (Node.Malformed e) {
            throw new StoreException("session " + id + " is not whole: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a file to its end, and stores nothing.
     *
     * @param in the file; not closed
     * @return the id of the session that it has
     * @throws IOException if it cannot be read
     * @throws SessionFileException if the file is damaged, not whole, or none of a session
     */
    public static SessionId check(InputStream in) throws IOException {
        SessionLines.Reader lines = new SessionLines.Reader(in);
        SessionPart.Head head = lines.head();
        PartOrder order = new PartOrder(head);
        while (lines.next(order) != null) {
            // The order looks at it.
        }
        return head.id();
    }

    /**
     * Makes the session that was written. It appears at its end, or not at all. A store in memory or in a file must have no
     * runtime meanwhile, and the next one goes on with the session; an open runtime takes it in by {@link SessionTransfer}. Nodes that
     * share a store go on with it at once.
     *
     * @param store the store that is to have it
     * @param in the file; read to its end, not closed
     * @return the session's id
     * @throws IOException if the file cannot be read
     * @throws InterruptedException if the thread is interrupted; the session is not there then
     * @throws SessionFileException if the file is damaged, not whole, or none of a session; nothing is stored
     * @throws SessionExistsException if the store has a session of that id; nothing is stored
     * @throws CommsNameTakenException if another live session of the realm has the name; nothing is stored
     * @throws dev.meerkat.api.StoreInUseException if a runtime has the store
     * @throws StoreException if the store does not take it; nothing is stored
     * @throws UnknownOutcomeException if the session may be there; look whether it is
     */
    public static SessionId read(SessionStore store, InputStream in) throws IOException, InterruptedException {
        boolean alone = store.sharing().isEmpty();
        if (alone) {
            Claims.claim(store, "an import");
        }
        try {
            return SessionImport.of(store, in, () -> {});
        } finally {
            if (alone) {
                Claims.release(store);
            }
        }
    }
}
