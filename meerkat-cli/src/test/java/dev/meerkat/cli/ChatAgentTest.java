package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent chat, on a server on this machine that speaks as providers do. */
class ChatAgentTest {
    private static final String KEY = "sk-nobody-may-see-this";

    @TempDir
    Path directory;

    private HttpServer provider;
    private final List<String> paths = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws IOException {
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.createContext("/v1/chat/completions", exchange -> answer(exchange, "Authorization", 200, OPENAI));
        provider.createContext("/v1/messages", exchange -> answer(exchange, "X-api-key", 200, ANTHROPIC));
        provider.createContext(
                "/bad/chat/completions",
                exchange -> answer(
                        exchange, "Authorization", 401, "{\"error\":{\"message\":\"no such key: " + KEY + "\"}}"));
        provider.start();
    }

    private static final String OPENAI = """
            data: {"id":"x","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello "}}]}

            data: {"id":"x","choices":[{"index":0,"delta":{"content":"there."},"finish_reason":"stop"}]}

            data: [DONE]

            """;

    private static final String TOOL_CALL = """
            data: {"id":"x","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","function":{"name":"clock","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}

            data: [DONE]

            """;

    private static final String ANTHROPIC = """
            event: message_start
            data: {"type":"message_start","message":{"id":"x","usage":{"input_tokens":1,"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello there."}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}

            event: message_stop
            data: {"type":"message_stop"}

            """;

    private void answer(HttpExchange exchange, String header, int status, String body) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            paths.add(exchange.getRequestURI().getPath());
            keys.add(String.valueOf(exchange.getRequestHeaders().getFirst(header)));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @AfterEach
    void stop() {
        provider.stop(0);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + provider.getAddress().getPort() + path;
    }

    private static Cmd.Result run(Map<String, String> variables, String... args) {
        return Cmd.run(InputStream.nullInputStream(), variables, args);
    }

    @Test
    void aModelAnswersASessionAndTheKeyIsInTheEnvironment() {
        Cmd.Result result = run(
                        Map.of("MEERKAT_MODEL_KEY", KEY),
                        "run",
                        "--agent",
                        "chat",
                        "--model",
                        "m",
                        "--base-url",
                        url("/v1"),
                        "Hello.")
                .ok();

        assertThat(result.lines()).containsExactly("Hello there.");
        assertThat(keys).containsExactly("Bearer " + KEY);
        assertThat(result.out() + result.err()).doesNotContain(KEY);
    }

