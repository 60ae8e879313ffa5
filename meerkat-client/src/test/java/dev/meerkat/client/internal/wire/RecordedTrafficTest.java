package dev.meerkat.client.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.Delivery;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerMeta;
import dev.meerkat.api.PeerNotFoundException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.Usage;
import dev.meerkat.wire.ContractVersion;
import dev.meerkat.wire.internal.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What real servers wrote is read, and what a real server took is what is written. */
class RecordedTrafficTest {
    private static final Dialect LINE = Dialect.of(ContractVersion.parse("0.9.8"));
    private static final SessionId PLAIN = SessionId.of("01a2053e-17e2-7268-95a4-8e65caa99ee8");
    private static final PeerId PEER = PeerId.of("44a5b196-0f14-5f54-8a6a-1a4808e246ca");
    private static final PeerRef TO = PeerRef.id(PEER);
    private static final SessionId MEMBER = SessionId.of("01a2053e-28b9-72a3-8954-c85bbb583147");
    private static final CommsCommand.PeerRequest CHECKSUM =
            CommsCommand.PeerRequest.to(TO, "checksum_token", Json.parse("{\"subject\":\"s\"}"));
    private static final ExternalEvent DEPLOY = ExternalEvent.genericJson(
            "deploy_complete", Json.parse("{\"environment\":\"prod\",\"release\":\"2026.04.21\"}"));
    private static final CommsCommand.PeerLifecycle ADDED =
            new CommsCommand.PeerLifecycle(TO, LifecycleKind.PEER_ADDED, Json.parse("{\"peer\":\"x\"}"));

    private static JsonNode result(int id) {
        return Recorded.call(id).result();
    }

    private static Fault fault(int id) {
        return Recorded.call(id).fault();
    }

    private static CommsCommand<?> commandOf(JsonNode params) {
        return switch (params.path("kind").asText()) {
            case "input" -> CommsCommand.Input.of("x");
            case "peer_message" -> CommsCommand.PeerMessage.to(TO, "x");
            case "peer_request" -> CHECKSUM;
            default -> ADDED;
        };
    }

    /** Reads an answer as its method says; null for a method that has no reader here. */
    static Object read(String method, JsonNode params, JsonNode result) {
        return switch (method) {
            case "initialize", "capabilities/get" -> Answers.version(result);
            case "session/create" ->
                Answers.created(result, params.path("keep_alive").asBoolean());
            case "turn/start" -> Answers.completed(result);
            case "session/list" -> Answers.sessions(result);
            case "session/read" -> Answers.session(result);
            case "session/history" -> Answers.history(result, "self");
            case "session/external_event" -> Answers.eventOutcome(result);
            case "session/input_status" -> Answers.inputStatus(result);
            case "session/inject_context" -> Answers.contextApplied(result);
            case "comms/peers" -> Answers.peers(result);
            case "comms/send" -> Answers.receipt(commandOf(params), result);
            case "events/latest_cursor" -> Answers.latest(result);
            case "events/list_since" -> Answers.logPage(result);
            default -> null;
        };
    }

    @Test
    void everyAnswerOverJsonRpcIsRead() {
        Set<String> elsewhere = Set.of(
                "runtime/capabilities",
                "session/stream_open",
                "session/stream_close",
                "session/archive",
                "turn/interrupt",
                "events/snapshot",
                "mob/create",
                "mob/spawn",
                "mob/wire",
                "mob/member_status");
        int read = 0;
        for (Recorded.Call call : Recorded.calls()) {
            if (call.refused()) {
                MeerkatException error = AnsweredFaults.typed(call.fault(), PLAIN);
                assertThat(error).as(call.request().toString()).hasMessageNotContaining("null");
                assertThat(error.code()).matches("[a-z_]+");
            } else if (!elsewhere.contains(call.method())) {
                assertThat(read(call.method(), call.params(), call.result()))
                        .as(call.method())
                        .isNotNull();
                read++;
            }
        }
        assertThat(read).isGreaterThan(30);
    }

    @Test
    void everyAnswerOverRestIsRead() {
        int read = 0;
        for (Recorded.Exchange exchange : Recorded.exchanges()) {
            if (exchange.status() >= 400) {
                MeerkatException error = AnsweredFaults.typed(exchange.fault(), PLAIN);
                assertThat(error.getMessage()).as(exchange.path()).isNotBlank();
                continue;
            }
            String method = switch (exchange.route()) {
                case "GET /capabilities" -> "capabilities/get";
                case "POST /sessions" -> "session/create";
                case "POST /sessions/{id}/messages" -> "turn/start";
                case "GET /sessions" -> "session/list";
                case "GET /sessions/{id}" -> "session/read";
                case "GET /sessions/{id}/history" -> "session/history";
                case "POST /sessions/{id}/external-events" -> "session/external_event";
                case "POST /sessions/{id}/system_context" -> "session/inject_context";
                case "GET /comms/peers" -> "comms/peers";
                case "POST /comms/send" -> "comms/send";
                default -> "";
            };
            if (!method.isEmpty()) {
                assertThat(read(method, exchange.body(), exchange.answer()))
                        .as(exchange.route())
                        .isNotNull();
                read++;
            }
        }
        assertThat(read).isGreaterThan(15);
    }

