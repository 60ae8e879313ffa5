package dev.meerkat.core.store;

/** Told of the groups of writes that a store brings to disk. Must not block, and does not throw. */
@FunctionalInterface
public interface CommitObserver {
    /** Tells nobody. */
    CommitObserver NONE = writes -> stored -> {};

    /**
     * The store begins to write a group.
     *
     * @param writes how many writes it has
     * @return told of the end, on the same thread
     */
    Group begin(int writes);

    /** A group that is being written. */
    @FunctionalInterface
    interface Group {
        /**
         * The end.
         *
         * @param stored false if it was not stored, or that is unknown; a further attempt at it is a group of its own
         */
        void end(boolean stored);
    }
}
