package dev.meerkat.server;

import dev.meerkat.api.Json;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.internal.calls.ToolHosts;
import java.util.List;

/**
 * The tools that connected clients registered for the sessions they created ({@code tools/register} on the wire), for the
 * agent that answers those sessions' turns. Create one, give it to the agent and to {@link MeerkatServer#tools}.
 * Thread-safe.
 */
public sealed interface ClientTools permits ToolHosts {
    /** {@return a new, empty set of tools} */
    static ClientTools create() {
        return new ToolHosts();
    }

    /**
     * The tools of a session. The first turn of a session waits for them until its client knows of the session, for five
     * seconds at most; interrupted, it waits no longer, and stays interrupted.
     *
     * @param session the session
     * @return empty if no client that created it or took it up is connected
     */
    List<Tool> of(SessionId session);

    /**
     * Calls a tool and waits for its client's answer ({@code tool/execute} on the wire), for two minutes at most.
     *
     * @param session the session
     * @param name the tool
     * @param arguments any JSON
     * @param key stable for this call, also when it is made again
     * @return the client's answer: a text, or a list of content blocks
     * @throws dev.meerkat.api.NotDoneException if there is no such tool, code {@code tool_not_found}
     * @throws dev.meerkat.api.FailedException if the client says that the tool failed, code {@code tool_failed}
     * @throws dev.meerkat.api.UnknownOutcomeException if no answer came, code {@code tool_timeout} or
     *     {@code tool_client_gone}
     * @throws InterruptedException if interrupted while waiting
     */
    Json call(SessionId session, String name, Json arguments, String key) throws InterruptedException;

    /**
     * A registered tool.
     *
     * @param name its name
     * @param description what it does, for the model
     * @param inputSchema the JSON schema of its arguments
     */
    record Tool(String name, String description, Json inputSchema) {}
}
