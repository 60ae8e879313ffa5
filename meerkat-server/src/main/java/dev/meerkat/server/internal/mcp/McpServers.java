package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.Shared;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.spec.McpSchema;

/** What both MCP listeners offer. */
final class McpServers implements AutoCloseable {
    private final Shared shared;
    private final McpJson json;
    private final EventStreams streams;

    McpServers(Shared shared) {
        this.shared = shared;
        this.json = new McpJson(shared.limits().messageBytes());
        this.streams = new EventStreams(shared);
    }

    McpJson json() {
        return json;
    }

    /** Adds the tools to a server that is to be built. */
    <S extends McpServer.AsyncSpecification<S>> McpServer.AsyncSpecification<S> offer(
            McpServer.AsyncSpecification<S> server) {
        return server.serverInfo("meerkat-java", shared.calls().line().version())
                .capabilities(
                        McpSchema.ServerCapabilities.builder().tools(false).build())
                .jsonMapper(json.forLibrary())
                // The calls check their arguments themselves and name the field.
                .validateToolInputs(false)
                .tools(new McpToolCalls(shared, streams, json).specifications());
    }

    @Override
    public void close() {
        streams.close();
    }
}
