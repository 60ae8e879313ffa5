package dev.meerkat.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A model on this machine, of the chat completions kind, that does what the last user message says:
 * {@code hold} answers only when {@link #release} lets it, {@code tool NAME} calls a tool, {@code fail}
 * is an error, and everything else is answered with "ok". So a turn can be held, which the servers' own
 * test client cannot.
 */
public final class FakeModel implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final long MOST_SECONDS = 60;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Semaphore held = new Semaphore(0);
    private final Semaphore released = new Semaphore(0);
    private final AtomicInteger calls = new AtomicInteger();

    private FakeModel(HttpServer server) {
        this.server = server;
    }

    /** Starts it on a free port. */
    public static FakeModel start() throws IOException {
        FakeModel model =
                new FakeModel(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        model.server.createContext("/", model::answer);
        model.server.setExecutor(model.threads);
        model.server.start();
        return model;
    }

    /** Waits until one more call is held. */
    public void awaitHeld() throws InterruptedException {
        if (!held.tryAcquire(MOST_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("no turn was held");
        }
    }

    /** Lets one held call go. */
    public void release() {
        released.release();
    }

    /** The part of a realm's configuration that makes this the default model. */
    String configuration(String realm) {
        return """
                [agent]
                model = "fake"
                [self_hosted.servers.local]
                transport = "openai_compatible"
                base_url = "http://127.0.0.1:%1$d"
                api_style = "chat_completions"
                [self_hosted.models.fake]
                server = "local"
                remote_model = "fake"
                display_name = "fake"
                family = "fake"
                tier = "supported"
                context_window = 100000
                max_output_tokens = 1000
                vision = false
                image_tool_results = false
                inline_video = false
                supports_temperature = true
                supports_thinking = false
                supports_reasoning = false
                [realm.%2$s]
                default_binding = "only"
                [realm.%2$s.backend.local]
                provider = "self_hosted"
                backend_kind = "self_hosted"
                server = "local"
                [realm.%2$s.auth.none]
                provider = "self_hosted"
                auth_method = "none"
                source = { kind = "platform_default" }
                [realm.%2$s.binding.only]
                backend_profile = "local"
                auth_profile = "none"
                """.formatted(server.getAddress().getPort(), realm);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode request = MAPPER.readTree(exchange.getRequestBody());
            JsonNode messages = request.path("messages");
            String asked = lastOf(messages);
            if (asked.contains("fail")) {
                send(exchange, 400, "application/json", "{\"error\":{\"message\":\"asked to fail\"}}");
                return;
            }
            boolean toolDone = "tool"
                    .equals(messages.path(messages.size() - 1).path("role").asText());
            if (asked.contains("hold") && !toolDone) {
                held.release();
                if (!released.tryAcquire(MOST_SECONDS, TimeUnit.SECONDS)) {
                    return;
                }
            }
            ObjectNode delta = asked.contains("tool ") && !toolDone ? toolCall(asked) : text("ok");
            send(exchange, 200, "text/event-stream", chunks(delta));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The text of the newest user message. */
    private static String lastOf(JsonNode messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if ("user".equals(messages.get(i).path("role").asText())) {
                return messages.get(i).path("content").toString();
            }
        }
        return "";
    }

    private static ObjectNode text(String content) {
        return MAPPER.createObjectNode().put("role", "assistant").put("content", content);
    }

    private ObjectNode toolCall(String asked) {
        String name = asked.substring(asked.indexOf("tool ") + 5).replaceAll("\\W.*", "");
        ObjectNode delta = MAPPER.createObjectNode().put("role", "assistant").putNull("content");
        ObjectNode call = delta.putArray("tool_calls").addObject();
        call.put("index", 0).put("id", "call_" + calls.incrementAndGet()).put("type", "function");
        call.putObject("function").put("name", name).put("arguments", "{\"zone\":\"utc\"}");
        return delta;
    }

    private static String chunks(ObjectNode delta) {
        String finish = delta.has("tool_calls") ? "tool_calls" : "stop";
        ObjectNode usage = MAPPER.createObjectNode()
                .put("prompt_tokens", 1)
                .put("completion_tokens", 1)
                .put("total_tokens", 2);
        ObjectNode last = chunk(MAPPER.createObjectNode(), finish);
        last.set("usage", usage);
        return "data: " + chunk(delta, null) + "\n\ndata: " + last + "\n\ndata: [DONE]\n\n";
    }

    private static ObjectNode chunk(ObjectNode delta, @Nullable String finish) {
        ObjectNode chunk = MAPPER.createObjectNode();
        chunk.put("id", "c")
                .put("object", "chat.completion.chunk")
                .put("created", 1)
                .put("model", "fake");
        ArrayNode choices = chunk.putArray("choices");
        ObjectNode choice = choices.addObject().put("index", 0);
        choice.set("delta", delta);
        choice.put("finish_reason", finish);
        return chunk;
    }

    private static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Stops it and lets all that is held go. */
    @Override
    public void close() {
        released.release(1_000);
        server.stop(0);
        threads.shutdownNow();
    }
}
