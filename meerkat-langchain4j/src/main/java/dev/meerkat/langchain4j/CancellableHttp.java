package dev.meerkat.langchain4j;

import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP client to build models of LangChain4j with, so that their calls can be cancelled at any time:
 *
 * <pre>{@code
 * OpenAiStreamingChatModel.builder().httpClientBuilder(CancellableHttp.create())...
 * }</pre>
 *
 * <p>Cancelling a call of a {@link LangChain4jModel} closes its connection at once, also before the first byte of the
 * answer. The stock client can be cancelled only when the first part of the answer is there. Besides:
 *
 * <ul>
 *   <li>the read timeout (the {@code timeout} of a model) holds for each wait for a byte, not only for the headers; it
 *       is noticed after at most twice the time;
 *   <li>an answer that breaks off is an error, and so is an error in the middle of it;
 *   <li>the {@code Retry-After} of a rate limit is kept;
 *   <li>keys of requests do not appear in errors;
 *   <li>all models share one {@link java.net.http.HttpClient} with threads of its own. It speaks HTTP/1.1.
 * </ul>
 *
 * <p>It does not send forms, which models for audio need. Give each model one of its own, for models change its time limits. Not
 * thread-safe; what it builds is.
 */
public final class CancellableHttp implements HttpClientBuilder {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);

    private Duration connectTimeout = CONNECT_TIMEOUT;
    private @Nullable Duration readTimeout;

    private CancellableHttp() {}

    /**
     * A builder that connects within 15 seconds and waits for answers as long as it takes, unless the model says
     * otherwise.
     *
     * @return the builder
     */
    public static CancellableHttp create() {
        return new CancellableHttp();
    }

    @Override
    public Duration connectTimeout() {
        return connectTimeout;
    }

    @Override
    public CancellableHttp connectTimeout(@Nullable Duration timeout) {
        connectTimeout = timeout == null ? CONNECT_TIMEOUT : timeout;
        return this;
    }

    @Override
    public @Nullable Duration readTimeout() {
        return readTimeout;
    }

    @Override
    public CancellableHttp readTimeout(@Nullable Duration timeout) {
        readTimeout = timeout;
        return this;
    }

    @Override
    public HttpClient build() {
        return new CancellableHttpClient(SharedHttp.client(connectTimeout), readTimeout);
    }
}
