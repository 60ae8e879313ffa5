package dev.meerkat.server.internal.rest;

import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.Shared;
import java.io.IOException;

/** REST and server-sent events. */
public final class RestListener {
    private RestListener() {}

    /** Opens it. */
    @SuppressWarnings("DoNotCallSuggester")
    public static Listener open(Shared shared, String host, int port) throws IOException {
        throw new IOException("not yet");
    }
}
