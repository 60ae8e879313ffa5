package dev.meerkat.client.fake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Puts recorded requests to the REST surface of a fake. */
final class AskedRest {
    private final FakeRest rest;
    private final ManualRuns runs;
    private final SameShape shape;

    AskedRest(FakeRest rest, ManualRuns runs, SameShape shape) {
        this.rest = rest;
        this.runs = runs;
        this.shape = shape;
    }

    /** Opens a recorded stream. */
    FakeSse open(String path) throws Exception {
        return (FakeSse) answer(request("GET", path, Map.of(), "")).stream();
    }

    /** The answer to a recorded request, in the form of the recording. */
    ObjectNode answer(JsonNode recorded) throws Exception {
        return recordable(answer(request(recorded)));
    }

    private FakeHttp.Response answer(FakeHttp.Request request) throws Exception {
        CompletableFuture<FakeHttp.Response> answer = rest.answer(request);
        runs.all();
        assertThat(answer).isDone();
        return answer.get();
    }

    private FakeHttp.Request request(JsonNode recorded) {
        Map<String, String> headers = new HashMap<>();
        recorded.path("headers")
                .properties()
                .forEach(header -> headers.put(
                        header.getKey().toLowerCase(Locale.ROOT),
                        header.getValue().asText()));
        JsonNode body = shape.translated(recorded.path("body"));
        return request(
                recorded.path("method").asText(),
                recorded.path("path").asText(),
                headers,
                body.isTextual() ? body.textValue() : body.toString());
    }

    private FakeHttp.Request request(String method, String path, Map<String, String> headers, String body) {
        String[] parts = shape.translated(path).split("\\?");
        return new FakeHttp.Request(
                method,
                parts[0],
                FakeHttp.query(parts.length > 1 ? parts[1] : null),
                headers,
                body.getBytes(StandardCharsets.UTF_8));
    }

    /** A response in the form of the recording. */
    private static ObjectNode recordable(FakeHttp.Response response) throws IOException {
        String body = new String(response.body(), StandardCharsets.UTF_8);
        return Js.obj(
                "status",
                response.status(),
                "headers",
                Js.obj("content-type", response.type()),
                "body",
                response.type().equals("application/json") ? Js.MAPPER.readTree(body) : body);
    }
}
