package dev.meerkat.springai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.agent.ModelException;
import dev.meerkat.agent.ModelException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.TransientAiException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClientResponseException;

/** Which kind the failures of Spring AI, of Spring's HTTP clients and of SDKs have. */
class SpringAiFailuresTest {
    private static final String LONG = "{\"error\":{\"message\":\"maximum context length is 8192 tokens\"}}";

    /** As the SDKs of providers have it. */
    public static final class SdkException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;

        SdkException(int status, String message) {
            super(message);
            this.status = status;
        }

        /** The status. */
        public int statusCode() {
            return status;
        }
    }

    private static Kind kind(Throwable failure) {
        return SpringAiFailures.of(failure).kind();
    }

    private static RestClientResponseException answered(int status, String body, HttpHeaders headers) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        HttpStatusCode code = HttpStatusCode.valueOf(status);
        return status < 500
                ? new HttpClientErrorException(code, "", headers, bytes, StandardCharsets.UTF_8)
                : new HttpServerErrorException(code, "", headers, bytes, StandardCharsets.UTF_8);
    }

    @Test
    void theStatusOfAnAnswerSaysTheKind() {
        Map.of(
                        401, Kind.BAD_CREDENTIALS,
                        403, Kind.BAD_CREDENTIALS,
                        404, Kind.OTHER,
                        408, Kind.STALLED,
                        413, Kind.CONTEXT_TOO_LONG,
                        429, Kind.RATE_LIMITED,
                        500, Kind.OVERLOADED,
                        504, Kind.STALLED,
                        529, Kind.OVERLOADED)
                .forEach((status, kind) -> {
                    assertThat(kind(new IllegalStateException(answered(status, "{}", new HttpHeaders()))))
                            .as("status %s", status)
                            .isEqualTo(kind);
                    assertThat(kind(new SdkException(status, "no"))).isEqualTo(kind);
                    assertThat(kind(new NonTransientAiException("HTTP " + status + " - {}")))
                            .isEqualTo(kind);
                    assertThat(kind(new TransientAiException(status + " - {}"))).isEqualTo(kind);
                });
    }

    @Test
    void theBodySaysThatAConversationIsTooLongOrRefused() {
        ModelException failure = SpringAiFailures.of(answered(400, LONG, new HttpHeaders()));
        assertThat(failure.kind()).isEqualTo(Kind.CONTEXT_TOO_LONG);
        assertThat(failure).hasMessage("the provider answered 400: maximum context length is 8192 tokens");
        assertThat(kind(new NonTransientAiException("HTTP 400 - " + LONG))).isEqualTo(Kind.CONTEXT_TOO_LONG);
        assertThat(kind(new SdkException(400, "blocked by content_filter"))).isEqualTo(Kind.REFUSED);
        assertThat(kind(answered(429, "{\"error\":{\"code\":\"insufficient_quota\"}}", new HttpHeaders())))
                .isEqualTo(Kind.OTHER);
    }

    @Test
    void aRateLimitKeepsItsDelay() {
        HttpHeaders headers = new HttpHeaders();
        headers.set("Retry-After", "7");

        assertThat(SpringAiFailures.of(answered(429, "{}", headers)))
                .usingRecursiveComparison()
                .ignoringFields("stackTrace", "cause.stackTrace")
                .isEqualTo(new ModelException("the provider answered 429: {}", Duration.ofSeconds(7)));
    }

    @Test
    void whatHasNoStatusIsKnownByItsCauses() {
        assertThat(kind(new ResourceAccessException("I/O", new SocketTimeoutException("read"))))
                .isEqualTo(Kind.STALLED);
        assertThat(kind(new RuntimeException(new HttpTimeoutException("late")))).isEqualTo(Kind.STALLED);
        assertThat(kind(new RuntimeException(new TimeoutException("late")))).isEqualTo(Kind.STALLED);
        assertThat(kind(new ResourceAccessException("I/O", new IOException("reset"))))
                .isEqualTo(Kind.CUT_SHORT);
        assertThat(kind(new ResourceAccessException("I/O", new ConnectException("refused"))))
                .isEqualTo(Kind.OTHER);
        assertThat(kind(new TransientAiException("busy"))).isEqualTo(Kind.OVERLOADED);
        assertThat(kind(new NonTransientAiException("odd"))).isEqualTo(Kind.OTHER);
        assertThat(kind(new IllegalStateException("odd"))).isEqualTo(Kind.OTHER);
        ModelException known = new ModelException(Kind.REFUSED, "no", null);
        assertThat(SpringAiFailures.of(new RuntimeException(known))).isSameAs(known);
    }
}
