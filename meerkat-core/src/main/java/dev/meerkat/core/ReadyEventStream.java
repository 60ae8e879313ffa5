package dev.meerkat.core;

import dev.meerkat.api.EventStream;

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
    void whenReady(Runnable listener);
}
