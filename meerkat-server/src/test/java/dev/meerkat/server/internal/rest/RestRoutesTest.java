package dev.meerkat.server.internal.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.Surface;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.WireFault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RestRoutesTest {
    private static final String SESSION = FakeCalls.SESSION;

    private RestFixture rest;

    @BeforeEach
    void open() throws Exception {
        rest = RestFixture.open();
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
        rest.calls.answer(
                "runtime/health",
                "{\"status\":\"unavailable\",\"problems\":[{\"code\":\"store_unavailable\",\"message\":\"/secret\"}]}");

        RestFixture.Reply alive = rest.get("/health");
        RestFixture.Reply health = rest.get("/runtime/health");

        assertThat(alive.status()).isEqualTo(503);
        assertThat(alive.body())
                .isEqualTo("{\"status\":\"unavailable\",\"problems\":[{\"code\":\"store_unavailable\"}]}");
        assertThat(health.status()).isEqualTo(503);
        assertThat(health.body()).contains("/secret");
    }

    @Test
    void saysThatSomeSessionsDoNotGoOn() throws Exception {
        rest.calls.answer(
                "runtime/health", "{\"status\":\"degraded\",\"problems\":[{\"code\":\"session_unreadable\"}]}");

        assertThat(rest.get("/health").body()).isEqualTo("degraded");
        assertThat(rest.get("/runtime/health").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /capabilities, capabilities/get, '', '{}'",
        "GET, /runtime/host_info, runtime/host_info, '', '{}'",
        "GET, /runtime/health, runtime/health, '', '{}'",
        "GET, /sessions, session/list, '', '{}'",
        "GET, '/sessions?limit=1&offset=2', session/list, '', '{\"offset\":2,\"limit\":1}'",
        "GET, '/sessions?label=a%3Db&label=c%3Dd%3De', session/list, '', '{\"labels\":{\"a\":\"b\",\"c\":\"d=e\"}}'",
        "POST, /sessions, session/create, '{\"prompt\":\"p\"}', '{\"prompt\":\"p\"}'",
        "GET, '/sessions/S/history?limit=2', session/history, '', '{\"session_id\":\"S\",\"limit\":2}'",
        "POST, /sessions/S/messages, turn/start,"
                + " '{\"session_id\":\"S\",\"prompt\":\"p\",\"comms_name\":\"a\",\"verbose\":true}',"
                + " '{\"session_id\":\"S\",\"prompt\":\"p\",\"comms_name\":\"a\",\"verbose\":true}'",
        "POST, /sessions/r:S/messages, turn/start, '{\"session_id\":\"S\"}', '{\"session_id\":\"S\"}'",
        "POST, /sessions/S/runs/R/stop, turn/stop_run, '{\"reason\":\"x\"}',"
                + " '{\"reason\":\"x\",\"session_id\":\"S\",\"run_id\":\"R\"}'",
        "POST, /comms/send, comms/send, '{\"kind\":\"input\"}', '{\"kind\":\"input\"}'",
        "GET, /comms/peers?session_id=S, comms/peers, '', '{\"session_id\":\"S\"}'",
        "GET, '/sessions/S/events/log?after=3&limit=9', events/list_since, '',"
                + " '{\"scope\":{\"type\":\"session\",\"session_id\":\"S\"},"
                + "\"cursor\":{\"scope\":{\"type\":\"session\",\"session_id\":\"S\"},\"sequence\":3},\"limit\":9}'",
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
        assertThat(RestFixture.json(answer)).isEqualTo(FakeCalls.json("{\"of\":\"" + method + "\"}"));
        FakeCalls.Started call = rest.calls.only(method);
        assertThat(FakeCalls.json(call.params().toString())).isEqualTo(FakeCalls.json(params));
        assertThat(call.surface()).isEqualTo(Surface.REST);
    }

    @Test
    void aSessionIsToldInTheWordsOfThisSurface() throws Exception {
        rest.calls.answer(
                "session/read",
                "{\"session_id\":\"S\",\"session_ref\":\"r:S\",\"created_at\":1795407432,\"updated_at\":1795407433,"
                        + "\"message_count\":3,\"is_active\":true,\"model\":\"m\",\"labels\":{\"a\":\"b\"}}");

        assertThat(RestFixture.json(rest.get("/sessions/S")))
                .isEqualTo(FakeCalls.json("{\"session_id\":\"S\",\"session_ref\":\"r:S\","
                        + "\"created_at\":\"2026-11-23T04:17:12+00:00\",\"updated_at\":\"2026-11-23T04:17:13+00:00\","
                        + "\"message_count\":3,\"total_tokens\":0,\"labels\":{\"a\":\"b\"}}"));
        assertThat(RestFixture.json(rest.get("/sessions/S/status")))
                .isEqualTo(FakeCalls.json("{\"state\":\"running\"}"));
    }

    @Test
    void anIdleSessionIsAttached() throws Exception {
        rest.calls.answer("session/read", "{\"session_id\":\"S\",\"is_active\":false}");

        assertThat(rest.get("/sessions/S/status").body()).isEqualTo("{\"state\":\"attached\"}");
    }

    @Test
    void archivingInterruptingAndContextTellTheSession() throws Exception {
        rest.calls.answer("session/archive", "{\"archived\":true}");
        rest.calls.answer("turn/interrupt", "{\"interrupted\":true}");
        rest.calls.answer("session/inject_context", "{\"status\":\"applied\"}");

        assertThat(RestFixture.json(rest.delete("/sessions/r:S")))
                .isEqualTo(FakeCalls.json("{\"archived\":true,\"session_id\":\"S\"}"));
        assertThat(RestFixture.json(rest.post("/sessions/r:S/interrupt", "")))
                .isEqualTo(FakeCalls.json("{\"interrupted\":true,\"session_id\":\"S\"}"));
        assertThat(RestFixture.json(rest.post("/sessions/S/system_context", "{\"content\":1}")))
                .isEqualTo(FakeCalls.json("{\"session_id\":\"S\",\"status\":\"applied\"}"));
        assertThat(rest.calls.only("session/inject_context").params())
                .isEqualTo(FakeCalls.json("{\"content\":1,\"session_id\":\"S\"}"));
    }

    @Test
    void howFarAnInputGotCanBeAsked() throws Exception {
        rest.calls.answer("session/input_status", "{\"state\":{\"input_id\":\"I\"}}");

        assertThat(rest.get("/sessions/S/inputs/I").body()).isEqualTo("{\"state\":{\"input_id\":\"I\"}}");
        assertThat(rest.calls.only("session/input_status").params())
                .isEqualTo(FakeCalls.json("{\"session_id\":\"S\",\"selector\":{\"by\":\"input_id\",\"value\":\"I\"}}"));

        rest.calls.answer("session/input_status", "{}");
        assertThat(rest.get("/sessions/S/inputs/I").status()).isEqualTo(404);
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
            rest.calls.answer("session/list", "{}");

            raw.write("HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    + "HEAD /sessions HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    + "HEAD /sessions/S/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

            String[] heads = raw.all().split("\r\n\r\n", -1);
            assertThat(heads).hasSize(4);
            assertThat(heads[0]).startsWith("HTTP/1.1 200 ").contains("Content-Length: 2");
            assertThat(heads[1]).startsWith("HTTP/1.1 200 ").contains("Content-Length: 2");
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
        rest.calls.answer("session/list", params -> {
            throw new WireFault(ErrorCode.INTERNAL_ERROR, "half \ud800", null);
        });

        assertThat(rest.get("/sessions").status()).isEqualTo(500);
        assertThat(rest.get("/runtime/host_info").body())
                .isEqualTo("{\"error\":\"internal error\",\"code\":\"INTERNAL_ERROR\","
                        + "\"details\":{\"outcome\":\"unknown\"}}");
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void aRouteThatTheLineDoesNotHaveIsUnknown(ContractLine line) throws Exception {
        try (RestFixture other = RestFixture.open(line)) {
            other.calls.answer("turn/stop_run", "{}");
            int expected = line == ContractLine.V0_6 ? 404 : 200;

            assertThat(other.post("/sessions/S/runs/R/stop", "{}").status()).isEqualTo(expected);
        }
    }

    @Test
    void anExternalEventIsQueued() throws Exception {
        rest.calls.answer("session/external_event", "{\"outcome_type\":\"accepted\",\"input_id\":\"I\",\"state\":{}}");

        RestFixture.Reply answer = rest.posting("/sessions/S/external-events", "{\"payload\":1}")
                .header("Idempotency-Key", "k")
                .send();

        assertThat(answer.status()).isEqualTo(202);
        assertThat(RestFixture.json(answer)).isEqualTo(FakeCalls.json("{\"queued\":true,\"input_id\":\"I\"}"));
        assertThat(rest.calls.only("session/external_event").params())
                .isEqualTo(FakeCalls.json("{\"payload\":1,\"session_id\":\"S\",\"idempotency_key\":\"k\"}"));
    }

    @Test
    void aDuplicateEventIsToldAsOne() throws Exception {
        rest.calls.answer(
                "session/external_event",
                "{\"outcome_type\":\"deduplicated\",\"input_id\":\"J\",\"existing_id\":\"I\"}");

        RestFixture.Reply answer =
                rest.post("/sessions/S/external-events", "{\"payload\":1,\"idempotency_key\":\"k\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(RestFixture.json(answer))
                .isEqualTo(FakeCalls.json("{\"queued\":true,\"input_id\":\"J\",\"existing_id\":\"I\"}"));
    }

    @Test
    void aKeyThatWasUsedForOtherContentIsAConflict() throws Exception {
        rest.calls.fail(
                "session/external_event",
                new WireFault(
                        ErrorCode.INPUT_IDEMPOTENCY_CONFLICT,
                        "conflict",
                        FakeCalls.json("{\"code\":\"INPUT_IDEMPOTENCY_CONFLICT\",\"existing_id\":\"I\"}")));

        ObjectNode answer = RestFixture.json(rest.post("/sessions/S/external-events", "{}"));

        assertThat(answer.path("code").asText()).isEqualTo("INPUT_IDEMPOTENCY_CONFLICT");
        assertThat(answer.path("existing_id").asText()).isEqualTo("I");
    }

    @Test
    void aFullLaneSaysWhenToTryAgain() throws Exception {
        rest.calls.fail(
                "session/external_event",
                new WireFault(ErrorCode.BUDGET_EXHAUSTED, "full", FakeCalls.json("{\"retry_after_ms\":1200}")));

        RestFixture.Reply answer = rest.post("/sessions/S/external-events", "{}");

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After")).hasValue("2");
    }

    @Test
    void twoDifferentKeysOfOneEventAreRefused() throws Exception {
        RestFixture.Reply answer = rest.posting("/sessions/S/external-events", "{\"idempotency_key\":\"a\"}")
                .header("Idempotency-Key", "b")
                .send();

        assertThat(answer.status()).isEqualTo(400);
        assertThat(rest.calls.started).isEmpty();
    }

    @Test
    void anAnswerForAPeerIsQueued() throws Exception {
        rest.calls.answer("session/peer_response_terminal", "{\"outcome_type\":\"accepted\",\"input_id\":\"I\"}");

        RestFixture.Reply answer = rest.post("/sessions/S/peer-response-terminal", "{\"result\":1}");

        assertThat(answer.status()).isEqualTo(202);
        assertThat(rest.calls.only("session/peer_response_terminal").params())
                .isEqualTo(FakeCalls.json("{\"result\":1,\"session_id\":\"S\"}"));
    }
}
