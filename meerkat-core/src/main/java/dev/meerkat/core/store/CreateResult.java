package dev.meerkat.core.store;

import dev.meerkat.api.SessionId;

/** What became of a {@link NewSession}. */
public sealed interface CreateResult permits CreateResult.Created, CreateResult.NameTaken, Fenced {
    /**
     * It is stored.
     *
     * @param session as stored
     */
    record Created(StoredSession session) implements CreateResult {}

    /**
     * Its comms name belongs to a live session of the realm; nothing was stored.
     *
     * @param holder that session
     */
    record NameTaken(SessionId holder) implements CreateResult {}
}
