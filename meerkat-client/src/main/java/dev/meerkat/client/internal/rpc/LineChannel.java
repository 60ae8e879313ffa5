package dev.meerkat.client.internal.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Two streams of bytes to and from a server. {@link #close} may be called by any thread at any time. */
interface LineChannel {

    /**
     * Connects; called once, before everything but {@link #close}.
     *
     * @throws dev.meerkat.client.ServerUnreachableException if there is no server
     */
    void open(Duration timeout);

    /** What comes from the server. */
    InputStream input();

    /** Writes and flushes; by one thread at a time. May wait for as long as the server does not read. */
    void write(byte[] bytes) throws IOException;

    /** The server, for messages. */
    String name();

    /**
     * What can be said of a server that is gone, as one or more lines, or empty text.
     *
     * @param wait how long to wait for its last words
     */
    String lastWords(Duration wait);

    /** Ends the connection, and a child process, within five seconds; idempotent. */
    void close();
}
