package dev.meerkat.client;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How to start a server in a child process. Immutable. */
public final class StdioConnector {
    private final @Nullable Path executable;

    StdioConnector(@Nullable Path executable) {
        this.executable = executable;
    }

    /**
     * Starts the server and connects.
     *
     * @return a client, to be closed
     * @throws InterruptedException if interrupted while waiting
     */
    public RemoteMeerkat open() throws InterruptedException {
        return dev.meerkat.client.internal.wire.Later.later(String.valueOf(executable));
    }
}
