package dev.meerkat.server.internal.calls;

/** Where seconds come from: {@link Workers#everySecond}, or a test. */
@FunctionalInterface
public interface TickSource {
    /**
     * Calls a task about once a second.
     *
     * @param task must neither block nor throw
     * @return stops it; it may be called once more
     */
    Runnable start(Runnable task);
}
