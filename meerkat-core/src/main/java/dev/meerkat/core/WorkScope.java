package dev.meerkat.core;

/** One piece of work of a runtime, for a listener: from {@link RuntimeListener#begin} to its end. */
@FunctionalInterface
public interface WorkScope {
    /** Ignores the end. */
    WorkScope NONE = result -> {};

    /**
     * The work has ended. Called once, on the thread that began it.
     *
     * @param result how
     */
    void end(WorkResult result);
}
