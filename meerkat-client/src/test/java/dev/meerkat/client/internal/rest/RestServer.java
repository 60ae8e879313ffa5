package dev.meerkat.client.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ClientTimeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;

/** A server that shakes hands as 0.9.8 does and else answers what a test put in, in order. */
final class RestServer extends Dispatcher implements AutoCloseable {
    static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String CAPABILITIES =
            "{\"contract_version\":{\"major\":0,\"minor\":9,\"patch\":8},\"capabilities\":[]}";

    private final MockWebServer server = new MockWebServer();
    private final BlockingQueue<MockResponse> answers = new LinkedBlockingQueue<>();
    private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();
    private final String capabilities;
    private final String hostInfo;

    private RestServer(String capabilities, String hostInfo) throws IOException {
        this.capabilities = capabilities;
        this.hostInfo = hostInfo;
        server.setDispatcher(this);
        server.start();
    }

    static RestServer start() throws IOException {
        return new RestServer(CAPABILITIES, "");
    }

    static RestServer saying(String capabilities, String hostInfo) throws IOException {
        return new RestServer(capabilities, hostInfo);
    }

    @Override
    public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
        if (request.getTarget().endsWith("/capabilities")) {
            return json(200, capabilities);
        }
        if (request.getTarget().endsWith("/runtime/host_info")) {
            return hostInfo.isEmpty() ? json(404, "") : json(200, hostInfo);
        }
        requests.add(request);
        MockResponse answer = answers.poll(10, TimeUnit.SECONDS);
        return answer == null ? text(500, "the test has no answer") : answer;
    }

    RestServer answers(MockResponse answer) {
        answers.add(answer);
        return this;
    }

    RestServer answers(int status, String json) {
        return answers(json(status, json));
    }

    static MockResponse json(int status, String body) {
        return new MockResponse.Builder()
                .code(status)
                .setHeader("Content-Type", "application/json")
                .body(body)
                .build();
    }

    static MockResponse text(int status, String body) {
        return new MockResponse.Builder()
                .code(status)
                .setHeader("Content-Type", "text/plain; charset=utf-8")
                .body(body)
                .build();
    }

    static MockResponse events(String body) {
        return new MockResponse.Builder()
                .code(200)
                .setHeader("Content-Type", "text/event-stream")
                .body(body)
                .build();
    }

    HttpUrl url() {
        return server.url("/");
    }

    /** What the client sent, without the handshake. */
    List<RecordedRequest> requests() {
        return List.copyOf(requests);
    }

    RecordedRequest lastRequest() {
        return requests.get(requests.size() - 1);
    }

    JsonNode lastBody() throws IOException {
        return MAPPER.readTree(lastRequest().getBody().utf8());
    }

    RestCalls connect() throws InterruptedException {
        return connect(settings -> settings);
    }

    RestCalls connect(UnaryOperator<RestSettings> change) throws InterruptedException {
        return connect(url(), change);
    }

    static RestCalls connect(HttpUrl url, UnaryOperator<RestSettings> change) throws InterruptedException {
        AtomicInteger ids = new AtomicInteger();
        RestSettings settings = RestSettings.of(url)
                .withTimeouts(new ClientTimeouts(
                        Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20)))
                .withLimits(ClientLimits.defaults());
        return RestCalls.connect(change.apply(settings), () -> "request-" + ids.incrementAndGet());
    }

    @Override
    public void close() {
        server.close();
    }
}
