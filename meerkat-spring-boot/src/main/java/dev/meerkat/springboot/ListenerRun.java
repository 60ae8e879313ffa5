package dev.meerkat.springboot;

/** Tells a method of events, on a thread of its own. */
interface ListenerRun extends Runnable {
    /** Before the thread starts, so that nothing is missed that comes later. */
    void begin() throws InterruptedException;

    /** From any thread: the run ends soon. */
    void end();

    /** After {@link #end}: waits until nothing more is stored, or for 30 s if the method does not return. */
    default void awaitEnd() throws InterruptedException {}
}