    @Test
    void anthropicIsSpokenAndTheKeyIsInAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("key"), KEY + "\n");
        Cmd.Result result = Cmd.run(
                        "run",
                        "--agent",
                        "chat",
                        "--provider",
                        "anthropic",
                        "--model",
                        "m",
                        "--base-url",
                        url("/v1"),
                        "--key-file",
                        file.toString(),
                        "Hello.")
                .ok();

        assertThat(result.lines()).containsExactly("Hello there.");
        assertThat(paths).containsExactly("/v1/messages");
        assertThat(keys).containsExactly(KEY);
    }

    @Test
    void ollamaIsAskedWithoutAKey() {
        Cmd.run("run", "--agent", "chat", "--provider", "ollama", "--model", "m", "--base-url", url("/v1"), "Hello.")
                .ok();
        assertThat(keys).containsExactly("null");
    }

    @Test
    void theKeyOfAProviderIsNotSentToAnotherServer() {
        Cmd.Result result = run(
                        Map.of("OPENAI_API_KEY", KEY),
                        "run",
                        "--agent",
                        "chat",
                        "--model",
                        "m",
                        "--base-url",
                        url("/v1"),
                        "Hello.")
                .ok();

        assertThat(keys).containsExactly("null");
        assertThat(result.err()).contains("OPENAI_API_KEY is not sent to --base-url");
    }

    @Test
    void aKeyThatIsRefusedFailsTheRunAndIsNotShown() {
        Cmd.Result result = run(
                Map.of("MEERKAT_MODEL_KEY", KEY),
                "run",
                "--agent",
                "chat",
                "--model",
                "m",
                "--base-url",
                url("/bad"),
                "Hello.");

        result.failsWith(ExitCode.AGENT_FAILED, "the provider answered 401: no such key: ***");
        assertThat(result.out() + result.err()).doesNotContain(KEY);
    }

    @Test
    void theModelMayAskForTheToolsOfClients() throws Exception {
        provider.createContext("/tools/chat/completions", exchange -> {
            String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            answer(exchange, "Authorization", 200, asked.contains("it is noon") ? OPENAI : TOOL_CALL);
        });
        try (PipedOutputStream out = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(out)) {
            Cmd.Running rpc = Cmd.start(in, "rpc", "--agent", "chat", "--model", "m", "--base-url", url("/tools"));
            say(out, "{'id':1,'method':'initialize','params':{}}");
            say(
                    out,
                    "{'id':2,'method':'tools/register','params':{'tools':[{'name':'clock','description':'time',"
                            + "'input_schema':{'type':'object'}}]}}");
            say(out, "{'id':3,'method':'session/create','params':{'prompt':'What time is it?'}}");
            rpc.awaitOutput("tool/execute");
            say(out, "{'id':'srv-0','result':{'content':'it is noon','is_error':false}}");
            rpc.awaitOutput("Hello there.");
            rpc.stop().ok();
        }
        assertThat(paths).containsExactly("/tools/chat/completions", "/tools/chat/completions");
    }

    @Test
    void aToolOfAClientWithTheNameOfOneOfTheAgentsIsLeftOut() throws Exception {
        List<String> asked = new CopyOnWriteArrayList<>();
        provider.createContext("/tools/chat/completions", exchange -> {
            asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            answer(exchange, "Authorization", 200, OPENAI);
        });
        try (PipedOutputStream out = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(out)) {
            Cmd.Running rpc = Cmd.start(in, "rpc", "--agent", "chat", "--model", "m", "--base-url", url("/tools"));
            say(out, "{'id':1,'method':'initialize','params':{}}");
            say(
                    out,
                    "{'id':2,'method':'tools/register','params':{'tools':["
                            + "{'name':'peers','description':'of the client','input_schema':{'type':'object'}},"
                            + "{'name':'clock','description':'time','input_schema':{'type':'object'}}]}}");
            say(out, "{'id':3,'method':'session/create','params':{'prompt':'Hello.'}}");
            rpc.awaitOutput("Hello there.");
            rpc.stop().ok();
        }
        assertThat(asked).singleElement().asString().contains("clock", "peers").doesNotContain("of the client");
    }

    private static void say(PipedOutputStream out, String message) throws IOException {
        String line = message.replace('\'', '"').replaceFirst("\\{", "{\"jsonrpc\":\"2.0\",") + "\n";
        out.write(line.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String[] with(String command, String... options) {
        List<String> args = new ArrayList<>(List.of(command, "--agent", "chat", "--model", "m"));
        args.addAll(List.of(options));
        return args.toArray(String[]::new);
    }

    private List<String> bodies(String path, String answer) {
        List<String> asked = new CopyOnWriteArrayList<>();
        provider.createContext(path, exchange -> {
            asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            answer(exchange, "Authorization", 200, answer);
        });
        return asked;
    }

    @Test
    void theLengthOfAnswersIsSentInTheFormOfEachProvider() {
        Map<String, String> forms = Map.of(
                "openai", "\"max_completion_tokens\":77",
                "ollama", "\"max_tokens\":77",
                "anthropic", "\"max_tokens\":77");
        forms.forEach((name, field) -> {
            boolean anthropic = name.equals("anthropic");
            List<String> asked = bodies(
                    "/" + name + (anthropic ? "/messages" : "/chat/completions"), anthropic ? ANTHROPIC : OPENAI);
            Cmd.run(with(
                            "run",
                            "--provider",
                            name,
                            "--base-url",
                            url("/" + name),
                            "--max-output-tokens",
                            "77",
                            "--context",
                            "refuse",
                            "--steering",
                            "give-up-call",
                            "Hello."))
                    .ok();
            assertThat(asked)
                    .singleElement()
                    .asString()
                    .satisfies(body -> assertThat(body.replaceAll("\\s", "")).contains(field));
        });
    }

    @Test
    void aTurnThatIsOverItsBudgetParksTheSession() {
        List<String> asked = bodies("/tools/chat/completions", TOOL_CALL);
        Cmd.Result result = Cmd.run(with(
                "run", "--base-url", url("/tools"), "--turn-budget", "model-calls=2,time=5m,tokens=1000", "Hello."));

        result.failsWith(ExitCode.AGENT_FAILED, "the budget of the turn is used up: 3 of 2 calls of the model");
        assertThat(asked).hasSize(2);
    }

    @Test
    void aSessionHasABudgetOfItsOwn() {
        List<String> asked = bodies("/tools/chat/completions", TOOL_CALL);
        Cmd.run(with("run", "--base-url", url("/tools"), "--session-budget", "tool-calls=3", "Hello."))
                .failsWith(ExitCode.AGENT_FAILED, "the budget of the session is used up: 4 of 3 calls of tools");
        assertThat(asked).hasSize(4);
    }

    @Test
    void aLongConversationIsCutOrSummedUp() {
        String prompt = "x".repeat(900);
        for (String policy : List.of("drop-oldest:1000", "compact:1000")) {
            List<String> asked = bodies("/" + policy.charAt(0) + "/chat/completions", OPENAI);
            Cmd.run(
                            new ByteArrayInputStream((prompt + "\n" + prompt + "\n").getBytes(StandardCharsets.UTF_8)),
                            Map.of(),
                            with(
                                    "run",
                                    "--base-url",
                                    url("/" + policy.charAt(0)),
                                    "--context",
                                    policy,
                                    "--stdin",
                                    "lines",
                                    prompt))
                    .ok();
            assertThat(asked.get(asked.size() - 1)).contains("earlier_conversation");
        }
    }

    @Test
    void optionsOfTheAgentChatThatCannotBeAreRefusedByName() {
        Map<String, List<String>> bad = Map.of(
                "--turn-budget",
                List.of("", "tokens=0", "tokens=-1", "tokens=many", "time=5", "time=0s", "tokens=1,time=x"),
                "--session-budget",
                List.of("time=1w", "tool-calls=1.5", "model-calls=99999999999999999999"),
                "--context",
                List.of("drop", "refuse:1", "drop-oldest", "compact:10", "compact:x", "compact:99999999999"),
                "--steering",
                List.of("", "now"),
                "--max-output-tokens",
                List.of("0", "-5"));
        Cmd.run(with("run", "--provider", "ollama", "--turn-budget", "calls=3", "Hello."))
                .failsWith(ExitCode.INVALID, "--turn-budget", "calls=3", "model-calls=N");
        bad.forEach((option, values) -> {
            for (String value : values) {
                Cmd.run(with("serve", "--rest", "127.0.0.1:0", "--provider", "ollama", option, value))
                        .failsWith(ExitCode.INVALID, option, "\"" + value.substring(value.lastIndexOf('=') + 1) + "\"");
            }
            Cmd.run("run", option, "1", "Hello.").failsWith(ExitCode.INVALID, option, "--agent chat");
        });
    }

    @Test
    void whatIsMissingOrWrongIsRefusedAtTheStart() {
        Cmd.run("run", "--agent", "chat", "Hello.").failsWith(ExitCode.INVALID, "--model must be given");
        Cmd.run("run", "--agent", "chat:m", "Hello.").failsWith(ExitCode.INVALID, "--model NAME");
        Cmd.run("run", "--agent", "chat", "--model", "m", "Hello.")
                .failsWith(ExitCode.INVALID, "OPENAI_API_KEY", "--key-file");
        Cmd.run("serve", "--rest", "127.0.0.1:0", "--agent", "chat", "--provider", "anthropic", "--model", "m")
                .failsWith(ExitCode.INVALID, "ANTHROPIC_API_KEY");
        Cmd.run("rpc", "--agent", "chat", "--provider", "oracle", "--model", "m")
                .failsWith(ExitCode.INVALID, "oracle");
        Cmd.run("run", "--model", "m", "Hello.").failsWith(ExitCode.INVALID, "--model", "--agent chat");
        Cmd.run("run", "--agent", "exec:cat", "--base-url", url("/v1"), "Hello.")
                .failsWith(ExitCode.INVALID, "--base-url");
        for (String bad : List.of("localhost:1", "ftp://localhost", "http:///v1", "http://h/v1?key=x", "http://a b")) {
            Cmd.run("mcp", "--agent", "chat", "--model", "m", "--base-url", bad)
                    .failsWith(ExitCode.INVALID, "--base-url", bad);
        }
        Cmd.Result secret =
                Cmd.run("run", "--agent", "chat", "--model", "m", "--base-url", "http://me:" + KEY + "@h/v1", "Hello.");
        secret.failsWith(ExitCode.INVALID, "--base-url", "--key-file");
        assertThat(secret.err()).doesNotContain(KEY);
        run(Map.of("MEERKAT_MODEL_KEY", " "), "run", "--agent", "chat", "--model", "m", "Hello.")
                .failsWith(ExitCode.INVALID, "MEERKAT_MODEL_KEY");
    }
}
