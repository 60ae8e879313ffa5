package dev.meerkat.client.fake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The REST surface of a fake on a loopback port. */
@SuppressWarnings("try") // closing may be interrupted
public final class FakeRest implements AutoCloseable {
    private static final long MOST_MINUTES = 5;

    private final FakeServer server;
    private final FakeRestCalls calls;
    private final @Nullable FakeHttp http;

    private FakeRest(FakeServer server, boolean listens) throws IOException {
        this.server = server;
        calls = new FakeRestCalls(server);
        http = listens ? new FakeHttp(this::wait) : null;
    }

    /** Listens on a free port. */
    public static FakeRest listening(FakeServer server) throws IOException {
        return new FakeRest(server, true);
    }

    /** Without a port, to be asked directly. */
    static FakeRest direct(FakeServer server) throws IOException {
        return new FakeRest(server, false);
    }

    /** Where it listens. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + http().port());
    }

    private FakeHttp http() {
        return java.util.Objects.requireNonNull(http);
    }

    /** Ends all connections, and goes on listening. */
    public void dropConnections() throws IOException {
        http().dropConnections();
    }

    private FakeHttp.Response wait(FakeHttp.Request request) throws InterruptedException {
        try {
            return answer(request).get(MOST_MINUTES, TimeUnit.MINUTES);
        } catch (ExecutionException | TimeoutException e) {
            return json(500, Js.obj("error", String.valueOf(e), "code", "INTERNAL_ERROR"));
        }
    }

    /** The answer to a request, once its turn has ended if it runs one. */
    CompletableFuture<FakeHttp.Response> answer(FakeHttp.Request request) {
        try {
            JsonNode body = body(request);
            CompletableFuture<FakeHttp.Response> answer =
                    server.locked(() -> calls.answer(request, body)).exceptionally(this::failed);
            return answer;
        } catch (FakeError e) {
            return CompletableFuture.completedFuture(refused(e));
        } catch (JsonProcessingException e) {
            return CompletableFuture.completedFuture(
                    text(400, "Failed to parse the request body as JSON: key must be a string at line 1 column 2"));
        } catch (NoRoute e) {
            return CompletableFuture.completedFuture(text(404, ""));
        } catch (Refused e) {
            return CompletableFuture.completedFuture(e.response);
        }
    }

    private FakeHttp.Response failed(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof FakeError error
                ? refused(error)
                : json(500, Js.obj("error", String.valueOf(failure), "code", "INTERNAL_ERROR"));
    }

    /** A path that the real servers do not know. */
    static final class NoRoute extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** An answer that goes out instead of the one that was asked for. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final transient FakeHttp.Response response;

        Refused(FakeHttp.Response response) {
            super(null, null, false, false);
            this.response = response;
        }
    }

    private static JsonNode body(FakeHttp.Request request) throws JsonProcessingException {
        if (!request.method().equals("POST")
                || request.path().endsWith("/interrupt")
                || request.path().endsWith("/cancel")) {
            return MissingNode.getInstance();
        }
        if (!request.headers().getOrDefault("content-type", "").startsWith("application/json")) {
            throw new Refused(text(415, "Expected request with `Content-Type: application/json`"));
        }
        return Js.MAPPER.readTree(new String(request.body(), StandardCharsets.UTF_8));
    }

    static FakeHttp.Response json(int status, ObjectNode body) {
        return new FakeHttp.Response(status, "application/json", Js.bytes(body));
    }

    static FakeHttp.Response text(int status, String body) {
        return new FakeHttp.Response(status, "text/plain; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
    }

    private static FakeHttp.Response error(int status, String message, @Nullable String code) {
        return json(status, Js.obj("error", message, "code", code));
    }

    /** The answer that says what went wrong. */
    static FakeHttp.Response refused(FakeError e) {
        return switch (e.kind) {
            case SHAPE -> text(422, "Failed to deserialize the JSON body into the target type: " + e.text());
            case VALUE, COMMAND -> error(400, e.text(), "BAD_REQUEST");
            case NOT_FOUND, NO_COMMS -> error(404, e.text(), "NOT_FOUND");
            case NOT_RUNNING -> error(404, e.text(), null);
            case SEND -> {
                JsonNode data = e.data == null ? Js.obj() : e.data;
                String code = data.path("code").asText();
                yield json(500, Js.obj("error", code + ": " + e.text(), "code", code, "details", data));
            }
            case KEY_CONFLICT -> {
                ObjectNode body = Js.obj("error", e.text());
                body.setAll(e.data == null ? Js.obj() : e.data);
                yield json(409, body);
            }
            case CANCELLED -> error(499, e.text(), "REQUEST_CANCELLED");
            case TURN -> error(500, e.text(), "TURN_ABANDONED");
            default -> error(400, e.text(), "BAD_REQUEST");
        };
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (http != null) {
            http.close();
        }
    }
}
