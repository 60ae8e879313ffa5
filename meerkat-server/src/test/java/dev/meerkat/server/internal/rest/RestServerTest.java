package dev.meerkat.server.internal.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RetryPolicy;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.server.internal.calls.Await;
import dev.meerkat.wire.ContractLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** REST in front of a real runtime, on both lines. */
class RestServerTest {
    private static final String UNKNOWN = "01900000-0000-7000-8000-000000000000";

    private static RestFixture serving(ContractLine line) throws Exception {
        return serving(turn -> "seen " + turn.inputs().size(), line);
    }

    private static RestFixture serving(Agent agent, ContractLine line) throws Exception {
        return RestFixture.open(
                MeerkatRuntime.of(agent).retry(RetryPolicy.none()).open(), line);
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("meerkat-rest-"))
                .collect(Collectors.toSet());
    }

    @Test
    void aClosedListenerLeavesNoThreadBehind() throws Exception {
        Set<Thread> before = threads();
        Set<Thread> opened;
        try (RestFixture rest = serving(ContractLine.V0_9)) {
            String unused = create(rest, "");
            opened = threads();
            opened.removeAll(before);
        }
        assertThat(opened).isNotEmpty().noneMatch(Thread::isAlive);
    }

    private static String create(RestFixture rest, String more) throws Exception {
        RestFixture.Reply created = rest.post("/sessions", "{\"prompt\":\"Hello.\"" + more + "}");
        assertThat(created.status()).as(created.body()).isEqualTo(200);
        assertThat(RestFixture.json(created).path("text").asText()).isEqualTo("seen 1");
        return RestFixture.json(created).path("session_id").asText();
    }

    /** A turn has its answer a moment before its session is idle. */
    private static void awaitAttached(RestFixture rest, String path) throws Exception {
        Await.until(() -> {
            try {
                return rest.get(path + "/status").body().equals("{\"state\":\"attached\"}");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void theLifeOfASession(ContractLine line) throws Exception {
        try (RestFixture rest = serving(line)) {
            String id = create(rest, ",\"labels\":{\"team\":\"infra\"}");
            String path = "/sessions/" + id;

            ObjectNode read = RestFixture.json(rest.get(path));
            assertThat(read.path("session_id").asText()).isEqualTo(id);
            assertThat(read.path("created_at").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\+00:00");
            assertThat(read.path("labels").path("team").asText()).isEqualTo("infra");
            assertThat(rest.get("/sessions?label=team%3Dinfra").body()).contains(id);
            assertThat(rest.get("/sessions?label=team%3Dother").body()).doesNotContain(id);

            RestFixture.Reply turn = rest.post(path + "/messages", turn(id, "x"));
            assertThat(turn.status()).as(turn.body()).isEqualTo(200);
            awaitAttached(rest, path);
            assertThat(RestFixture.json(rest.get(path + "/history?limit=1"))
                            .path("messages")
                            .size())
                    .isEqualTo(1);
            assertThat(rest.post(path + "/interrupt", "").status()).isEqualTo(200);

            assertThat(RestFixture.json(rest.delete(path)).path("archived").asBoolean())
                    .isTrue();
            // The older line still reads an archived session.
            assertThat(rest.get(path).status()).isEqualTo(line == ContractLine.V0_6 ? 200 : 404);
            assertThat(rest.get(path + "/status").status()).isEqualTo(404);
            assertThat(rest.delete(path).status()).isEqualTo(404);
            assertThat(rest.get(path + "/history").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void whatIsWrongHasTheStatusOfTheWire(ContractLine line) throws Exception {
        try (RestFixture rest = serving(line)) {
            String path = "/sessions/" + UNKNOWN;
            assertThat(rest.get(path).body()).contains("Session not found: " + UNKNOWN, "NOT_FOUND");
            assertThat(rest.get(path + "/events").status()).isEqualTo(404);
            assertThat(rest.get(path + "/status").status()).isEqualTo(404);
            assertThat(rest.get("/sessions/not-a-uuid").status()).isEqualTo(400);
            assertThat(rest.post(path + "/interrupt", "").status()).isEqualTo(404);
            assertThat(rest.post(path + "/external-events", event("k", 1)).status())
                    .isEqualTo(404);
            RestFixture.Reply shape = rest.post("/sessions", "{}");
            assertThat(shape.status()).isEqualTo(422);
            assertThat(shape.body()).contains("missing field `prompt`");
            assertThat(rest.get("/comms/peers?session_id=" + UNKNOWN).status()).isEqualTo(404);
            assertThat(rest.post("/comms/send", "{\"session_id\":\"" + UNKNOWN + "\",\"kind\":\"nope\"}")
                            .status())
                    .isEqualTo(422);
        }
    }

    private static String turn(String session, String prompt) {
        return "{\"session_id\":\"" + session + "\",\"prompt\":\"" + prompt + "\"}";
    }

    private static String event(String key, int payload) {
        return "{\"kind\":\"generic_json\",\"event_type\":\"deploy\",\"payload\":" + payload + ",\"idempotency_key\":\""
                + key + "\"}";
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void eventsAreTakenOncePerKey(ContractLine line) throws Exception {
        try (RestFixture rest = serving(line)) {
            String path = "/sessions/" + create(rest, "") + "/external-events";

            RestFixture.Reply first = rest.post(path, event("k", 1));
            assertThat(first.status()).isEqualTo(202);
            String input = RestFixture.json(first).path("input_id").asText();
            RestFixture.Reply second = rest.post(path, event("k", 1));
            assertThat(second.status()).isEqualTo(200);
            assertThat(RestFixture.json(second).path("existing_id").asText()).isEqualTo(input);
            RestFixture.Reply other = rest.post(path, event("k", 2));
            assertThat(other.status()).isEqualTo(409);
            assertThat(RestFixture.json(other).path("existing_id").asText()).isEqualTo(input);
            assertThat(rest.post(path, "{\"kind\":\"generic_json\",\"event_type\":\" \",\"payload\":1}")
                            .status())
                    .isEqualTo(400);
        }
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void streamsTellWhatTheRuntimeDoesAndResumeWhereTheyBroke(ContractLine line) throws Exception {
        try (RestFixture rest = serving(line)) {
            String id = create(rest, "");
            String path = "/sessions/" + id;
            String turn = turn(id, "x");
            List<String> whole = new ArrayList<>();
            try (RestFixture.Raw raw = stream(rest, path, "Last-Event-ID: 0\r\n")) {
                rest.post(path + "/messages", turn);
                rest.post(path + "/messages", turn);
                collect(raw, whole, 3);
            }
            assertThat(whole).isNotEmpty().doesNotHaveDuplicates();

            List<String> parts = new ArrayList<>();
            while (parts.size() < whole.size()) {
                String last = parts.isEmpty() ? "0" : parts.get(parts.size() - 1);
                try (RestFixture.Raw raw = stream(rest, path, "Last-Event-ID: " + last + "\r\n")) {
                    raw.until("\nid: ");
                    raw.until("\n");
                    raw.until("\nid: ");
                    parts.add(raw.until("\n").strip());
                }
            }
            assertThat(parts).isEqualTo(whole);
        }
    }

    private static RestFixture.Raw stream(RestFixture rest, String path, String header) throws Exception {
        RestFixture.Raw raw = rest.raw();
        raw.write("GET " + path + "/events HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n");
        return raw;
    }

    /** The ids of what comes until so many runs have ended; the id of the first frame is where the stream begins. */
    private static void collect(RestFixture.Raw raw, List<String> ids, int runs) throws Exception {
        int ended = 0;
        raw.until("session_loaded");
        raw.until("\n\n");
        while (ended < runs) {
            String frame = raw.until("\n\n");
            frame.lines()
                    .filter(text -> text.startsWith("id: "))
                    .map(text -> text.substring(4))
                    .forEach(ids::add);
            ended += frame.contains("event: run_completed\n") ? 1 : 0;
        }
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void theHostTellsWhichLineItSpeaks(ContractLine line) throws Exception {
        try (RestFixture rest = serving(line)) {
            JsonNode version = RestFixture.json(rest.get("/capabilities")).path("contract_version");
            assertThat("0." + version.path("minor").asInt()).isEqualTo(line.line());
            assertThat(rest.get("/runtime/host_info").status()).isEqualTo(200);
            assertThat(RestFixture.json(rest.get("/runtime/health"))
                            .path("status")
                            .asText())
                    .isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void aTurnThatRunsIsTakenBackByTheIdOfItsRequest(ContractLine line) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        Agent agent = turn -> {
            if (turn.inputs().toString().contains("hold")) {
                running.countDown();
                never.await();
            }
            return "seen " + turn.inputs().size();
        };
        try (RestFixture rest = serving(agent, line)) {
            String id = create(rest, "");
            CompletableFuture<RestFixture.Reply> turn = rest.posting("/sessions/" + id + "/messages", turn(id, "hold"))
                    .header("X-Meerkat-Request-Id", "t")
                    .sendAsync();
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

            assertThat(RestFixture.json(rest.post("/requests/t/cancel", ""))
                            .path("cancelled")
                            .booleanValue())
                    .isTrue();
            RestFixture.Reply answer = turn.get(30, TimeUnit.SECONDS);
            assertThat(answer.status()).as(answer.body()).isEqualTo(499);
            assertThat(RestFixture.json(answer).path("code").asText()).isEqualTo("REQUEST_CANCELLED");
            awaitAttached(rest, "/sessions/" + id);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/external-events | {\"kind\":\"generic_json\",\"event_type\":\"x\",\"payload\":1,\"idempotencyKey\":\"k\"}"
                        + " | idempotencyKey | idempotency_key",
                "/external-events | {\"kind\":\"generic_json\",\"event-type\":\"x\",\"payload\":1} | event-type | event_type",
                "/messages | {\"session_id\":\"%s\",\"prompt\":\"p\",\"keepAlive\":true} | keepAlive | keep_alive",
                "/messages | {\"session_id\":\"%s\",\"prompt\":\"p\",\"additional_instruction\":[\"x\"]}"
                        + " | additional_instruction | additional_instructions",
                "/system_context | {\"content\":{\"type\":\"reference\",\"uri\":\"u\",\"Label\":\"l\"}}"
                        + " | content.Label | content.label",
                "/peer-response-terminal | {\"peerId\":\"x\"} | peerId | peer_id",
                "/runs/r/stop | {\"reasons\":\"x\"} | reasons | reason",
            })
    void aFieldThatLooksLikeAnotherIsRefusedAndLeavesNoTrace(String route, String body, String field, String meant)
            throws Exception {
        try (RestFixture rest = serving(ContractLine.V0_9)) {
            String id = create(rest, "");
            String before = rest.get("/sessions/" + id + "/history").body();

            RestFixture.Reply refused = rest.post("/sessions/" + id + route, body.replace("%s", id));

            assertThat(refused.status()).as(refused.body()).isEqualTo(422);
            assertThat(RestFixture.json(refused).path("error").asText())
                    .contains("unknown field `" + field + "`, did you mean `" + meant + "`?");
            assertThat(rest.get("/sessions/" + id + "/history").body()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/sessions?limt=1, limt, limit",
        "/sessions?labels=a%3Db, labels, label",
        "/sessions/{id}/history?ofset=1, ofset, offset",
        "/sessions/{id}/events/log?After=1, After, after",
        "/sessions/{id}/events?aftr=1, aftr, after",
        "/comms/peers?sessionId={id}, sessionId, session_id",
    })
    void aQueryParameterThatLooksLikeAnotherIsRefused(String path, String name, String meant) throws Exception {
        try (RestFixture rest = serving(ContractLine.V0_9)) {
            RestFixture.Reply refused = rest.get(path.replace("{id}", create(rest, "")));

            assertThat(refused.status()).as(refused.body()).isEqualTo(422);
            assertThat(refused.body()).contains("unknown field `" + name + "`, did you mean `" + meant + "`?");
            assertThat(rest.get("/sessions?colour=red").status()).isEqualTo(200);
        }
    }

    @Test
    void theRouteOfCommsAndCreateRefuseMisspelledFieldsToo() throws Exception {
        try (RestFixture rest = serving(ContractLine.V0_9)) {
            assertThat(rest.post("/sessions", "{\"prompt\":\"p\",\"commsName\":\"a\"}")
                            .body())
                    .contains("did you mean `comms_name`?");
            assertThat(rest.post("/comms/send", "{\"session_id\":\"x\",\"kind\":\"input\",\"bdoy\":\"b\"}")
                            .body())
                    .contains("did you mean `body`?");
            RestFixture.Reply refused =
                    rest.post("/sessions", "{\"prompt\":\"p\",\"output_schema\":{\"type\":\"object\"}}");
            assertThat(refused.status()).isEqualTo(501);
            assertThat(RestFixture.json(refused).path("code").asText()).isEqualTo("CAPABILITY_UNAVAILABLE");
            assertThat(rest.get("/sessions").body()).contains("\"sessions\":[]");
        }
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void instructionsAndContextOfATurnComeBeforeItsPrompt(ContractLine line) throws Exception {
        try (RestFixture rest = serving(line)) {
            String id = create(rest, ",\"additional_instructions\":[\"Be brief.\"]");
            String turn =
                    "{\"session_id\":\"" + id + "\",\"prompt\":\"p\",\"additional_instructions\":[\"In French.\"],"
                            + "\"injected_context\":[\"It rains.\"]}";

            assertThat(rest.post("/sessions/" + id + "/messages", turn).status())
                    .isEqualTo(200);

            assertThat(rest.get("/sessions/" + id + "/history").body())
                    .containsSubsequence("Be brief.", "Hello.", "In French.", "It rains.", "\"p\"");
        }
    }

    @ParameterizedTest
    @EnumSource(ContractLine.class)
    void contextIsAddedOncePerKeyAndSeenByTheNextTurn(ContractLine line) throws Exception {
        try (RestFixture rest = serving(line)) {
            String id = create(rest, "");
            String path = "/sessions/" + id;
            String text = "\"The build is frozen.\"";
            String note = (line == ContractLine.V0_6
                            ? "{\"text\":" + text
                            : "{\"content\":{\"type\":\"text\",\"text\":" + text + "}")
                    + ",\"idempotency_key\":\"note-1\"}";

            RestFixture.Reply first = rest.post(path + "/system_context", note);
            assertThat(first.status()).as(first.body()).isEqualTo(200);
            assertThat(RestFixture.json(first).path("session_id").asText()).isEqualTo(id);
            String status = RestFixture.json(first).path("status").asText();
            assertThat(status).isIn("applied", "staged");
            assertThat(RestFixture.json(rest.post(path + "/system_context", note))
                            .path("status")
                            .asText())
                    .isEqualTo("duplicate");
            assertThat(rest.post(path + "/messages", turn(id, "x")).status()).isEqualTo(200);
            assertThat(rest.get(path + "/history").body()).containsOnlyOnce("The build is frozen.");
            assertThat(rest.post(path + "/system_context", "{\"text\":7,\"content\":7}")
                            .status())
                    .isEqualTo(422);
        }
    }
}
