package dev.meerkat.server.internal.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A pair of streams. Waits for as long as the client takes to read, or to end a line that it began: it is the only one, and
 * the parent of this process, which ends when it likes.
 *
 * <p>A thread that reads standard input can be freed by nobody but the client. It is a daemon, so it keeps no process
 * from ending.
 */
record StdioWire(InputStream input, OutputStream output) implements Wire {
    @Override
    public boolean isPrivate() {
        return true;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        output.write(bytes);
        output.flush();
    }

    @Override
    public void stopReading(Thread reader) {
        reader.interrupt();
    }

    @Override
    public void abort() {
        // To close a stream may wait for the very write that is stuck; close() comes after it.
    }

    @Override
    public void close() {
        try {
            output.close();
        } catch (IOException e) {
            // The client is gone; there is nobody to tell.
        }
    }
}
