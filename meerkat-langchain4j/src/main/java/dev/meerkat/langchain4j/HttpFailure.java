package dev.meerkat.langchain4j;

import dev.langchain4j.exception.HttpException;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An answer of a provider that is an error, with the wait that it asks for. Its message holds no key. */
final class HttpFailure extends HttpException {
    private static final long serialVersionUID = 1L;

    private static final Set<String> KEYS = Set.of("authorization", "x-api-key", "api-key", "x-goog-api-key");
    private static final int LEAST_KEY = 8;

    /** Some servers send the field in each event, with null in it. */
    private static final Pattern ERROR = Pattern.compile("\\s*\\{\\s*\"error\"\\s*:\\s*[^n\\s]");

    /** The status that an error has if it comes before the stream, by the type or code that it has in the stream. */
    private static final Map<String, Integer> STATUS = Map.ofEntries(
            Map.entry("invalid_request_error", 400),
            Map.entry("context_length_exceeded", 400),
            Map.entry("authentication_error", 401),
            Map.entry("invalid_api_key", 401),
            Map.entry("permission_error", 403),
            Map.entry("not_found_error", 404),
            Map.entry("request_too_large", 413),
            Map.entry("rate_limit_error", 429),
            Map.entry("rate_limit_exceeded", 429),
            Map.entry("insufficient_quota", 429),
            Map.entry("timeout_error", 504),
            Map.entry("overloaded_error", 529));

    private final @Nullable Duration retryAfter;

    private HttpFailure(int status, String message, @Nullable Duration retryAfter) {
        super(status, message);
        this.retryAfter = retryAfter;
    }

    /** An error instead of an answer. */
    static HttpFailure of(int status, HttpHeaders headers, String body, HttpRequest request) {
        return new HttpFailure(
                status, withoutKeys(body, request), retryAfter(headers).orElse(null));
    }

    /** An error in the middle of a stream. */
    static Optional<HttpFailure> of(ServerSentEvent event, HttpRequest request) {
        boolean named = "error".equals(event.event());
        String data = event.data();
        return data != null && (named || isError(data)) ? Optional.of(told(data, request)) : Optional.empty();
    }

    /** A body in the place of a stream, with a status that says that all is well. */
    static HttpFailure inPlaceOfStream(int status, String contentType, String body, HttpRequest request) {
        if (isError(body)) {
            return told(body, request);
        }
        String message = "no stream of events, but " + (contentType.isEmpty() ? "a body" : contentType) + ": " + body;
        return new HttpFailure(status, withoutKeys(message, request), null);
    }

    private static boolean isError(String data) {
        return ERROR.matcher(data).lookingAt();
    }

    /** An error that comes without a status of its own, in a stream or in its place. */
    private static HttpFailure told(String data, HttpRequest request) {
        int status = List.of("/error/code", "/error/status", "/error/type", "/code").stream()
                .map(pointer -> status(data, pointer))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(500);
        return new HttpFailure(status, withoutKeys(data, request), null);
    }

    /** The status that a field names, in a word or as the status itself. */
    private static Optional<Integer> status(String data, String pointer) {
        String said = value(data, pointer).map(Json::text).orElse("").replace("\"", "");
        return said.matches("[45]\\d\\d") ? Optional.of(Integer.parseInt(said)) : Optional.ofNullable(STATUS.get(said));
    }

    /** The text at a place of a body; empty if there is none, or the body is no JSON. */
    static Optional<String> text(String body, String pointer) {
        return value(body, pointer).filter(json -> json.text().startsWith("\"")).map(json -> json.as(String.class));
    }

    private static Optional<Json> value(String body, String pointer) {
        try {
            return Json.parse(body).at(pointer);
        } catch (InvalidFieldException e) {
            return Optional.empty();
        }
    }

    Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    private static String withoutKeys(String text, HttpRequest request) {
        String clean = text;
        for (Map.Entry<String, List<String>> header : request.headers().entrySet()) {
            if (KEYS.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                for (String value : header.getValue()) {
                    String key = value.startsWith("Bearer ") ? value.substring("Bearer ".length()) : value;
                    clean = key.length() < LEAST_KEY ? clean : clean.replace(key, "***");
                }
            }
        }
        return clean;
    }

    private static Optional<Duration> retryAfter(HttpHeaders headers) {
        Optional<Duration> exact = headers.firstValue("retry-after-ms")
                .flatMap(HttpFailure::decimal)
                .map(Duration::ofMillis);
        return exact.isPresent()
                ? exact
                : headers.firstValue("retry-after")
                        .flatMap(
                                value -> decimal(value).map(Duration::ofSeconds).or(() -> until(value, headers)));
    }

    /** At most some nine digits: nobody waits for longer. */
    private static Optional<Long> decimal(String value) {
        return value.strip().matches("\\d{1,9}") ? Optional.of(Long.parseLong(value.strip())) : Optional.empty();
    }

    /** A date, compared with the date of the answer: so the clock of this machine does not matter. */
    private static Optional<Duration> until(String date, HttpHeaders headers) {
        try {
            String now = headers.firstValue("date").orElse("");
            Duration wait = Duration.between(parsed(now), parsed(date));
            return wait.isNegative() ? Optional.empty() : Optional.of(wait);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static ZonedDateTime parsed(String date) {
        return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME);
    }
}
