package dev.meerkat.core.store;

/** What became of the wish to delete a session. */
public enum DeleteResult {
    /** It is deleted. */
    DELETED,
    /** There is none. */
    ABSENT,
    /** It is not archived; nothing was deleted. */
    LIVE
}
