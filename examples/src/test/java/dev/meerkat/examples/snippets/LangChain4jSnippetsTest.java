package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.meerkat.agent.*;
import dev.meerkat.api.*;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.langchain4j.*;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs against a server on this machine that speaks as a provider does. */
@Timeout(120)
class LangChain4jSnippetsTest {
    // snippet: langchain4j-tools
    /** A tool, as LangChain4j has them. */
    public static final class Warehouse {
        @Tool("Tells how many packets of a thing are left.")
        public int left(@P("what") String thing) {
            return thing.equals("tea") ? 3 : 0;
        }
    }
    // end

    private static final String CALL = """
            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"left","arguments":"{\\"thing\\":\\"tea\\"}"}}]}}]}

            data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

            data: [DONE]

            """;
    private static final String ANSWER = """
            data: {"choices":[{"index":0,"delta":{"content":"Three packets."},"finish_reason":"stop"}]}

            data: [DONE]

            """;

    private final Queue<String> answers = new ConcurrentLinkedQueue<>();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private HttpServer provider;

    @BeforeEach
    void start() throws IOException {
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.createContext("/v1/chat/completions", exchange -> {
            try (exchange) {
                requests.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                byte[] body = answers.remove().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        provider.start();
    }

    @AfterEach
    void stop() {
        provider.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + provider.getAddress().getPort() + "/v1";
    }

    @Test
    void aModelWithAToolAnswers() throws InterruptedException {
        String url = url();
        String key = "none";
        answers.addAll(List.of(CALL, ANSWER));
        // snippet: langchain4j-agent
        StreamingChatModel model = OpenAiStreamingChatModel.builder()
                .httpClientBuilder(CancellableHttp.create())
                .baseUrl(url)
                .apiKey(key)
                .modelName("gpt-5-mini")
                .build();
        ChatAgent agent = ChatAgent.of(LangChain4jModel.of(model)).tools(LangChain4jTools.of(new Warehouse()));
        try (Meerkat meerkat = MeerkatRuntime.of(agent).open()) {
            Session session = meerkat.create(SessionSpec.ofPrompt("Is there tea left?"));
            TurnOutcome outcome = session.initialTurn()
                    .orElseThrow()
                    .await(Duration.ofSeconds(30))
                    .orElseThrow();
            System.out.println(outcome);
        }
        // end
        assertThat(requests).last().asString().contains("\"content\" : \"3\"");
    }

    @Test
    void threeLinesLetAModelAnswer() throws InterruptedException {
        OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder builder =
                OpenAiStreamingChatModel.builder().baseUrl(url()).apiKey("none").modelName("gpt-5-mini");
        answers.add(ANSWER);
        // snippet: langchain4j-readme
        StreamingChatModel model =
                builder.httpClientBuilder(CancellableHttp.create()).build();
        Meerkat meerkat =
                MeerkatRuntime.of(ChatAgent.of(LangChain4jModel.of(model))).open();
        Session session =
                meerkat.create(SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));
        // end
        try (meerkat) {
            assertThat(session.initialTurn()
                            .orElseThrow()
                            .await(Duration.ofSeconds(60))
                            .orElseThrow())
                    .isInstanceOfSatisfying(
                            TurnOutcome.Completed.class,
                            completed -> assertThat(completed.text()).isEqualTo("Three packets."));
        }
    }
}
