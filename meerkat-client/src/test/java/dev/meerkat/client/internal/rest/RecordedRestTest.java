package dev.meerkat.client.internal.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.client.internal.calls.LiveFeed;
import dev.meerkat.client.internal.wire.Created;
import dev.meerkat.client.internal.wire.OwnLabels;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Everything that was recorded of a running 0.9.8: what we send is what was sent, what came is understood. */
@Timeout(60)
class RecordedRestTest {
    private static final String SECRET = "s3cret";

    /** What becomes of each recorded exchange; of those marked with ~, we would not send the request as it is. */
    private static final List<String> EXPECTED = List.of(
            "ok",
            "~connected 0.9.8",
            "created, completed: ok",
            "created, completed: ok",
            "~ServerErrorException agent_error",
            "~NotDoneException invalid_params",
            "~NotDoneException invalid_params",
            "~NotDoneException invalid_params",
            "completed: ok",
            "2 sessions",
            "~NotDoneException invalid_params",
            "session of 5 rows, labels {team=infra}",
            "~session of 5 rows, labels {team=infra}",
            "history 2 of 5",
            "NotDoneException unauthorized",
            "NotDoneException unauthorized",
            "accepted without id",
            "accepted without id",
            "accepted without id",
            "conflict with 01a20566-573d-76c5-8bd2-e75491bc21b9",
            "~NotDoneException invalid_params",
            "~NotDoneException invalid_params",
            "NotDoneException session_not_live",
            "SessionNotFoundException session_not_found",
            "~NotDoneException invalid_params",
            "SessionNotFoundException session_not_found",
            "~NotDoneException invalid_params",
            "PeerNotFoundException peer_not_found_or_not_trusted",
            "receipt InputAccepted",
            "~NotDoneException send_failed",
            "NotDoneException comms_not_enabled",
            "0 peers",
            "NotDoneException comms_not_enabled",
            "~NotDoneException invalid_params",
            "history 5 of 5",
            "history 5 of 5",
            "completed: ok",
            "history 10 of 10",
            "interrupted true",
            "context applied true",
            "archived",
            "SessionNotFoundException session_not_found",
            "SessionNotFoundException session_not_found",
            "history 11 of 11",
            "SessionNotFoundException session_not_found",
            "SessionNotFoundException session_not_found");

