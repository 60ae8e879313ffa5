package dev.meerkat.server.internal.rpc;

import java.io.IOException;
import java.io.InputStream;

/** Bytes from and to one client. */
interface Wire {
    /** Whether nobody but one client can have it, which has started this process, or has been started by it. */
    boolean isPrivate();

    /** What the client writes. */
    InputStream input();

    /** Writes and flushes; by one thread at a time. May wait for as long as the client does not read. */
    void write(byte[] bytes) throws IOException;

    /** Lets the reading thread see the end soon, where that can be done. Never blocks. */
    void stopReading(Thread reader);

    /** Ends reading and writing at once, where that can be done. Never blocks. */
    void abort();

    /** Ends it; called once, last, by the thread that writes. */
    void close();
}