    @Test
    void theVersionIsATextInOneAnswerAndAnObjectInAnother() {
        assertThat(Answers.version(result(1))).isEqualTo(ContractVersion.parse("0.9.8"));
        assertThat(Answers.version(result(2))).isEqualTo(ContractVersion.parse("0.9.8"));
    }

    @Test
    void keepAliveCreateAnswersBeforeItsTurn() {
        Created created = Answers.created(result(4), true);
        assertThat(created.session()).hasToString("01a2053e-1316-76ad-b7c2-4cbe7a952b35");
        assertThat(created.realm()).isEqualTo("r1");
        assertThat(created.firstTurn()).isNull();
    }

    @Test
    void anImmediateCreateHasItsTurnAndADeferredOneHasNone() {
        assertThat(Answers.created(result(5), false).firstTurn())
                .isEqualTo(new TurnOutcome.Completed(
                        Optional.empty(), "ok", Optional.of(new Usage(1, 1)), Optional.empty()));
        assertThat(Answers.created(result(6), false).firstTurn()).isNull();
        JsonNode rest = Recorded.exchanges().get(3).answer();
        assertThat(Answers.created(rest, false).firstTurn())
                .isEqualTo(new TurnOutcome.Completed(
                        Optional.empty(), "ok", Optional.of(new Usage(0, 0)), Optional.empty()));
    }

    @Test
    void aTurnTellsWhatItTookAndNotWhatTheSessionTook() {
        assertThat(Answers.completed(result(8)).usage()).contains(new Usage(1, 1));
        assertThat(result(8).path("usage").path("input_tokens").intValue()).isEqualTo(2);
    }

    @Test
    void sessionsHaveTheirTimesAsSecondsOrAsText() {
        SessionRow listed = Answers.sessions(result(12)).get(1);
        assertThat(listed)
                .isEqualTo(new SessionRow(
                        PLAIN,
                        "r1",
                        Instant.ofEpochSecond(1795384285),
                        5,
                        false,
                        Map.of(),
                        Optional.empty(),
                        Optional.empty()));
        SessionRow single = Answers.session(result(14));
        assertThat(single.model()).contains("fake");
        assertThat(single.lastAnswer()).contains("ok");
        SessionRow rest = Recorded.exchanges().stream()
                .filter(exchange -> exchange.route().equals("GET /sessions/{id}") && exchange.status() == 200)
                .map(exchange -> Answers.session(exchange.answer()))
                .findFirst()
                .orElseThrow();
        assertThat(rest.createdAt()).isEqualTo(Instant.parse("2026-11-22T22:35:19.947860993Z"));
        assertThat(rest.labels()).isEqualTo(Map.of("team", "infra"));
        assertThat(rest.realm()).isEqualTo("t1");
    }

    @Test
    void eventsAreAcceptedThenDuplicatesThenConflicts() {
        InputId first = InputId.of("01a2053e-1eb6-73d0-bbd2-300b6ba1419b");
        assertThat(Answers.eventOutcome(result(18)))
                .isEqualTo(new EventOutcome.Accepted(Optional.of(first), Optional.empty(), new Delivery.Queued()));
        assertThat(Answers.eventOutcome(result(19)))
                .isEqualTo(new EventOutcome.Duplicate(first, Optional.empty(), false));
        ExternalEvent keyed = DEPLOY.withIdempotencyKey("k1");
        assertThat(Answers.refusedEvent(fault(20), keyed)).contains(new EventOutcome.Conflict(first, "k1"));
        assertThat(Answers.refusedEvent(fault(20), DEPLOY)).isEmpty();
        assertThat(Answers.refusedEvent(fault(43), keyed)).isEmpty();
    }

    @Test
    void overRestAnAcceptedEventHasNoInputIdAndAConflictHasTheFirst() {
        List<Recorded.Exchange> events = Recorded.exchanges().stream()
                .filter(exchange -> exchange.route().equals("POST /sessions/{id}/external-events"))
                .toList();
        Recorded.Exchange queued = events.stream()
                .filter(event -> event.status() == 202)
                .findFirst()
                .orElseThrow();
        assertThat(Answers.eventOutcome(queued.answer()))
                .isEqualTo(new EventOutcome.Accepted(Optional.empty(), Optional.empty(), new Delivery.Queued()));
        Fault conflict = events.stream()
                .filter(event -> event.answer().has("existing_id"))
                .findFirst()
                .orElseThrow()
                .fault();
        assertThat(Answers.refusedEvent(conflict, DEPLOY.withIdempotencyKey("k1")))
                .contains(new EventOutcome.Conflict(InputId.of("01a20566-573d-76c5-8bd2-e75491bc21b9"), "k1"));
    }

