package dev.meerkat.langchain4j;

import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** See {@link CancellableHttp}. */
final class CancellableHttpClient implements HttpClient {
    private static final int MOST_ERROR_BYTES = 64 << 10;

    private final java.net.http.HttpClient client;
    private final @Nullable Duration readTimeout;

    CancellableHttpClient(java.net.http.HttpClient client, @Nullable Duration readTimeout) {
        this.client = client;
        this.readTimeout = readTimeout;
    }

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(sent(request), BodyHandlers.ofByteArray());
        try {
            HttpResponse<byte[]> response =
                    readTimeout == null ? answer.get() : answer.get(readTimeout.toNanos(), TimeUnit.NANOSECONDS);
            if (!isSuccessful(response)) {
                throw HttpFailure.of(
                        response.statusCode(),
                        response.headers(),
                        new String(response.body(), StandardCharsets.UTF_8),
                        request);
            }
            return successful(response, response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelledException();
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("no answer within " + readTimeout, e);
        } catch (ExecutionException e) {
            throw failure(located(e.getCause() == null ? e : e.getCause(), request));
        } finally {
            answer.cancel(true);
        }
    }

    /** A connection that cannot be made is told with where it was to lead, which the client leaves out. */
    private static Throwable located(Throwable failure, HttpRequest request) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof ConnectException) && !(cause instanceof HttpConnectTimeoutException)) {
            return cause;
        }
        // A query may hold a key.
        String where = request.url().replaceFirst("\\?.*", "");
        ConnectException located = new ConnectException(
                "cannot connect to " + where + (cause.getMessage() == null ? "" : ": " + cause.getMessage()));
        located.initCause(cause);
        return located;
    }

    private static RuntimeException failure(Throwable cause) {
        return cause instanceof HttpTimeoutException ? new TimeoutException(cause) : new RuntimeException(cause);
    }

    @Override
    public void execute(HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
        Optional<ModelCall> call = ModelCall.current();
        EndsOnce once = new EndsOnce(request, listener, mark -> call.ifPresent(running -> running.marked(mark)));
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.sendAsync(sent(request), BodyHandlers.ofInputStream());
        call.ifPresent(running -> running.whenCancelled(() -> {
            once.cancel();
            close(answer);
        }));
        // On a thread of our own in each case: if the answer is there already, it would be the caller's.
        CompletableFuture<HttpResponse<InputStream>> unused = answer.whenCompleteAsync(
                (response, failure) -> {
                    try {
                        if (failure == null) {
                            read(request, response, parser, once);
                        } else {
                            once.onError(located(failure, request));
                        }
                    } finally {
                        call.ifPresent(ModelCall::streamEnded);
                    }
                },
                SharedHttp.THREADS);
    }

    /** Closes the connection, before the headers or after them. */
    private static void close(CompletableFuture<HttpResponse<InputStream>> answer) {
        if (!answer.cancel(true) && !answer.isCompletedExceptionally()) {
            try {
                answer.join().body().close();
            } catch (IOException e) {
                // It is of no use any more, in either way.
            }
        }
    }

    private void read(
            HttpRequest request, HttpResponse<InputStream> response, ServerSentEventParser parser, EndsOnce once) {
        try (InputStream body = watched(response.body())) {
            if (!isSuccessful(response)) {
                String text = new String(body.readNBytes(MOST_ERROR_BYTES), StandardCharsets.UTF_8);
                once.onError(HttpFailure.of(response.statusCode(), response.headers(), text, request));
                return;
            }
            once.onOpen(successful(response, null));
            String type = response.headers().firstValue("content-type").orElse("");
            HeadOfBody head = new HeadOfBody(body, MOST_ERROR_BYTES);
            parser.parse(type.startsWith("text/event-stream") ? body : head, once);
            String text = head.text();
            if (!once.hasEvents() && !text.isBlank()) {
                once.onError(HttpFailure.inPlaceOfStream(response.statusCode(), type, text, request));
            }
            once.onClose();
        } catch (IOException | RuntimeException e) {
            once.onError(e);
        }
    }

    private InputStream watched(InputStream body) {
        return readTimeout == null ? body : new WatchedBody(body, readTimeout, SharedHttp.TIMER);
    }

    private java.net.http.HttpRequest sent(HttpRequest request) {
        if (!request.formDataFields().isEmpty() || !request.formDataFiles().isEmpty()) {
            throw new UnsupportedFeatureException("forms are not sent by CancellableHttp");
        }
        java.net.http.HttpRequest.Builder sent = java.net.http.HttpRequest.newBuilder(URI.create(request.url()))
                .method(
                        request.method().name(),
                        request.body() == null ? BodyPublishers.noBody() : BodyPublishers.ofString(request.body()));
        request.headers().forEach((name, values) -> values.forEach(value -> sent.header(name, value)));
        if (readTimeout != null) {
            sent.timeout(readTimeout);
        }
        return sent.build();
    }

    private static SuccessfulHttpResponse successful(HttpResponse<?> response, byte @Nullable [] body) {
        HttpHeaders headers = response.headers();
        return SuccessfulHttpResponse.builder()
                .statusCode(response.statusCode())
                .headers(headers.map())
                .body(body)
                .build();
    }

    private static boolean isSuccessful(HttpResponse<?> response) {
        return response.statusCode() / 100 == 2;
    }
}
