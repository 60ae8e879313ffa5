package dev.meerkat.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each snippet of the product page, as written, has the effect that the page promises. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PageTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String MESSAGE = "Build failed in CI. Please investigate.";
    private static final String RELEASE = "2026.04.21";

    @TempDir
    Path directory;

    @Test
    void theCommandStaysUntilItIsToldToEnd() throws Exception {
        String snippet = Page.snippet("cli keep-alive")
                .replace("rkat", "exec '" + Command.packaged("meerkat") + "'")
                .concat(" --store '" + directory.resolve("store.db") + "'");
        try (Command run = Command.start(Map.of(), List.of("sh", "-c", snippet))) {
            assertThat(run.lineWith("You are a coordinator.")).isNotBlank();
            assertThat(run.terminate()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.6", "0.9"})
    void jsonRpc(String line) throws Exception {
        Map<String, String> contract = Map.of("MEERKAT_CONTRACT", line);
        List<String> words =
                List.of(Command.packaged("meerkat-rpc"), "--realm", "page", "--state-root", directory.toString());
        try (Command server = Command.start(contract, words)) {
            server.write(
                    "{\"jsonrpc\":\"2.0\",\"id\":100,\"method\":\"session/create\",\"params\":{\"prompt\":\"You build.\","
                            + "\"keep_alive\":true,\"comms_name\":\"agent-b\"}}");
            String b = answer(server, 100).path("session_id").textValue();
            server.write(oneLine(Page.snippet("json-rpc keep-alive")));
            String a = answer(server, 1).path("session_id").textValue();
            told(server, a, "You are a coordinator.");

            server.write(oneLine(Page.snippet("json-rpc send", a)));
            // The message wakes agent-b, whose answer says that it has read it; it may be told before the receipt.
            told(server, b, MESSAGE);

            server.write(oneLine(Page.snippet("json-rpc peers", a)));
            assertThat(answer(server, 3).at("/peers/0/name").textValue()).isEqualTo("agent-b");

            server.write(oneLine(Page.snippet("json-rpc event", a)));
            told(server, a, RELEASE);
        }
    }

    private static String oneLine(String json) throws IOException {
        return MAPPER.readTree(json).toString();
    }

    private static JsonNode answer(Command server, int id) throws IOException {
        while (true) {
            JsonNode message = MAPPER.readTree(server.lineWith("\"id\":" + id));
            if (message.path("id").asInt() == id && !message.has("method")) {
                assertThat(message.has("error")).as(message.toString()).isFalse();
                return message.path("result");
            }
        }
    }

    /** Reads until a run of the session is told to be completed with an answer that has the text. */
    private static void told(Command server, String session, String text) throws IOException {
        while (true) {
            JsonNode message = MAPPER.readTree(server.lineWith(text));
            JsonNode payload = message.at("/params/event/payload");
            if (message.at("/params/session_id").asText().equals(session)
                    && payload.path("type").asText().equals("run_completed")
                    && payload.path("result").asText().contains(text)) {
                return;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.6", "0.9"})
    void rest(String line) throws Exception {
        Command.need("curl");
        try (Serving server = Serving.start("--rest", directory.resolve("store.db"), line)) {
            String b = MAPPER.readTree(
                            server.shell(
                                    "curl -s http://localhost:8080/sessions -H 'Content-Type: application/json' "
                                            + "-d '{\"prompt\":\"You build.\",\"keep_alive\":true,\"comms_name\":\"agent-b\"}'"))
                    .path("session_id")
                    .textValue();
            JsonNode created = MAPPER.readTree(server.shell(Page.snippet("rest keep-alive")));
            String a = created.path("session_id").textValue();
            assertThat(created.path("text").textValue()).contains("You are a coordinator.");

            JsonNode receipt = MAPPER.readTree(server.shell(Page.snippet("rest send", a)));
            assertThat(receipt.path("kind").textValue()).isEqualTo("peer_message_sent");
            untilTold(server, b, MESSAGE);

            JsonNode peers = MAPPER.readTree(server.shell(Page.snippet("rest peers", a)));
            assertThat(peers.at("/peers/0/name").textValue()).isEqualTo("agent-b");

            JsonNode queued = MAPPER.readTree(server.shell(Page.snippet("rest event", a)));
            assertThat(queued.path("queued").booleanValue()).isTrue();
            untilTold(server, a, RELEASE);
        }
    }

    /** Reads the session's stream from the start of its log. */
    private static void untilTold(Serving server, String session, String text) throws IOException {
        try (Command stream = server.shellProcess(
                "curl -sN -H 'Last-Event-ID: 0' http://localhost:8080/sessions/" + session + "/events")) {
            while (true) {
                String data = stream.lineWith(text);
                if (data.startsWith("data:") && data.contains("\"run_completed\"")) {
                    return;
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0.6.34, 0.6", "0.9.6, 0.9"})
    void python(String version, String line) throws Exception {
        String program = """
                import asyncio
                from meerkat import MeerkatClient

                async def heard(client, session_id, text):
                    for _ in range(400):
                        if text in ((await client.read_session(session_id)).last_assistant_text or ""):
                            return print("heard", text)
                        await asyncio.sleep(0.05)
                    raise AssertionError(text)

                async def main():
                    client = MeerkatClient(%s)
                    await client.connect(realm_id="page", state_root=%s)
                    other = await client.create_session("You build.", keep_alive=True, comms_name="agent-b")
                %s
                    await heard(client, session.id, "You are a coordinator.")
                %s
                    await heard(client, other.id, %s)
                %s
                %s
                    await heard(client, session.id, %s)
                    await client.close()

                asyncio.run(asyncio.wait_for(main(), 120))
                """.formatted(
                        quoted(Command.packaged("meerkat-rpc")),
                        quoted(directory.toString()),
                        inside("python keep-alive"),
                        inside("python send"),
                        quoted(MESSAGE),
                        inside("python peers"),
                        inside("python event"),
                        quoted(RELEASE));
        Path file = Files.writeString(directory.resolve("page.py"), program);
        String printed =
                Command.run(Map.of("MEERKAT_CONTRACT", line), Python.with("meerkat-sdk==" + version), file.toString());
        assertThat(printed.lines())
                .contains("heard You are a coordinator.", "heard " + MESSAGE, "agent-b", "heard " + RELEASE);
    }

    private static String inside(String snippet) throws IOException {
        return Page.snippet(snippet).indent(4).stripTrailing();
    }

    private static String quoted(String text) throws IOException {
        return MAPPER.writeValueAsString(text);
    }
}