    @Test
    void anInputIsQueuedThenConsumed() {
        InputId input = InputId.of("01a2053e-1e8d-730a-b638-81fa0e36b082");
        assertThat(Answers.inputStatus(result(21)))
                .contains(new InputStatus(input, Optional.empty(), InputStatus.State.QUEUED, 0));
        assertThat(Answers.inputStatus(result(24)))
                .contains(new InputStatus(input, Optional.empty(), InputStatus.State.CONSUMED, 1));
    }

    @Test
    void receiptsProveWhatTheServerSays() {
        Receipt.InputAccepted input = Answers.receipt(CommsCommand.Input.of("hi"), result(29));
        assertThat(input.inputId()).hasToString("1f0c2668-9d9d-4981-8a4c-ab882fd3d8dc");
        assertThat(input.delivery()).isEqualTo(new Delivery.Queued());
        Receipt.PeerMessageSent message = Answers.receipt(CommsCommand.PeerMessage.to(TO, "x"), result(54));
        assertThat(message)
                .isEqualTo(new Receipt.PeerMessageSent(
                        EnvelopeId.of("8c47b2fb-bbc0-41f0-89f4-9419227c3277"), new Delivery.Durable(false)));
        Receipt.PeerRequestSent request = Answers.receipt(CHECKSUM, result(56));
        assertThat(request.requestId()).isEqualTo(RequestId.of("55b6e74a-d3bd-4a46-a9a7-e5fd555b5e27"));
        Receipt.PeerLifecycleSent lifecycle = Answers.receipt(ADDED, result(58));
        assertThat(lifecycle.delivery()).isEqualTo(new Delivery.HandedOff());
    }

    @Test
    void peersHaveNamesIdsAndKinds() {
        assertThat(Answers.peers(result(53)))
                .containsExactly(new Peer(
                        PEER,
                        "m1/w/b",
                        "inproc",
                        "m1/w/b",
                        Set.of("peer_message", "peer_request", "peer_response"),
                        PeerMeta.NONE));
        assertThat(Answers.peers(result(28))).isEmpty();
    }

    @Test
    void theLogIsReadWithItsPositions() {
        assertThat(Answers.latest(result(34))).isEqualTo(24);
        LogPage page = Answers.logPage(result(35));
        assertThat(page.hasMore()).isTrue();
        assertThat(page.events()).extracting(ReadEvent::position).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(page.events().get(0).type()).isEqualTo("run_started");
    }

    @Test
    void aContextIsAppliedOnce() {
        assertThat(Answers.contextApplied(result(26))).isTrue();
        assertThat(Answers.contextApplied(result(27))).isFalse();
    }

    @Test
    void refusalsAreTyped() {
        assertThat(AnsweredFaults.typed(fault(37), PLAIN)).isInstanceOf(SessionNotFoundException.class);
        assertThat(AnsweredFaults.typed(fault(38), PLAIN)).isInstanceOf(SessionNotFoundException.class);
        assertThat(AnsweredFaults.typed(fault(40), null)).isInstanceOf(NotSupportedException.class);
        assertThat(AnsweredFaults.typed(fault(33), PLAIN).code()).isEqualTo(AnsweredFaults.COMMS_NOT_ENABLED);
        assertThat(AnsweredFaults.typed(fault(41), null))
                .isExactlyInstanceOf(NotDoneException.class)
                .hasMessage("keep_alive requires a session created with comms_name");
        assertThat(AnsweredFaults.typed(fault(44), PLAIN).code()).isEqualTo("invalid_params");
        assertThat(AnsweredFaults.ofSend(fault(32), PLAIN, CommsCommand.PeerMessage.to("agent-b", "x")))
                .isInstanceOf(PeerNotFoundException.class)
                .hasMessageContaining("agent-b");
        assertThat(AnsweredFaults.ofSend(fault(30), PLAIN, CommsCommand.Input.of("hi")))
                .isExactlyInstanceOf(NotDoneException.class)
                .extracting(MeerkatException::code)
                .isEqualTo("send_failed");
    }

    @Test
    void aSendRefusedOverRestIsTypedAsOverJsonRpc() {
        List<MeerkatException> errors = Recorded.exchanges().stream()
                .filter(exchange -> exchange.route().equals("POST /comms/send") && exchange.status() >= 400)
                .map(exchange -> AnsweredFaults.ofSend(exchange.fault(), PLAIN, CommsCommand.PeerMessage.to(TO, "x")))
                .toList();
        assertThat(errors)
                .extracting(MeerkatException::code)
                .containsExactly(
                        "invalid_params", PeerNotFoundException.CODE, "send_failed", AnsweredFaults.COMMS_NOT_ENABLED);
        assertThat(errors).allMatch(error -> error instanceof NotDoneException);
    }

