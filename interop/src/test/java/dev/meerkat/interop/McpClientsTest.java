package dev.meerkat.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** MCP clients use the tools: the Java library's own client by both ways in, and the official Python package. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class McpClientsTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final McpJsonMapper JSON = new JacksonMcpJsonMapper(MAPPER);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void overStandardInput() throws Exception {
        McpClientTransport transport = new StdioClientTransport(
                ServerParameters.builder(Command.packaged("meerkat"))
                        .args("mcp", "--realm", "page", "--state-root", directory.toString())
                        .build(),
                JSON);
        try (McpSyncClient client = client(transport)) {
            useAllTools(client);
            bringATool(client);
        }
    }

    @Test
    void overHttp() throws Exception {
        try (Serving server = Serving.start("--mcp", directory.resolve("store.db"), "0.9");
                McpSyncClient client =
                        client(HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + server.port())
                                .jsonMapper(JSON)
                                .endpoint("/mcp")
                                .build())) {
            useAllTools(client);
            bringATool(client);
        }
    }

    @Test
    void thePythonPackage() throws Exception {
        try (Serving server = Serving.start("--mcp", directory.resolve("store.db"), "0.9")) {
            String printed = Command.run(
                    Map.of(),
                    Python.with("mcp==1.30.0"),
                    Python.program("mcp_client.py", directory).toString(),
                    "http://127.0.0.1:" + server.port() + "/mcp",
                    Command.packaged("meerkat"),
                    directory.toString());
            assertThat(printed).endsWith("ok all\n");
        }
    }

    private static McpSyncClient client(McpClientTransport transport) {
        McpSyncClient client =
                McpClient.sync(transport).requestTimeout(PATIENCE).build();
        client.initialize();
        return client;
    }

    private static void useAllTools(McpSyncClient client) throws IOException {
        assertThat(client.listTools().tools())
                .extracting(McpSchema.Tool::name)
                .contains("meerkat_run", "meerkat_comms_send", "meerkat_external_event", "meerkat_event_stream_read");
        String b = call(client, "meerkat_run", "{'prompt':'You build.','keep_alive':true,'comms_name':'agent-b'}")
                .path("session_id")
                .textValue();
        JsonNode created = call(
                client,
                "meerkat_run",
                "{'prompt':'You are a coordinator.','keep_alive':true,'comms_name':'agent-a','model':null}");
        String a = created.path("session_id").textValue();
        assertThat(created.at("/content/0/text").textValue()).contains("You are a coordinator.");
        String streamOfB = open(client, b);
        String streamOfA = open(client, a);

        JsonNode sent = snippet(client, "mcp send", a);
        assertThat(sent.at("/receipt/kind").textValue()).isEqualTo("peer_message_sent");
        told(client, streamOfB, "Build failed in CI. Please investigate.");
        JsonNode peers = snippet(client, "mcp peers", a);
        assertThat(peers.at("/peers/0/name").textValue()).isEqualTo("agent-b");

        call(
                client,
                "meerkat_external_event",
                "{'session_id':'" + a + "','kind':'generic_json','event_type':'deploy_complete','payload':{'n':1.50}}");
        told(client, streamOfA, "deploy_complete");

        JsonNode resumed = call(client, "meerkat_resume", "{'session_id':'" + a + "','prompt':'What was it?'}");
        assertThat(resumed.at("/content/0/text").textValue()).contains("deploy_complete", "What was it?");
        String ofA = "{'session_id':'" + a + "'}";
        assertThat(call(client, "meerkat_read", ofA).path("session_id").textValue())
                .isEqualTo(a);
        assertThat(call(client, "meerkat_sessions", "{}").path("sessions")).hasSize(2);
        assertThat(call(client, "meerkat_history", ofA).path("messages")).hasSizeGreaterThan(3);
        assertThat(call(client, "meerkat_interrupt", ofA).path("interrupted").isBoolean())
                .isTrue();
        assertThat(call(client, "meerkat_capabilities", "{}").path("capabilities"))
                .isNotEmpty();
        assertThat(call(client, "meerkat_event_stream_close", "{'stream_id':'" + streamOfA + "'}")
                        .path("closed")
                        .booleanValue())
                .isTrue();
        assertThat(call(client, "meerkat_archive", ofA).path("archived").booleanValue())
                .isTrue();
        assertThatThrownBy(() -> call(client, "meerkat_resume", "{'session_id':'" + a + "','prompt':'?'}"))
                .isInstanceOf(McpError.class)
                .hasMessageContaining("ession not found");
        assertThatThrownBy(() -> call(client, "meerkat_read", "{'session_id':'no-id'}"))
                .isInstanceOf(McpError.class)
                .hasMessageContaining("session_id");
    }

    /** The agent calls a tool that the client brought along, which answers by a call of its own. */
    private static void bringATool(McpSyncClient client) throws IOException {
        JsonNode begun = call(
                client,
                "meerkat_run",
                "{'prompt':'call clock {}','tools':[{'name':'clock','description':'d','input_schema':{}}]}");
        assertThat(begun.path("status").textValue()).isEqualTo("pending_tool_call");
        assertThat(begun.at("/pending_tool_calls/0/tool_name").textValue()).isEqualTo("clock");
        JsonNode done = call(
                client,
                "meerkat_resume",
                "{'session_id':'" + begun.path("session_id").textValue()
                        + "','prompt':'','tool_results':[{'tool_use_id':'"
                        + begun.at("/pending_tool_calls/0/tool_use_id").textValue() + "','content':'noon'}]}");
        assertThat(done.at("/content/0/text").textValue()).contains("clock returned \"noon\"");
    }

    private static String open(McpSyncClient client, String session) throws IOException {
        return call(client, "meerkat_event_stream_open", "{'session_id':'" + session + "'}")
                .path("stream_id")
                .textValue();
    }

    private static void told(McpSyncClient client, String stream, String text) throws IOException {
        while (true) {
            JsonNode read =
                    call(client, "meerkat_event_stream_read", "{'stream_id':'" + stream + "','timeout_ms':30000}");
            assertThat(read.path("status").textValue()).isEqualTo("event");
            JsonNode payload = read.at("/event/payload");
            if (payload.path("type").asText().equals("run_completed")
                    && payload.path("result").asText().contains(text)) {
                return;
            }
        }
    }

    private static JsonNode snippet(McpSyncClient client, String name, String session) throws IOException {
        JsonNode call = MAPPER.readTree(Page.snippet(name, session));
        return call(
                client, call.path("name").textValue(), call.path("arguments").toString());
    }

    private static JsonNode call(McpSyncClient client, String tool, String arguments) throws IOException {
        McpSchema.CallToolResult result = client.callTool(McpSchema.CallToolRequest.builder(tool)
                .arguments(MAPPER.readValue(arguments.replace('\'', '"'), new TypeReference<Map<String, Object>>() {}))
                .build());
        List<McpSchema.Content> content = result.content();
        return MAPPER.readTree(((McpSchema.TextContent) content.get(0)).text());
    }
}
