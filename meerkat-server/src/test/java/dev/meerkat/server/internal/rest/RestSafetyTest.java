package dev.meerkat.server.internal.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestSafetyTest {
    @ParameterizedTest
    @CsvSource({
        "'', 401",
        "Bearer wrong, 401",
        "Basic t0ken, 401",
        "t0ken, 401",
        "Bearer t0ken, 200",
        "bearer t0ken, 200",
    })
    void theTokenIsAskedFor(String shown, int status) throws Exception {
        try (RestFixture rest = RestFixture.open(ServerLimits.defaults(), "t0ken", null)) {
            var request = rest.request("/sessions").header("Origin", "http://elsewhere.example");
            if (!shown.isEmpty()) {
                request.header("Authorization", shown);
            }
            RestFixture.Reply answer = request.send();

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.header("WWW-Authenticate").isPresent()).isEqualTo(status == 401);
            assertThat(rest.get("/health").status()).isEqualTo(200);
            assertThat(rest.get("/nowhere").status()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, '', 200",
        "localhost:80, http://localhost:3000, 200",
        "127.0.0.1:1, http://127.0.0.1, 200",
        "[::1]:8080, http://[::1]:1, 200",
        "LOCALHOST, '', 200",
        "elsewhere.example, '', 403",
        "127.0.0.1.elsewhere.example, '', 403",
        "localhost.elsewhere.example:80, '', 403",
        "localhost, http://elsewhere.example, 403",
        "localhost, null, 403",
        "localhost, http://localhost@elsewhere.example, 403",
    })
    void withoutATokenPagesOfTheWebAreKeptOut(String host, String origin, int status) throws Exception {
        try (RestFixture rest = RestFixture.open();
                RestFixture.Raw raw = rest.raw()) {
            String header = origin.isEmpty() ? "" : "Origin: " + origin + "\r\n";
            raw.write("GET /sessions HTTP/1.1\r\nHost: " + host + "\r\n" + header + "Connection: close\r\n\r\n");

            assertThat(raw.all()).startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @ParameterizedTest
    @CsvSource({"external-events", "peer-response-terminal"})
    void theWebhookSecretIsAskedForBeforeTheBodyIsRead(String route) throws Exception {
        try (RestFixture rest = RestFixture.open(ServerLimits.defaults(), null, "s3cret")) {
            String path = "/sessions/" + rest.calls.session().id() + "/" + route;

            RestFixture.Reply refused = rest.post(path, "no JSON");
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.body())
                    .isEqualTo("{\"error\":\"invalid webhook secret\",\"code\":\"UNAUTHORIZED\","
                            + "\"details\":{\"outcome\":\"not_done\"}}");
            assertThat(rest.posting(path, body(route))
                            .header("X-Webhook-Secret", "s3creT")
                            .send()
                            .status())
                    .isEqualTo(401);
            assertThat(rest.posting(path, body(route))
                            .header("X-Webhook-Secret", "s3cret")
                            .send()
                            .status())
                    .isEqualTo(202);
        }
    }

    private static String body(String route) {
        return route.equals("external-events")
                ? "{\"kind\":\"generic_json\",\"event_type\":\"deploy\",\"payload\":{}}"
                : "{\"peer_id\":\"" + FakeCalls.SESSION + "\",\"request_id\":\"" + FakeCalls.SESSION
                        + "\",\"status\":\"completed\",\"result\":1}";
    }

    @ParameterizedTest
    @CsvSource({"external-events", "peer-response-terminal"})
    void whoKnowsTheWebhookSecretNeedsNoToken(String route) throws Exception {
        try (RestFixture rest = RestFixture.open(ServerLimits.defaults(), "t0ken", "s3cret")) {
            String path = "/sessions/" + rest.calls.session().id() + "/" + route;

            assertThat(rest.posting(path, body(route))
                            .header("X-Webhook-Secret", "s3cret")
                            .send()
                            .status())
                    .isEqualTo(202);
            assertThat(rest.posting(path, body(route))
                            .header("X-Webhook-Secret", "wrong")
                            .send()
                            .status())
                    .isEqualTo(401);
            assertThat(rest.posting("/comms/send", "{}")
                            .header("X-Webhook-Secret", "s3cret")
                            .send()
                            .status())
                    .isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sessions", "/comms/send", "/sessions/S/messages"})
    void anErrorOfTheMachineIsAnsweredTooAndTellsNothing(String path) throws Exception {
        try (RestFixture rest = RestFixture.open()) {
            for (String method : List.of("session/create", "comms/send", "turn/start")) {
                rest.calls.answer(method, params -> {
                    throw new OutOfMemoryError("secret");
                });
            }

            RestFixture.Reply answer = rest.post(path, "{\"session_id\":\"S\",\"prompt\":\"x\"}");

            assertThat(answer.status()).isEqualTo(500);
            assertThat(RestFixture.json(answer).path("code").asText()).isEqualTo("INTERNAL_ERROR");
            assertThat(RestFixture.json(answer).at("/details/outcome").asText()).isEqualTo("unknown");
            assertThat(answer.body()).doesNotContain("secret", "java.lang", "Error:");
            Await.until(() -> rest.listener.bodyBytes() == 0);
            assertThat(rest.get("/health").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Idempotency-Key",
                "Content-Type",
                "Last-Event-ID",
                "X-Meerkat-Request-Id",
                "X-Webhook-Secret",
                "Mcp-Session-Id"
            })
    void aHeaderOfWhichOnlyOneValueWouldBeTakenIsRefusedByNameIfItIsThereTwice(String name) throws Exception {
        try (RestFixture rest = RestFixture.open()) {
            RestFixture.Reply answer = rest.request("/sessions/S/external-events")
                    .verb("POST")
                    .header(name, "application/json")
                    .header(name, "1")
                    .body("{\"kind\":\"generic_json\",\"event_type\":\"t\",\"payload\":{}}")
                    .send();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("the header " + name + " must be there once", "not_done");
            assertThat(rest.calls.started).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sessions?limit=1&limit=2",
                "/sessions/S/history?offset=1&offset=1",
                "/sessions/S/events?after=1&after=2"
            })
    void aParameterThatIsThereTwiceIsRefusedByName(String path) throws Exception {
        try (RestFixture rest = RestFixture.open()) {
            RestFixture.Reply answer = rest.get(path);

            assertThat(answer.status()).isEqualTo(400);
            String name = path.substring(path.indexOf('?') + 1, path.indexOf('='));
            assertThat(answer.body()).contains("query string: " + name + ": must be there once", "not_done");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sessions?limt=3", "/sessions/S/events/log?limt=3"})
    void aParameterThatIsAlmostAKnownOneIsToldAsOneOfTheQuery(String path) throws Exception {
        try (RestFixture rest = RestFixture.open()) {
            RestFixture.Reply answer = rest.get(path);

            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.body())
                    .contains("query string: unknown field `limt`", "`limit`")
                    .doesNotContain("body");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt\":NaN}",
                "{\"prompt\":\"x\"/**/}",
                "{\"prompt\":+1}",
                "{'prompt':1}",
                "{\"prompt\":01}"
            })
    void whatIsNoJsonIsToldWithoutWordsOfTheLibraryThatReadsIt(String body) throws Exception {
        try (RestFixture rest = RestFixture.open()) {
            RestFixture.Reply answer = rest.post("/sessions", body);

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("line 1 column").doesNotContain("Feature", "ALLOW_", "enable");
        }
    }

    @Test
    void aRequestCanBeTakenBackByItsId() throws Exception {
        try (RestFixture rest = RestFixture.open()) {
            rest.calls.hold("session/create");
            CompletableFuture<RestFixture.Reply> turn = begin(rest);
            rest.calls.only("session/create");

            RestFixture.Reply second = rest.posting("/sessions", "{}")
                    .header("X-Meerkat-Request-Id", "req-1")
                    .send();
            assertThat(second.status()).isEqualTo(409);
            assertThat(RestFixture.json(second).path("code").asText()).isEqualTo("DUPLICATE_REQUEST_ID");

            assertThat(RestFixture.json(rest.post("/requests/req-1/cancel", "")))
                    .isEqualTo(FakeCalls.json("{\"request_id\":\"req-1\",\"cancelled\":true}"));
            RestFixture.Reply answer = turn.get(30, TimeUnit.SECONDS);
            assertThat(answer.status()).isEqualTo(499);
            assertThat(RestFixture.json(answer).path("code").asText()).isEqualTo("REQUEST_CANCELLED");
            assertThat(RestFixture.json(rest.post("/requests/req-1/cancel", "")))
                    .isEqualTo(FakeCalls.json(
                            "{\"request_id\":\"req-1\",\"cancelled\":false,\"reason\":\"already_terminal\"}"));
            assertThat(rest.post("/requests/req-2/cancel", "").status()).isEqualTo(404);
        }
    }

    private static CompletableFuture<RestFixture.Reply> begin(RestFixture rest) {
        var request = rest.posting("/sessions", "{}").header("X-Meerkat-Request-Id", "req-1");
        return request.sendAsync();
    }

    @Test
    void aTurnWhoseClientIsGoneGoesOn() throws Exception {
        try (RestFixture rest = RestFixture.open()) {
            rest.calls.hold("session/create");
            FakeCalls.Started call;
            try (RestFixture.Raw raw = rest.raw()) {
                raw.write(RestBoundsTest.POST + "Content-Length: 2\r\n\r\n{}");
                call = rest.calls.only("session/create");
            }
            rest.seconds(100);
            assertThat(call.answer()).isNotDone();
            call.answer()
                    .complete(new dev.meerkat.server.internal.calls.Answer<>(
                            FakeCalls.json("{}"), java.util.Optional.empty()));
            Await.until(() -> {
                rest.seconds(1);
                return rest.listener.connections() == 0;
            });
        }
    }

    @Test
    void closingLetsPendingAnswersEnd() throws Exception {
        try (RestFixture rest = RestFixture.open()) {
            rest.calls.hold("session/create");
            CompletableFuture<RestFixture.Reply> turn = begin(rest);
            FakeCalls.Started call = rest.calls.only("session/create");
            CompletableFuture<Void> closed =
                    CompletableFuture.runAsync(() -> rest.listener.close(Duration.ofSeconds(20)), Await::onAThread);
            Await.until(() -> {
                try {
                    rest.raw().close();
                    return false;
                } catch (java.io.IOException refused) {
                    return true;
                }
            });
            call.answer()
                    .complete(new dev.meerkat.server.internal.calls.Answer<>(
                            FakeCalls.json("{\"late\":true}"), java.util.Optional.empty()));

            assertThat(RestFixture.json(turn.get(30, TimeUnit.SECONDS))
                            .path("text")
                            .asText())
                    .isEqualTo("{\"late\":true}");
            closed.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aPortThatIsTakenIsAnIoError() throws Exception {
        try (RestFixture rest = RestFixture.open();
                var workers = new dev.meerkat.server.internal.calls.Workers(1)) {
            var shared = new dev.meerkat.server.internal.methods.ServerContext(
                    rest.calls,
                    ServerLimits.defaults(),
                    workers,
                    new dev.meerkat.server.internal.calls.ToolHosts(),
                    dev.meerkat.server.internal.calls.SendMemory.ofHeap(),
                    java.util.Optional.empty(),
                    java.util.Optional.empty(),
                    java.util.Optional.empty());
            assertThat(org.assertj.core.api.Assertions.catchThrowable(
                            () -> RestListener.open(shared, "127.0.0.1", rest.port())))
                    .isInstanceOf(java.io.IOException.class);
        }
    }

    /** A client that keeps its connections must not send its next request on one that is about to be closed. */
    @Test
    void anAnswerBeforeTheBodyHasComeSaysWhetherTheConnectionEnds() throws Exception {
        try (RestFixture rest = RestFixture.open();
                RestFixture.Raw raw = rest.raw()) {
            raw.write("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 2\r\n\r\n");
            String answer = raw.until("\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 404 ").containsIgnoringCase("Connection: close");
        }
    }
}