    private static List<JsonNode> recorded() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        try (InputStream in = RecordedRestTest.class.getResourceAsStream("/recorded/rest-0.9.8.jsonl");
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(RestServer.MAPPER.readTree(line));
            }
        }
        return lines;
    }

    @Test
    void everyRecordedExchangeIsUnderstood() throws Exception {
        List<String> outcomes = new ArrayList<>();
        for (JsonNode line : recorded()) {
            if (line.has("request")) {
                outcomes.add(replay(line.path("request"), line.path("response")));
            }
        }

        assertThat(outcomes)
                .containsExactlyElementsOf(
                        EXPECTED.stream().map(e -> e.replace("~", "")).toList());
    }

    @Test
    void whatWeSendIsWhatWasSent() throws Exception {
        int compared = 0;
        List<JsonNode> lines = recorded();
        for (int i = 0; i < EXPECTED.size(); i++) {
            if (!EXPECTED.get(i).startsWith("~")) {
                compare(lines.get(i));
                compared++;
            }
        }
        assertThat(compared).isEqualTo(33);
    }

    private static void compare(JsonNode line) throws Exception {
        JsonNode request = line.path("request");
        try (RestServer server = RestServer.start()) {
            server.answers(answer(line.path("response"))).answers(200, "{\"state\":\"attached\"}");
            try (RestCalls calls = connect(server, request)) {
                perform(calls, request);
            }
            RecordedRequest sent = server.requests().get(0);
            assertThat(sent.getMethod()).isEqualTo(request.path("method").asText());
            String recordedPath = request.path("path").asText();
            if (recordedPath.contains("?")) {
                assertThat(sent.getTarget()).isEqualTo(recordedPath);
            } else {
                // We always ask for a page.
                assertThat(sent.getUrl().encodedPath()).isEqualTo(recordedPath);
            }
            assertThat(sent.getHeaders().get("X-Webhook-Secret"))
                    .isEqualTo(request.path("headers").path("X-Webhook-Secret").textValue());
            if (request.path("body").isNull()) {
                assertThat(sent.getBodySize()).isZero();
            } else {
                assertThat(sent.getHeaders().get("Content-Type")).isEqualTo("application/json");
                assertThat(withoutOurOwn(sent, request.path("body"))).isEqualTo(request.path("body"));
            }
        }
    }

    /** The client adds labels of its own to sessions with a name, and writes what the server takes as default. */
    private static JsonNode withoutOurOwn(RecordedRequest sent, JsonNode recorded) throws IOException {
        ObjectNode body = (ObjectNode) RestServer.MAPPER.readTree(sent.getBody().utf8());
        if (!recorded.has("handling_mode")
                && body.path("handling_mode").asText().equals("queue")) {
            body.remove("handling_mode");
        }
        if (!recorded.has("source") && body.path("source").asText().equals("rpc")) {
            body.remove("source");
        }
        if (body.path("labels").has(OwnLabels.COMMS_NAME)) {
            ((ObjectNode) body.path("labels")).remove(List.of(OwnLabels.COMMS_NAME, OwnLabels.KEEP_ALIVE));
            if (body.path("labels").isEmpty()) {
                body.remove("labels");
            }
        }
        return body;
    }

    private static MockResponse answer(JsonNode response) {
        JsonNode body = response.path("body");
        return new MockResponse.Builder()
                .code(response.path("status").asInt())
                .setHeader(
                        "Content-Type",
                        response.path("headers").path("content-type").asText())
                .body(body.isTextual() ? body.textValue() : body.toString())
                .build();
    }

    private static RestCalls connect(RestServer server, JsonNode request) throws InterruptedException {
        JsonNode secret = request.path("headers").path("X-Webhook-Secret");
        return server.connect(s -> secret.isTextual() ? s.withWebhookSecret(secret.textValue()) : s);
    }

    private static String replay(JsonNode request, JsonNode response) throws Exception {
        if (request.path("path").asText().equals("/capabilities")) {
            try (RestServer server = RestServer.saying(response.path("body").toString(), "");
                    RestCalls calls = server.connect()) {
                return "connected " + calls.facts().contract();
            }
        }
        try (RestServer server = RestServer.start()) {
            if (request.path("path").asText().endsWith("/status")) {
                // It is the second part of a read.
                server.answers(answer(recorded().get(11).path("response")));
            }
            server.answers(answer(response)).answers(200, "{\"state\":\"attached\"}");
            try (RestCalls calls = connect(server, request)) {
                return perform(calls, request);
            }
        }
    }

    private static String perform(RestCalls calls, JsonNode request) throws Exception {
        try {
            return call(calls, request);
        } catch (MeerkatException e) {
            return e.getClass().getSimpleName() + " " + e.code();
        } catch (ExecutionException e) {
            MeerkatException typed = (MeerkatException) e.getCause();
            return typed.getClass().getSimpleName() + " " + typed.code();
        }
    }

    private static String call(RestCalls calls, JsonNode request) throws Exception {
        String[] path = request.path("path").asText().split("\\?", 2)[0].split("/");
        JsonNode body = request.path("body");
        String first = path[1];
        if (first.equals("health")) {
            assertThat(calls.health()).isEmpty();
            return "ok";
        }
        if (first.equals("comms")) {
            return path[2].equals("send") ? send(calls, body) : peers(calls, request);
        }
        if (path.length == 2) {
            return request.path("method").asText().equals("GET") ? list(calls) : create(calls, body);
        }
        SessionId session = path[2].equals("not-a-uuid")
                ? SessionId.of("01900000-0000-7000-8000-000000000000")
                : SessionId.of(path[2]);
        return path.length == 3
                ? session(calls, request.path("method").asText(), session)
                : session(calls, path[3], session, request);
    }

    private static String list(RestCalls calls) throws InterruptedException {
        return calls.list(0, 100).size() + " sessions";
    }

    private static String create(RestCalls calls, JsonNode body) throws InterruptedException {
        SessionSpec spec = SessionSpec.ofPrompt(body.path("prompt").asText("x"));
        if (body.has("system_prompt")) {
            spec = spec.withSystemPrompt(body.path("system_prompt").asText());
        }
        if (body.has("comms_name")) {
            spec = spec.withKeepAliveAs(body.path("comms_name").asText());
        }
        Map<String, String> labels = new HashMap<>();
        body.path("labels")
                .properties()
                .forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
        Created created = calls.create(spec.withLabels(labels));
        assertThat(created.realm()).isEqualTo("t1");
        return "created, " + outcome(created.firstTurn());
    }

    private static String outcome(TurnOutcome outcome) {
        return outcome instanceof TurnOutcome.Completed done ? "completed: " + done.text() : outcome.toString();
    }

    private static String send(RestCalls calls, JsonNode body) throws InterruptedException {
        SessionId session = SessionId.of(body.path("session_id").asText());
        if (body.path("kind").asText().equals("input")) {
            CommsCommand.Input input = CommsCommand.Input.of(body.path("body").asText());
            return "receipt " + calls.send(session, input, null).getClass().getSimpleName();
        }
        String to = body.path("to").asText();
        PeerId peer = PeerId.of(to.equals("agent-b") ? "00000000-0000-5000-8000-000000000000" : to);
        CommsCommand.PeerMessage message =
                CommsCommand.PeerMessage.to(PeerRef.id(peer), body.path("body").asText());
        return "receipt " + calls.send(session, message, peer).getClass().getSimpleName();
    }

    private static String peers(RestCalls calls, JsonNode request) throws InterruptedException {
        String[] query = request.path("path").asText().split("=", 2);
        SessionId session = SessionId.of(query.length == 2 ? query[1] : "01900000-0000-7000-8000-000000000000");
        return calls.peers(session).size() + " peers";
    }

    private static String session(RestCalls calls, String method, SessionId session) throws InterruptedException {
        if (method.equals("DELETE")) {
            calls.archive(session);
            return "archived";
        }
        return read(calls, session);
    }

    private static String read(RestCalls calls, SessionId session) throws InterruptedException {
        var row = calls.read(session);
        assertThat(row.active()).isFalse();
        return "session of " + row.messageCount() + " rows, labels " + row.labels();
    }

    private static String session(RestCalls calls, String route, SessionId session, JsonNode request) throws Exception {
        JsonNode body = request.path("body");
        return switch (route) {
            case "messages" ->
                outcome(calls.turn(session, body.path("prompt").asText())
                        .outcome()
                        .get(20, TimeUnit.SECONDS));
            case "status" -> read(calls, session);
            case "history" ->
                history(calls, session, request.path("path").asText().endsWith("limit=2") ? 2 : 100);
            case "external-events" -> event(calls, session, body);
            case "events" -> feed(calls, session);
            case "interrupt" -> "interrupted " + calls.interrupt(session);
            case "system_context" ->
                "context applied "
                        + calls.injectContext(
                                session,
                                ContextNote.of(body.path("content").path("text").asText()));
            default -> throw new AssertionError(route);
        };
    }

    private static String feed(RestCalls calls, SessionId session) throws InterruptedException {
        LiveFeed feed = calls.feed(session, new Sink());
        feed.close();
        return "fed";
    }

    private static String history(RestCalls calls, SessionId session, int limit) throws InterruptedException {
        var page = calls.history(session, 0, limit, "self");
        return "history " + page.entries().size() + " of " + page.messageCount();
    }

    private static String event(RestCalls calls, SessionId session, JsonNode body) throws InterruptedException {
        String type = body.path("event_type").asText();
        ExternalEvent event = ExternalEvent.genericJson(
                type.isBlank() ? "x" : type,
                Json.parse(body.has("payload") ? body.path("payload").toString() : "null"));
        if (body.has("idempotency_key")) {
            event = event.withIdempotencyKey(body.path("idempotency_key").asText());
        }
        EventOutcome outcome = calls.sendExternalEvent(session, event);
        if (outcome instanceof EventOutcome.Conflict conflict) {
            return "conflict with " + conflict.existing().orElseThrow().value();
        }
        EventOutcome.Accepted accepted = (EventOutcome.Accepted) outcome;
        assertThat(accepted.inputId()).isEmpty();
        return "accepted without id";
    }

    @Test
    void theRecordedStreamBringsItsEvents() throws Exception {
        List<JsonNode> lines = recorded();
        JsonNode sse = lines.get(lines.size() - 1).path("sse");
        StringBuilder body = new StringBuilder();
        sse.path("lines").forEach(line -> body.append(line.path(1).asText()).append('\n'));
        String id = sse.path("path").asText().split("/")[2];
        Sink sink = new Sink();
        try (RestServer server = RestServer.start()) {
            server.answers(RestServer.events(body.toString()));
            try (RestCalls calls = server.connect()) {
                calls.feed(SessionId.of(id), sink);
                // The recording ends where the recorder stopped, so that it looks like a lost connection.
                assertThat(sink.awaitEnd()).isTrue();
            }
            assertThat(server.lastRequest().getTarget())
                    .isEqualTo(sse.path("path").asText());
            assertThat(server.lastRequest().getHeaders().get("Accept")).isEqualTo("text/event-stream");
        }
        List<String> types = new ArrayList<>();
        sse.path("lines").forEach(line -> {
            String text = line.path(1).asText();
            if (text.startsWith("event: ") && !text.equals("event: session_loaded")) {
                types.add(text.substring("event: ".length()));
            }
        });
        assertThat(sink.types()).containsExactlyElementsOf(types);
        assertThat(types).hasSizeGreaterThan(10).startsWith("run_started").endsWith("run_completed");
        assertThat(sink.dropped()).isZero();
    }
}
