package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A tool that is offered.
 *
 * @param name its name
 * @param method the method of JSON-RPC that does its work; empty for the tools of event streams
 * @param description what it does, for the model
 * @param inputSchema the JSON schema of its arguments; always of an object, since strict hosts refuse others
 */
record McpTool(String name, String method, String description, ObjectNode inputSchema) {

    private static final String FILE = "tools.json";

    /** All tools, in the order in which they are listed. */
    static List<McpTool> all() {
        List<McpTool> tools = new ArrayList<>();
        for (JsonNode tool : read()) {
            tools.add(new McpTool(
                    tool.path("name").textValue(),
                    tool.path("method").textValue(),
                    tool.path("description").textValue(),
                    (ObjectNode) tool.path("inputSchema")));
        }
        return tools;
    }

    private static JsonNode read() {
        try (InputStream file = Objects.requireNonNull(McpTool.class.getResourceAsStream(FILE), FILE)) {
            byte[] bytes = file.readAllBytes();
            return WireJson.read(bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
