package dev.meerkat.langchain4j;

import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.meerkat.api.Json;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a provider spells an answer. */
interface Dialect {
    String KEY = "sk-a-key-that-nobody-may-see";

    StreamingChatModel streaming(URI url, Duration timeout);

    ChatModel blocking(URI url);

    /** The events before a text. */
    List<String> begin();

    String text(String piece);

    /** A tool call, in the pieces that its arguments come in. */
    List<String> tool(int index, String id, String name, String... pieces);

    /** The end of an answer that used 7 tokens and made 3. */
    List<String> end(boolean tools);

    /** An answer that was not streamed. */
    String whole(String text);

    /** An error in the middle of a stream. */
    String overloaded();

    default List<String> says(String text) {
        List<String> events = new ArrayList<>(begin());
        events.add(text(text));
        events.addAll(end(false));
        return events;
    }

    private static Map<String, Object> map(Object... pairs) {
        Map<String, Object> map = new java.util.LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }

    /** Chat completions of OpenAI. */
    final class OpenAi implements Dialect {
        @Override
        public StreamingChatModel streaming(URI url, Duration timeout) {
            return OpenAiStreamingChatModel.builder()
                    .httpClientBuilder(CancellableHttp.create())
                    .baseUrl(url.toString())
                    .apiKey(KEY)
                    .modelName("test")
                    .timeout(timeout)
                    .build();
        }

        @Override
        public ChatModel blocking(URI url) {
            return OpenAiChatModel.builder()
                    .httpClientBuilder(CancellableHttp.create())
                    .baseUrl(url.toString())
                    .apiKey(KEY)
                    .modelName("test")
                    .build();
        }

        @Override
        public List<String> begin() {
            return List.of(": a comment", delta(map("role", "assistant", "content", "")));
        }

        @Override
        public String text(String piece) {
            return delta(map("content", piece));
        }

        @Override
        public List<String> tool(int index, String id, String name, String... pieces) {
            List<String> events = new ArrayList<>();
            events.add(call(
                    map("index", index, "id", id, "type", "function", "function", map("name", name, "arguments", ""))));
            for (String piece : pieces) {
                events.add(call(map("index", index, "function", map("arguments", piece))));
            }
            return events;
        }

        private static String call(Map<String, Object> call) {
            return delta(map("tool_calls", List.of(call)));
        }

        @Override
        public List<String> end(boolean tools) {
            String reason = tools ? "tool_calls" : "stop";
            return List.of(
                    chunk(List.of(map("index", 0, "delta", map(), "finish_reason", reason)), null),
                    chunk(List.of(), map("prompt_tokens", 7, "completion_tokens", 3, "total_tokens", 10)),
                    "data: [DONE]");
        }

        @Override
        public String whole(String text) {
            return Json.of(map(
                            "id",
                            "x",
                            "model",
                            "test",
                            "choices",
                            List.of(map(
                                    "index",
                                    0,
                                    "message",
                                    map("role", "assistant", "content", text),
                                    "finish_reason",
                                    "stop")),
                            "usage",
                            map("prompt_tokens", 7, "completion_tokens", 3, "total_tokens", 10)))
                    .text();
        }

        @Override
        public String overloaded() {
            return "data: "
                    + Json.of(map("error", map("message", "try later", "type", "overloaded_error")))
                            .text();
        }

        private static String delta(Map<String, Object> delta) {
            return chunk(List.of(map("index", 0, "delta", delta)), null);
        }

        private static String chunk(List<?> choices, Object usage) {
            return "data: "
                    + Json.of(map(
                                    "id",
                                    "x",
                                    "object",
                                    "chat.completion.chunk",
                                    "model",
                                    "test",
                                    "choices",
                                    choices,
                                    "usage",
                                    usage))
                            .text();
        }
    }

    /** Messages of Anthropic. */
    final class Anthropic implements Dialect {
        @Override
        public StreamingChatModel streaming(URI url, Duration timeout) {
            return AnthropicStreamingChatModel.builder()
                    .httpClientBuilder(CancellableHttp.create())
                    .baseUrl(url.toString())
                    .apiKey(KEY)
                    .modelName("test")
                    .timeout(timeout)
                    .build();
        }

        @Override
        public ChatModel blocking(URI url) {
            return AnthropicChatModel.builder()
                    .httpClientBuilder(CancellableHttp.create())
                    .baseUrl(url.toString())
                    .apiKey(KEY)
                    .modelName("test")
                    .build();
        }

        @Override
        public List<String> begin() {
            return List.of(
                    event(
                            "message_start",
                            map(
                                    "message",
                                    map(
                                            "id",
                                            "x",
                                            "model",
                                            "test",
                                            "role",
                                            "assistant",
                                            "usage",
                                            map("input_tokens", 7, "output_tokens", 1)))),
                    event("ping", map()),
                    event("content_block_start", map("index", 0, "content_block", map("type", "text", "text", ""))));
        }

        @Override
        public String text(String piece) {
            return event("content_block_delta", map("index", 0, "delta", map("type", "text_delta", "text", piece)));
        }

        @Override
        public List<String> tool(int index, String id, String name, String... pieces) {
            int block = index + 1;
            List<String> events = new ArrayList<>();
            events.add(event(
                    "content_block_start",
                    map(
                            "index",
                            block,
                            "content_block",
                            map("type", "tool_use", "id", id, "name", name, "input", map()))));
            for (String piece : pieces) {
                events.add(event(
                        "content_block_delta",
                        map("index", block, "delta", map("type", "input_json_delta", "partial_json", piece))));
            }
            events.add(event("content_block_stop", map("index", block)));
            return events;
        }

        @Override
        public List<String> end(boolean tools) {
            return List.of(
                    event("content_block_stop", map("index", 0)),
                    event(
                            "message_delta",
                            map(
                                    "delta",
                                    map("stop_reason", tools ? "tool_use" : "end_turn"),
                                    "usage",
                                    map("output_tokens", 3))),
                    event("message_stop", map()));
        }

        @Override
        public String whole(String text) {
            return Json.of(map(
                            "id",
                            "x",
                            "model",
                            "test",
                            "role",
                            "assistant",
                            "type",
                            "message",
                            "content",
                            List.of(map("type", "text", "text", text)),
                            "stop_reason",
                            "end_turn",
                            "usage",
                            map("input_tokens", 7, "output_tokens", 3)))
                    .text();
        }

        @Override
        public String overloaded() {
            return event("error", map("error", map("type", "overloaded_error", "message", "try later")));
        }

        private static String event(String type, Map<String, Object> fields) {
            Map<String, Object> data = map("type", type);
            data.putAll(fields);
            return "event: " + type + "\ndata: " + Json.of(data).text();
        }
    }
}
