package dev.meerkat.server.internal.calls;

import dev.meerkat.api.Json;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.ClientTools;
import java.util.List;

/** A connection whose client answers calls of tools. Thread-safe. */
public interface ToolHost {
    /** What its client registered by now. */
    List<ClientTools.Tool> tools();

    /** Calls a tool; throws as {@link ClientTools#call} does. */
    Json call(SessionId session, String name, Json arguments, String key) throws InterruptedException;
}
