package dev.meerkat.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Puts recorded requests of REST to our server, one after the other, and opens the streams when they were opened. */
final class RestReplay {
    private static final String SECRET = "s3cret";
    private static final int GUARD_MILLIS = 30_000;

    private final Recording recording;
    private final Consumer<String> differences;
    private final Aliases aliases = new Aliases();
    private final Shapes shapes;
    private final Served served;
    private final Deque<JsonNode> unopened = new ArrayDeque<>();
    private final List<SseReader> streams = new ArrayList<>();
    private final Events theirs = new Events();
    private final Events ours = new Events();

    RestReplay(Recording recording, Path directory, Consumer<String> differences) throws IOException {
        this.recording = recording;
        this.differences = differences;
        this.shapes = new Shapes(aliases, differences);
        this.served = new Served(
                directory,
                server ->
                        server.contract(recording.line()).webhookSecret(SECRET).rest("127.0.0.1", 0));
        recording.rows().stream()
                .filter(row -> row.has("sse"))
                .sorted((one, other) -> Long.compare(opened(one), opened(other)))
                .forEach(unopened::add);
    }

    private static long opened(JsonNode stream) {
        return stream.at("/sse/lines/0/0").asLong();
    }

    void play() throws IOException, InterruptedException {
        try (served) {
            List<JsonNode> rows = recording.rows();
            for (int i = 0; i < rows.size(); i++) {
                JsonNode row = rows.get(i);
                served.settle(session -> 0);
                if (row.has("request")) {
                    open(row.path("t_ms").asLong());
                    exchange(i, row.path("request"), row.path("response"));
                } else if (row.has("line")) {
                    served.stop();
                    served.restart(row.at("/line/restart").asText());
                }
            }
            served.stop();
        }
        for (SseReader stream : streams) {
            SseReader.take(stream.toString(), stream.end(), ours);
        }
        theirs.compare(ours, differences);
    }

    private void open(long now) throws InterruptedException {
        while (!unopened.isEmpty() && opened(unopened.peek()) < now) {
            JsonNode stream = unopened.remove().path("sse");
            SseReader reader = new SseReader(uri(stream.path("path").asText()));
            Served.until("a stream began", reader::hasBegun);
            streams.add(reader);
            List<String> lines = new ArrayList<>();
            stream.path("lines").forEach(line -> lines.add(line.get(1).asText()));
            SseReader.take(stream.path("path").asText(), lines, theirs);
        }
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + served.port() + aliases.translated(path));
    }

    private void exchange(int row, JsonNode request, JsonNode theirs) throws IOException, InterruptedException {
        String method = request.path("method").asText();
        String path = request.path("path").asText();
        JsonNode ours = answer(method, path, request);
        String where = method + " " + path.replaceFirst("\\?.*", "").replaceFirst("/sessions/[^/]+", "/sessions/{id}");
        int status = theirs.path("status").asInt();
        if (status != ours.path("status").asInt()) {
            differences.accept("#" + row + " " + where + ": " + summary(theirs) + " is " + summary(ours));
        } else if (status >= 400) {
            shapes.compare("refused", theirs, ours);
        } else {
            shapes.compare(where, theirs, ours);
        }
    }

    private static String summary(JsonNode response) {
        return (response.path("status").asText() + " "
                        + response.at("/body/code").asText())
                .strip();
    }

    /** Our answer in the form of the recording, over a connection of its own. */
    private JsonNode answer(String method, String path, JsonNode request) throws IOException {
        JsonNode body = aliases.translated(request.path("body"));
        HttpURLConnection connection = (HttpURLConnection) uri(path).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setRequestProperty("Connection", "close");
        connection.setReadTimeout(GUARD_MILLIS);
        request.path("headers")
                .properties()
                .forEach(header -> connection.setRequestProperty(
                        header.getKey(), header.getValue().asText()));
        if (!body.isNull()) {
            connection.setDoOutput(true);
            String text = body.isTextual() ? body.textValue() : body.toString();
            connection.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        }
        int status = connection.getResponseCode();
        ObjectNode answer = WireJson.object().put("status", status);
        ObjectNode headers = answer.putObject("headers");
        Optional.ofNullable(connection.getContentType()).ifPresent(type -> headers.put("content-type", type));
        try (InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
            String said = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return answer.set("body", said.startsWith("{") ? Recording.json(said) : TextNode.valueOf(said));
        }
    }
}
