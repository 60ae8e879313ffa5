package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.Shared;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.spec.McpSchema;
import java.time.Duration;

/** What both MCP listeners offer. */
final class McpServers implements AutoCloseable {
    /** As long as a tool of any other client may take. */
    private static final Duration TOOL_LIMIT = Duration.ofMinutes(2);

    private final Shared shared;
    private final McpJson json;
    private final EventStreams streams;
    private final Runs runs;

    McpServers(Shared shared) {
        this.shared = shared;
        this.json = new McpJson(shared.limits().messageBytes());
        this.streams = new EventStreams(shared);
        this.runs = new Runs(shared, TOOL_LIMIT);
    }

    McpJson json() {
        return json;
    }

    /**
     * Adds the tools to a server that is to be built. The library deprecates log messages for a later protocol;
     * hosts of today read the events of a run from them.
     */
    @SuppressWarnings("deprecation")
    <S extends McpServer.AsyncSpecification<S>> McpServer.AsyncSpecification<S> offer(
            McpServer.AsyncSpecification<S> server) {
        return server.serverInfo("meerkat-java", shared.calls().line().version().toString())
                .capabilities(McpSchema.ServerCapabilities.builder()
                        .tools(false)
                        .logging()
                        .build())
                .jsonMapper(json.forLibrary())
                // The calls check their arguments themselves and name the field.
                .validateToolInputs(false)
                .tools(new McpToolCalls(shared, streams, runs, json).specifications());
    }

    @Override
    public void close() {
        streams.close();
        runs.close();
    }
}
