package dev.meerkat.langchain4j;

import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Protocols of providers, for programs that choose one when they start. Programs that know theirs build a model of
 * LangChain4j and give it to {@link LangChain4jModel}.
 */
public enum Provider {
    /** The chat completions of OpenAI, which many servers speak. Needs {@code langchain4j-open-ai}. */
    OPENAI("https://api.openai.com/v1") {
        @Override
        StreamingChatModel build(String name, URI baseUrl, @Nullable String key, @Nullable Integer maxOutputTokens) {
            return OpenAiStreamingChatModel.builder()
                    .httpClientBuilder(CancellableHttp.create())
                    .baseUrl(baseUrl.toString())
                    .apiKey(key)
                    .modelName(name)
                    .maxCompletionTokens(maxOutputTokens)
                    .timeout(SILENCE)
                    .returnThinking(true)
                    .build();
        }
    },

    /** The messages of Anthropic. Needs {@code langchain4j-anthropic}. An answer has at most 8,192 tokens unless it is said. */
    ANTHROPIC("https://api.anthropic.com/v1") {
        @Override
        StreamingChatModel build(String name, URI baseUrl, @Nullable String key, @Nullable Integer maxOutputTokens) {
            return AnthropicStreamingChatModel.builder()
                    .httpClientBuilder(CancellableHttp.create())
                    .baseUrl(baseUrl.toString())
                    .apiKey(key == null ? "none" : key)
                    .modelName(name)
                    .maxTokens(maxOutputTokens == null ? ANTHROPIC_OUTPUT_TOKENS : maxOutputTokens)
                    .timeout(SILENCE)
                    .returnThinking(true)
                    .build();
        }
    },

    /** Ollama, by the chat completions of OpenAI. Needs {@code langchain4j-open-ai}, and no key. */
    OLLAMA("http://localhost:11434/v1") {
        @Override
        StreamingChatModel build(String name, URI baseUrl, @Nullable String key, @Nullable Integer maxOutputTokens) {
            return OpenAiStreamingChatModel.builder()
                    .httpClientBuilder(CancellableHttp.create())
                    .baseUrl(baseUrl.toString())
                    .apiKey(key)
                    .modelName(name)
                    .maxTokens(maxOutputTokens)
                    .timeout(SILENCE)
                    .returnThinking(true)
                    .build();
        }
    };

    /** How long a provider may send nothing; a model may think that long before its first word. */
    private static final Duration SILENCE = Duration.ofMinutes(2);

    /** This protocol has no default: each request must say it. */
    private static final int ANTHROPIC_OUTPUT_TOKENS = 8192;

    private final URI defaultUrl;

    Provider(String defaultUrl) {
        this.defaultUrl = URI.create(defaultUrl);
    }

    /**
     * Where the provider is, unless it is said.
     *
     * @return the base URL
     */
    public URI defaultUrl() {
        return defaultUrl;
    }

    /**
     * A model whose answers are as long as the provider lets them be.
     *
     * @param name as the provider spells it
     * @param baseUrl where the provider is, such as {@link #defaultUrl}
     * @param key the key, or null to send none
     * @return the model
     */
    public LangChain4jModel model(String name, URI baseUrl, @Nullable String key) {
        return LangChain4jModel.of(build(name, baseUrl, key, null));
    }

    /**
     * A model.
     *
     * @param name as the provider spells it
     * @param baseUrl where the provider is, such as {@link #defaultUrl}
     * @param key the key, or null to send none
     * @param maxOutputTokens how many tokens an answer may have, at least 1
     * @return the model
     */
    public LangChain4jModel model(String name, URI baseUrl, @Nullable String key, int maxOutputTokens) {
        if (maxOutputTokens < 1) {
            throw new IllegalArgumentException("maxOutputTokens must be at least 1: " + maxOutputTokens);
        }
        return LangChain4jModel.of(build(name, baseUrl, key, maxOutputTokens));
    }

    abstract StreamingChatModel build(
            String name, URI baseUrl, @Nullable String key, @Nullable Integer maxOutputTokens);
}
