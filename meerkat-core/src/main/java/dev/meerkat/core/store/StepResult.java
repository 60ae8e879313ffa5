package dev.meerkat.core.store;

import dev.meerkat.api.Cursor;

/** What became of a {@link StepCommit}. */
public sealed interface StepResult permits StepResult.Committed, StepResult.KeyTaken, StepResult.Stale, Fenced {
    /**
     * It is stored.
     *
     * @param version the session's new version
     * @param last the place of its newest event
     */
    record Committed(long version, Cursor last) implements StepResult {}

    /**
     * Nothing was stored, for the session had a step under the same key before.
     *
     * @param sameContent whether that one had the same digest
     */
    record KeyTaken(boolean sameContent) implements StepResult {}

    /**
     * Nothing was stored, for the session has another version than expected, or is archived.
     *
     * @param version the version that the session has
     */
    record Stale(long version) implements StepResult {}
}