    @Test
    void a409ForAnUnknownSessionOnRestExternalEvents() {
        Fault fault = Recorded.exchanges().stream()
                .filter(exchange ->
                        exchange.status() == 409 && !exchange.answer().has("code"))
                .findFirst()
                .orElseThrow()
                .fault();
        assertThat(AnsweredFaults.typed(fault, PLAIN))
                .isInstanceOf(NotDoneException.class)
                .hasMessageContaining("unknown")
                .hasMessageContaining("not live")
                .extracting(MeerkatException::code)
                .isEqualTo(AnsweredFaults.SESSION_NOT_LIVE);
    }

    @Test
    void textPlain4xxBodiesKeepTheirText() {
        List<MeerkatException> errors = Recorded.exchanges().stream()
                .filter(exchange ->
                        exchange.status() >= 400 && exchange.answer().isTextual())
                .map(exchange -> AnsweredFaults.typed(exchange.fault(), null))
                .toList();
        assertThat(errors).hasSizeGreaterThan(4).allSatisfy(error -> {
            assertThat(error).isInstanceOf(NotDoneException.class);
            assertThat(error.code()).isEqualTo("invalid_params");
            assertThat(error.getMessage()).containsAnyOf("Failed to", "Expected request");
        });
    }

    @Test
    void writesWhatTheRecordedClientWrote() {
        written(
                4,
                LINE.create(SessionSpec.ofPrompt("You are a coordinator.")
                        .withKeepAliveAs("agent-a")
                        .withSystemPrompt("You are a test agent.")
                        .withLabels(Map.of("team", "infra"))
                        .withPeerMeta(new PeerMeta("Coordinates", Map.of("lang", "java")))));
        written(
                6,
                LINE.rpcCreate(SessionSpec.ofPrompt("Later.")
                        .withSystemPrompt("You are a test agent.")
                        .withDeferredStart()));
        written(8, LINE.restTurn(PLAIN, text("hello")));
        written(9, LINE.turn(SessionId.of("01a2053e-1948-74b8-92cc-b6a1ab130d50"), text("start now")));
        written(18, LINE.externalEvent(DEPLOY.withIdempotencyKey("k1")));
        written(26, LINE.context(ContextNote.of("Remember teal.").withIdempotencyKey("c1")));
        written(54, LINE.command(MEMBER, CommsCommand.PeerMessage.to(TO, "Build failed in CI."), PEER));
        written(
                55,
                LINE.command(
                        MEMBER,
                        CommsCommand.PeerMessage.to(TO, "steer")
                                .withHandlingMode(HandlingMode.STEER)
                                .withContentTaint(ContentTaint.TAINTED),
                        PEER));
        written(56, LINE.command(MEMBER, CHECKSUM, PEER));
        written(58, LINE.command(MEMBER, ADDED, PEER));
        written(
                29,
                LINE.command(SessionId.of("01a2053e-1316-76ad-b7c2-4cbe7a952b35"), CommsCommand.Input.of("hi"), null));
    }

    /** Compares with the recorded parameters, but for the client's own labels, explicit defaults and the session. */
    private static void written(int id, ObjectNode params) {
        ObjectNode recorded = (ObjectNode) Recorded.call(id).params();
        ObjectNode ours = (ObjectNode) Recorded.json(new String(WireJson.write(params), StandardCharsets.UTF_8));
        if (ours.path("labels") instanceof ObjectNode labels) {
            labels.remove(List.of(OwnLabels.COMMS_NAME, OwnLabels.KEEP_ALIVE));
        }
        Map<String, String> defaults = Map.of("handling_mode", "queue", "source", "rpc");
        defaults.forEach((field, value) -> {
            if (!recorded.has(field) && ours.path(field).asText().equals(value)) {
                ours.remove(field);
            }
        });
        if (!recorded.has("session_events") && ours.path("session_events").isBoolean()) {
            ours.remove("session_events");
        }
        if (!ours.has("session_id")) {
            recorded.remove("session_id");
        }
        assertThat(ours).as("call " + id).isEqualTo(recorded);
    }

    @Test
    void everyRowOfEveryTranscriptIsOneEntry() {
        for (Recorded.Call call : Recorded.calls()) {
            if (call.method().equals("session/history")) {
                assertThat(Answers.history(call.result(), "self").entries())
                        .hasSize(call.result().path("messages").size())
                        .noneMatch(entry -> entry instanceof TranscriptEntry.Unrecognized);
            }
        }
    }

    private static InputBody.Prompt text(String prompt) {
        return new InputBody.Prompt(prompt, List.of());
    }
}
