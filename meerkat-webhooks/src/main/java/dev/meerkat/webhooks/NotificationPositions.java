package dev.meerkat.webhooks;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.SessionId;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How far each target was told of each session. Positions that survive a restart make sure that nothing is missed then.
 * Each target calls it from its own thread. {@link PostgresPositions} has them in a database.
 */
public interface NotificationPositions {
    /**
     * Reads the positions of a target.
     *
     * @param target the target's name
     * @return by session; empty if the target has never begun
     */
    Optional<Map<SessionId, Cursor>> read(String target);

    /**
     * Says that a target has begun.
     *
     * @param target the target's name
     * @param positions its first positions
     */
    void begin(String target, Map<SessionId, Cursor> positions);

    /**
     * Keeps a position. When this returns, it is as safe as it ever will be.
     *
     * @param target the target's name
     * @param session the session
     * @param position the last event that needs no more telling
     */
    void write(String target, SessionId session, Cursor position);

    /**
     * Forgets a session that is archived and told to its end.
     *
     * @param target the target's name
     * @param session the session
     */
    void forget(String target, SessionId session);

    /**
     * Says that this process tells a target, or goes on doing so. Called again and again, at least every ten seconds while
     * nothing is sent.
     *
     * @param target the target's name
     * @return false while another process tells it; then nothing is sent from here
     */
    default boolean claim(String target) {
        return true;
    }

    /**
     * Lets another process tell a target, at once.
     *
     * @param target the target's name
     */
    default void release(String target) {}

    /**
     * Positions that end with the process, for sessions that do so too.
     *
     * @return empty positions
     */
    static NotificationPositions inMemory() {
        return new MemoryPositions();
    }

    /**
     * Positions in a file of one process, such as beside the store.
     *
     * @param file the file, made if it is not there
     * @return the positions
     * @throws dev.meerkat.api.InvalidFieldException if the file cannot be read or written, or is none of this kind
     */
    static NotificationPositions inFile(Path file) {
        return FilePositions.open(file);
    }
}
