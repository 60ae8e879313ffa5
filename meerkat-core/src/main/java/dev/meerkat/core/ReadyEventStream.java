package dev.meerkat.core;

import dev.meerkat.api.EventStream;
import dev.meerkat.api.SessionEvent;
import java.util.function.Predicate;

/**
 * An event stream that says when there is something to read, so that many idle ones need no thread. Every stream of a
 * runtime in this JVM is one.
 */
public interface ReadyEventStream extends EventStream {
    /**
     * Has a listener called once, as soon as {@link #next} may return something without waiting, or the stream or its
     * runtime has ended; if that is so already, at once, by the calling thread. Replaces a listener that was not called
     * yet. To read all: call {@link #next} with a timeout of zero until nothing comes, then set the listener again.
     *
     * @param listener called by any thread; must neither block, nor throw, nor read the stream
     */
    default void whenReady(Runnable listener) {
        whenReady(listener, input -> true);
    }

    /**
     * The same, but new inputs that do not matter to the listener do not call it: they are read with the next event that
     * does.
     *
     * @param listener called by any thread; must neither block, nor throw, nor read the stream
     * @param matters of a new input, whether to call the listener; must neither block nor throw
     */
    void whenReady(Runnable listener, Predicate<SessionEvent.InputAdmitted> matters);

    /**
     * Gives back what was read ahead of the reader, who will not read for a while; it is read again then. So a reader that
     * waits for somebody slow holds no memory.
     */
    default void rest() {}
}
