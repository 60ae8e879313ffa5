package dev.meerkat.server.internal.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Lane;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.Health;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RestRoutesTest {

    private static final String EVENT = "{\"kind\":\"generic_json\",\"event_type\":\"deploy\",\"payload\":{}}";

    private RestFixture rest;
    private Session watched;

    @BeforeEach
    void open() throws Exception {
        rest = RestFixture.open();
        watched = rest.calls.session();
    }

    @AfterEach
    void close() {
        rest.close();
    }

    @Test
    void saysThatItIsAlive() throws Exception {
        RestFixture.Reply answer = rest.get("/health");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ok");
        assertThat(answer.header("Content-Type")).hasValue("text/plain; charset=utf-8");
        assertThat(answer.header("Server")).isEmpty();
    }

    @Test
    void saysToEveryoneThatNothingIsTakenButNotWhy() throws Exception {
        rest.calls.health = health("store_unavailable", Optional.empty());

        RestFixture.Reply alive = rest.get("/health");
        RestFixture.Reply health = rest.get("/runtime/health");

        assertThat(alive.status()).isEqualTo(503);
        assertThat(alive.body())
                .isEqualTo("{\"status\":\"unavailable\",\"problems\":[{\"code\":\"store_unavailable\"}]}");
        assertThat(health.status()).isEqualTo(503);
        assertThat(health.body()).contains("/secret");
    }

    private static Health health(String code, Optional<SessionId> session) {
        return new Health(List.of(new Health.Problem(code, "/secret", session)));
    }

    @Test
    void saysThatSomeSessionsDoNotGoOn() throws Exception {
        rest.calls.health = health("session_unreadable", Optional.of(watched.id()));

        assertThat(rest.get("/health").body()).isEqualTo("degraded");
        assertThat(rest.get("/runtime/health").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /sessions, session/create, '{\"prompt\":\"p\"}', '{\"prompt\":\"p\"}'",
        "POST, /sessions/S/messages, turn/start,"
                + " '{\"session_id\":\"S\",\"prompt\":\"p\",\"comms_name\":\"a\",\"verbose\":true}',"
                + " '{\"session_id\":\"S\",\"prompt\":\"p\",\"comms_name\":\"a\",\"verbose\":true}'",
        "POST, /sessions/r:S/messages, turn/start, '{\"session_id\":\"S\"}', '{\"session_id\":\"S\"}'",
        "POST, /comms/send, comms/send, '{\"kind\":\"input\"}', '{\"kind\":\"input\"}'",
        "GET, /comms/peers?session_id=S, comms/peers, '', '{\"session_id\":\"S\"}'",
    })
    void aRouteIsACallWhoseResultIsTheAnswer(String verb, String path, String method, String body, String params)
            throws Exception {
        rest.calls.answer(method, "{\"of\":\"" + method + "\"}");

        RestFixture.Reply answer = rest.request(path)
                .verb(verb)
                .header("Content-Type", "application/json; charset=utf-8")
                .body(body)
                .send();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).hasValue("application/json");
        String result = method.startsWith("comms/")
                ? answer.body()
                : RestFixture.json(answer).path("text").asText();
        assertThat(FakeCalls.json(result)).isEqualTo(FakeCalls.json("{\"of\":\"" + method + "\"}"));
        FakeCalls.Started call = rest.calls.only(method);
        assertThat(FakeCalls.json(call.params().toString())).isEqualTo(FakeCalls.json(params));
        assertThat(call.surface()).isEqualTo(Surface.REST);
    }

    @Test
    void sessionsAreListedByLabelAndPage() throws Exception {
        Map<String, String> labels = Map.of("a", "b", "c", "d=e");
        Session first = watched;
        String labelled = rest.calls.session(labels).id().toString();

        assertThat(ids("/sessions")).hasSize(2);
        assertThat(ids("/sessions?label=a%3Db&label=c%3Dd%3De")).containsExactly(labelled);
        assertThat(ids("/sessions?limit=1&offset=1"))
                .hasSize(1)
                .isSubsetOf(labelled, first.id().toString());
        assertThat(ids("/sessions?offset=2")).isEmpty();
    }

    private List<String> ids(String path) throws Exception {
        List<String> ids = new ArrayList<>();
        RestFixture.json(rest.get(path))
                .path("sessions")
                .forEach(row -> ids.add(row.path("session_id").asText()));
        return ids;
    }

    @Test
    void aPageOfTheHistorySaysItsLimitOnlyIfItWasAskedFor() throws Exception {
        String path = "/sessions/" + rest.calls.session().id() + "/history";

        assertThat(RestFixture.json(rest.get(path)).has("limit")).isFalse();
        assertThat(RestFixture.json(rest.get(path + "?limit=2")).path("limit").asLong())
                .isEqualTo(2);
    }

    @Test
    void theLogIsReadAfterAPlace() throws Exception {
        assertThat(watched.startTurn("Go.").await(Duration.ofSeconds(60))).isPresent();
        String path = "/sessions/" + watched.id() + "/events/log";

        ObjectNode whole = RestFixture.json(rest.get(path));
        long first =
                whole.path("events").path(0).path("cursor").path("sequence").asLong();
        ObjectNode rest = RestFixture.json(this.rest.get(path + "?limit=9&after=" + first));

        assertThat(first).isPositive();
        assertThat(rest.path("from_cursor").path("sequence").asLong()).isEqualTo(first);
        assertThat(rest.path("events").size()).isEqualTo(whole.path("events").size() - 1);
    }

    @Test
    void aSessionIsToldInTheWordsOfThisSurface() throws Exception {
        String id = rest.calls.session(Map.of("a", "b")).id().toString();

        ObjectNode read = RestFixture.json(rest.get("/sessions/" + id));
        assertThat(read.path("created_at").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\+00:00");
        assertThat(read.path("updated_at")).isEqualTo(read.path("created_at"));
        read.remove(List.of("created_at", "updated_at"));
        assertThat(read)
                .isEqualTo(FakeCalls.json("{\"session_id\":\"" + id + "\",\"session_ref\":\"default:" + id + "\","
                        + "\"message_count\":0,\"total_tokens\":0,\"comms_name\":\"agent-2\",\"keep_alive\":false,"
                        + "\"labels\":{\"a\":\"b\"}}"));
        assertThat(rest.get("/sessions/" + id + "/status").body()).isEqualTo("{\"state\":\"attached\"}");
    }

    @Test
    void archivingInterruptingAndContextTellTheSession() throws Exception {
        String id = rest.calls.session().id().toString();
        String path = "/sessions/default:" + id;

        assertThat(RestFixture.json(rest.post(
                        path + "/system_context", "{\"content\":{\"type\":\"text\",\"text\":\"Be brief.\"}}")))
                .isEqualTo(FakeCalls.json("{\"session_id\":\"" + id + "\",\"status\":\"applied\"}"));
        assertThat(RestFixture.json(rest.post(path + "/interrupt", "")))
                .isEqualTo(FakeCalls.json(
                        "{\"session_id\":\"" + id + "\",\"interrupted\":false,\"result\":\"staged_noop\"}"));
        assertThat(RestFixture.json(rest.delete(path)))
                .isEqualTo(FakeCalls.json("{\"archived\":true,\"session_id\":\"" + id + "\"}"));
    }

    @Test
    void howFarAnInputGotCanBeAsked() throws Exception {
        String path = "/sessions/" + rest.calls.session().id();
        String input = RestFixture.json(rest.post(path + "/external-events", EVENT))
                .path("input_id")
                .asText();

        assertThat(RestFixture.json(rest.get(path + "/inputs/" + input))
                        .at("/state/input_id")
                        .asText())
                .isEqualTo(input);
        assertThat(rest.get(path + "/inputs/" + FakeCalls.SESSION).status()).isEqualTo(404);
        assertThat(rest.get(path + "/inputs/I").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nowhere, 404, NOT_FOUND",
        "GET, /, 404, NOT_FOUND",
        "GET, /sessions/, 404, NOT_FOUND",
        "GET, /sessions/S/nothing, 404, NOT_FOUND",
        "GET, /sessions?limit=x, 400, BAD_REQUEST",
        "GET, /sessions?limit=-1, 400, BAD_REQUEST",
        "GET, /sessions?label=x, 400, BAD_REQUEST",
        "GET, /comms/peers, 400, BAD_REQUEST",
        "GET, /sessions/S/events?after=x, 400, BAD_REQUEST",
        "POST, /requests/none/cancel, 404, NOT_FOUND",
        "PUT, /sessions/S, 405, METHOD_NOT_ALLOWED",
        "OPTIONS, /sessions, 405, METHOD_NOT_ALLOWED",
        "DELETE, /health, 405, METHOD_NOT_ALLOWED",
    })
    void whatIsWrongIsToldAsJson(String verb, String path, int status, String code) throws Exception {
        RestFixture.Reply answer = rest.request(path).verb(verb).send();

        assertThat(answer.status()).isEqualTo(status);
        assertThat(RestFixture.json(answer).path("code").asText()).isEqualTo(code);
        assertThat(RestFixture.json(answer).path("error").asText()).isNotBlank();
    }

    @Test
    void whatCanBeGotHasAHead() throws Exception {
        try (RestFixture rest = RestFixture.open();
                RestFixture.Raw raw = rest.raw()) {

            raw.write("HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    + "HEAD /sessions HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    + "HEAD /sessions/S/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

            String[] heads = raw.all().split("\r\n\r\n", -1);
            assertThat(heads).hasSize(4);
            assertThat(heads[0]).startsWith("HTTP/1.1 200 ").contains("Content-Length: 2");
            assertThat(heads[1]).startsWith("HTTP/1.1 200 ").contains("Content-Length: 15");
            assertThat(heads[2]).startsWith("HTTP/1.1 405 ").contains("Allow: GET");
            assertThat(heads[3]).isEmpty();
        }
    }

    @Test
    void aWrongVerbIsToldWhichOnesThereAre() throws Exception {
        RestFixture.Reply answer = rest.post("/sessions/S", "{}");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).hasValue("GET, DELETE");
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain, '{}', 415, application/json",
        "'', '{}', 415, application/json",
        "application/json, '{\"prompt\"', 400, line 1 column",
        "application/json, '', 400, JSON",
        "application/json, '{\"a\":1}{}', 400, JSON",
        "application/json, '[1]', 422, object",
        "application/json, '{\"prompt\":1}', 422, missing field `session_id`",
        "application/json, '{\"session_id\":\"T\"}', 400, Session ID mismatch: path=S body=T",
    })
    void aBodyThatCannotBeReadIsRefusedWithTheReason(String type, String body, int status, String reason)
            throws Exception {
        RestFixture.Ask request =
                rest.request("/sessions/S/messages").verb("POST").body(body);
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        RestFixture.Reply answer = request.send();

        assertThat(answer.status()).isEqualTo(status);
        assertThat(RestFixture.json(answer).path("error").asText()).contains(reason);
        assertThat(rest.calls.started).isEmpty();
    }

    @Test
    void aBodyThatIsTooDeepIsRefused() throws Exception {
        String deep = "[".repeat(5_000) + "]".repeat(5_000);

        assertThat(rest.post("/sessions", "{\"prompt\":" + deep + "}").status()).isEqualTo(400);
    }

    @Test
    void theShapeOfABodyHasAStatusOfItsOwn() throws Exception {
        rest.calls.fail("session/create", WireFault.ofParams(ErrorCode.BAD_SHAPE, "missing field `prompt`", null));

        RestFixture.Reply answer = rest.post("/sessions", "{}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(RestFixture.json(answer).path("error").asText())
                .isEqualTo("Failed to deserialize the JSON body into the target type: missing field `prompt`");
    }

    @Test
    void aFailureHasItsCodeAndDetails() throws Exception {
        rest.calls.fail(
                "comms/send",
                new WireFault(ErrorCode.SEND_FAILED, "send_failed: no", FakeCalls.json("{\"code\":\"send_failed\"}")));

        RestFixture.Reply answer = rest.post("/comms/send", "{}");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(RestFixture.json(answer))
                .isEqualTo(FakeCalls.json("{\"error\":\"send_failed: no\",\"code\":\"send_failed\","
                        + "\"details\":{\"code\":\"send_failed\"}}"));
    }

    @Test
    void aFailureThatNobodyForesawTellsNothing() throws Exception {
        rest.calls.fail("comms/peers", new WireFault(ErrorCode.INTERNAL_ERROR, "half \ud800", null));

        assertThat(rest.get("/comms/peers?session_id=S").status()).isEqualTo(500);
        assertThat(rest.post("/comms/send", "{}").body())
                .isEqualTo("{\"error\":\"internal error\",\"code\":\"INTERNAL_ERROR\","
                        + "\"details\":{\"outcome\":\"unknown\"}}");
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void aRouteThatTheLineDoesNotHaveIsUnknown(ContractLine line) throws Exception {
        try (RestFixture other = RestFixture.open(line)) {
            String run = "/sessions/" + other.calls.session().id() + "/runs/" + FakeCalls.SESSION;
            int expected = line == ContractLine.V0_6 ? 404 : 200;

            RestFixture.Reply answer = other.post(run + "/stop", "{\"reason\":\"enough\"}");

            assertThat(answer.status()).isEqualTo(expected);
            assertThat(answer.body()).contains(expected == 200 ? "not_current" : "no such path");
        }
    }

    private RestFixture.Reply sent(String event, String key) throws Exception {
        return rest.posting("/sessions/" + watched.id() + "/external-events", event)
                .header("Idempotency-Key", key)
                .send();
    }

    @Test
    void anExternalEventIsQueued() throws Exception {
        RestFixture.Reply answer = sent(EVENT, "k");

        assertThat(answer.status()).isEqualTo(202);
        String input = RestFixture.json(answer).path("input_id").asText();
        assertThat(RestFixture.json(answer))
                .isEqualTo(FakeCalls.json("{\"queued\":true,\"input_id\":\"" + input + "\"}"));
        assertThat(watched.inputStatus(InputId.of(input))).isPresent();
    }

    @Test
    void aDuplicateEventIsToldAsOne() throws Exception {
        String first = RestFixture.json(sent(EVENT, "k")).path("input_id").asText();

        RestFixture.Reply answer = rest.post(
                "/sessions/" + watched.id() + "/external-events", EVENT.replace("}}", "},\"idempotency_key\":\"k\"}"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(RestFixture.json(answer))
                .isEqualTo(FakeCalls.json(
                        "{\"queued\":true,\"input_id\":\"" + first + "\",\"existing_id\":\"" + first + "\"}"));
    }

    @Test
    void aKeyThatWasUsedForOtherContentIsAConflict() throws Exception {
        String first = RestFixture.json(sent(EVENT, "k")).path("input_id").asText();

        RestFixture.Reply answer = sent(EVENT.replace("deploy", "build"), "k");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(RestFixture.json(answer).path("code").asText()).isEqualTo("INPUT_IDEMPOTENCY_CONFLICT");
        assertThat(RestFixture.json(answer).path("existing_id").asText()).isEqualTo(first);
    }

    @Test
    void aFullLaneSaysWhenToTryAgain() throws Exception {
        rest.calls.outcome =
                new EventOutcome.Refused(watched.id(), Lane.EXTERNAL, "inbox_external", Duration.ofMillis(1_200));

        RestFixture.Reply answer = sent(EVENT, "k");

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After")).hasValue("2");
    }

    @Test
    void twoDifferentKeysOfOneEventAreRefused() throws Exception {
        RestFixture.Reply answer = sent(EVENT.replace("}}", "},\"idempotency_key\":\"a\"}"), "b");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(watched.snapshot().waitingExternal()).hasValue(0);
    }

    @Test
    void anAnswerForAPeerIsQueued() throws Exception {
        RestFixture.Reply answer = rest.post(
                "/sessions/" + watched.id() + "/peer-response-terminal",
                "{\"peer_id\":\"" + FakeCalls.SESSION + "\",\"request_id\":\"" + FakeCalls.SESSION
                        + "\",\"status\":\"completed\",\"result\":1}");

        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        String input = RestFixture.json(answer).path("input_id").asText();
        assertThat(watched.inputStatus(InputId.of(input))).isPresent();
    }
}
