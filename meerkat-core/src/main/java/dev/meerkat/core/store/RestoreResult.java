package dev.meerkat.core.store;

import dev.meerkat.api.SessionId;

/** What became of a session that was to be taken into a store. All but the first leave no trace. */
public sealed interface RestoreResult {
    /** It is there. */
    record Restored() implements RestoreResult {}

    /** The store has, or is still deleting, a session of this id. */
    record IdTaken() implements RestoreResult {}

    /**
     * Its comms name belongs to a live session of the realm.
     *
     * @param holder that session
     */
    record NameTaken(SessionId holder) implements RestoreResult {}
}
