package dev.meerkat.core;

import dev.meerkat.api.CommsNameTakenException;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.UnknownOutcomeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Takes sessions out of an open runtime and into one, as a {@link SessionFile}. Every Meerkat of this JVM can; one that is reached over
 * the wire cannot. Thread-safe.
 */
public interface SessionTransfer {
    /**
     * That of a Meerkat.
     *
     * @param meerkat not null
     * @return its transfer
     * @throws NotSupportedException if the Meerkat is in another process: use {@code meerkat export} and {@code import} beside its store
     */
    static SessionTransfer of(Meerkat meerkat) {
        if (meerkat instanceof SessionTransfer transfer) {
            return transfer;
        }
        throw new NotSupportedException(
                "sessions are not exported or imported over the wire: use meerkat export and meerkat import"
                        + " beside the store, or SessionFile");
    }

    /**
     * Writes a session, as {@link SessionFile#write} does. It stays, and may run meanwhile.
     *
     * @param id the session, archived or not
     * @param out where to; not closed
     * @throws IOException if it cannot be written there
     * @throws SessionNotFoundException if there is no such session
     * @throws StoreException if the store cannot be read, or an entry is over 64 MiB
     * @throws NotSupportedException if the store keeps only a part of each session
     */
    void exportSession(SessionId id, OutputStream out) throws IOException;

    /**
     * Makes the session that was written, whole or not at all, and goes on with it at once: what waits is handled, and what is scheduled
     * comes when it is due. Blocks while it reads and writes; other sessions go on meanwhile.
     *
     * @param in the file; read to its end, not closed
     * @return the session's id
     * @throws IOException if the file cannot be read
     * @throws InterruptedException if the thread is interrupted; the session is not there then
     * @throws SessionFileException if the file is damaged, not whole, or none of a session; nothing is stored
     * @throws SessionExistsException if the store has a session of that id; nothing is stored
     * @throws CommsNameTakenException if another live session of the realm has the name; nothing is stored
     * @throws dev.meerkat.api.MeerkatClosedException if the runtime is closed, or closes meanwhile; nothing is stored
     * @throws dev.meerkat.api.TooManySessionsException if the runtime has as many sessions as it may; nothing is stored
     * @throws StoreException if the store does not take it; nothing is stored
     * @throws UnknownOutcomeException if the session may be there; look whether it is
     */
    SessionId importSession(InputStream in) throws IOException, InterruptedException;
}
