package dev.meerkat.server.internal.mcp;

import dev.meerkat.api.Json;

/**
 * A call of a tool that waits for its host's result.
 *
 * @param id stable for this call, also when the agent makes it again
 * @param name the tool
 * @param arguments any JSON
 */
record WaitingTool(String id, String name, Json arguments) {}
