package dev.meerkat.client.internal.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.ContractMismatchException;
import dev.meerkat.client.internal.calls.PendingTurn;
import dev.meerkat.client.internal.wire.Created;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is odd about the REST surface of real servers, and what this client makes of it. */
@Timeout(60)
class RestTrapsTest {
    private static final SessionId SESSION = SessionId.of("01a20566-4b88-706d-ae9b-5b3465c3b75b");
    private static final PeerId PEER = PeerId.of("00000000-0000-5000-8000-000000000001");
    private static final String COMPLETED = "{\"session_id\":\"" + SESSION + "\",\"session_ref\":\"t1:" + SESSION
            + "\",\"text\":\"ok\",\"turns\":1,\"tool_calls\":0,\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}";

    private RestServer server;
    private RestCalls calls;

    @BeforeEach
    void connect() throws Exception {
        server = RestServer.start();
        calls = server.connect(s -> s.withWebhookSecret("s3cret").withHeader("Authorization", "Bearer t0ken"));
    }

    @AfterEach
    void close() {
        calls.close();
        server.close();
    }

    private static ExternalEvent deploy() {
        return ExternalEvent.genericJson("deploy", Json.parse("{\"env\":\"prod\"}"));
    }

    @Test
    void plainTextRefusalsAreTypedWithTheServersWords() {
        server.answers(RestServer.text(422, "Failed to deserialize the JSON body: missing field `prompt`"));

        NotDoneException refused =
                catchThrowableOfType(NotDoneException.class, () -> calls.create(SessionSpec.ofPrompt("x")));

        assertThat(refused).hasMessageContaining("missing field `prompt`");
        assertThat(refused.code()).isEqualTo("invalid_params");
    }

    @Test
    void anEmptyRefusalIsTypedToo() {
        server.answers(RestServer.text(405, ""));
        assertThatThrownBy(() -> calls.interrupt(SESSION)).isInstanceOf(NotSupportedException.class);
        server.answers(RestServer.text(500, ""));
        MeerkatException failed = catchThrowableOfType(MeerkatException.class, () -> calls.interrupt(SESSION));
        assertThat(failed.code()).isEqualTo("internal_error");
    }

    @Test
    void anUnknownSessionOnExternalEventsIs409AndIsTyped() {
        server.answers(409, "{\"error\":\"runtime not accepting input while in state: destroyed\"}");

        NotDoneException refused =
                catchThrowableOfType(NotDoneException.class, () -> calls.sendExternalEvent(SESSION, deploy()));

        assertThat(refused.code()).isEqualTo("session_not_live");
    }

    @Test
    void acceptedEventsHaveNoInputIdOverRest() throws Exception {
        server.answers(202, "{\"queued\":true}");

        EventOutcome.Accepted accepted = (EventOutcome.Accepted) calls.sendExternalEvent(SESSION, deploy());

        assertThat(accepted.inputId()).isEmpty();
        assertThat(accepted.position()).isEmpty();
        assertThat(calls.facts().capabilities().has(Capability.EVENT_RECEIPTS)).isFalse();
        assertThat(calls.facts().capabilities().has(Capability.EVENT_WAKE)).isFalse();
    }

    @Test
    void howFarAnInputGotCannotBeAskedOverRest() {
        assertThatThrownBy(() -> calls.inputStatus(SESSION, InputId.UNKNOWN)).isInstanceOf(NotSupportedException.class);
        assertThat(calls.log()).isEmpty();
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void theWebhookSecretGoesOnlyToTheEventRoutes() throws Exception {
        server.answers(202, "{\"queued\":true}")
                .answers(202, "{\"queued\":true}")
                .answers(200, COMPLETED)
                .answers(200, COMPLETED)
                .answers(200, "{\"interrupted\":true}")
                .answers(200, "{\"session_id\":\"s\",\"archived\":true}")
                .answers(200, "{\"status\":\"duplicate\"}")
                .answers(
                        200,
                        "{\"kind\":\"input_accepted\",\"interaction_id\":\"" + SESSION
                                + "\",\"stream_reserved\":false}")
                .answers(200, "{\"peers\":[]}")
                .answers(200, "{\"sessions\":[]}")
                .answers(RestServer.text(200, "ok"));

        calls.sendExternalEvent(SESSION, deploy());
        EventOutcome answered = calls.deliverPeerAnswer(
                SESSION,
                new PeerAnswer(
                        PEER,
                        Optional.of("b"),
                        RequestId.of(SESSION.toString()),
                        PeerAnswer.Status.COMPLETED,
                        Json.parse("{\"a\":1}")));
        calls.create(SessionSpec.ofPrompt("x"));
        calls.turn(SESSION, "x").outcome().get(20, TimeUnit.SECONDS);
        calls.interrupt(SESSION);
        calls.archive(SESSION);
        boolean applied = calls.injectContext(SESSION, ContextNote.of("x"));
        calls.send(SESSION, CommsCommand.Input.of("x"), null);
        calls.peers(SESSION);
        calls.list(0, 100);
        assertThat(calls.health()).isEmpty();

        assertThat(answered).isInstanceOf(EventOutcome.Accepted.class);
        assertThat(applied).isFalse();
        assertThat(server.requests())
                .extracting(r -> r.getUrl().encodedPath().replace(SESSION.toString(), "S") + " "
                        + r.getHeaders().get("X-Webhook-Secret"))
                .containsExactly(
                        "/sessions/S/external-events s3cret",
                        "/sessions/S/peer-response-terminal s3cret",
                        "/sessions null",
                        "/sessions/S/messages null",
                        "/sessions/S/interrupt null",
                        "/sessions/S null",
                        "/sessions/S/system_context null",
                        "/comms/send null",
                        "/comms/peers null",
                        "/sessions null",
                        "/health null");
        assertThat(server.requests())
                .allSatisfy(r -> assertThat(r.getHeaders().get("Authorization")).isEqualTo("Bearer t0ken"));
    }

    @Test
    void aKeepAliveCreateWaitsForItsTurnOverRest() throws Exception {
        server.answers(200, COMPLETED);

        Created created =
                calls.create(SessionSpec.ofPrompt("You are a coordinator.").withKeepAliveAs("agent-a"));

        assertThat(created.firstTurn())
                .isInstanceOfSatisfying(
                        TurnOutcome.Completed.class,
                        turn -> assertThat(turn.text()).isEqualTo("ok"));
        assertThat(server.lastBody().path("keep_alive").asBoolean()).isTrue();
        assertThat(server.lastBody().has("initial_turn")).isFalse();
        assertThat(server.lastBody().has("session_events")).isFalse();
    }

    @Test
    void aDeferredCreateHasNoFormOverRest() {
        assertThatThrownBy(() -> calls.create(SessionSpec.ofPrompt("x").withDeferredStart()))
                .isInstanceOf(NotSupportedException.class);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aSessionWhoseFirstTurnFailedIsStillCreated() throws Exception {
        server.answers(
                500,
                "{\"error\":\"turn failed\",\"code\":\"SESSION_CREATED_WITH_TURN_FAILURE\",\"details\":{\"session_id\":\""
                        + SESSION + "\",\"session_ref\":\"t1:" + SESSION
                        + "\",\"session_created\":true,\"resumable\":true}}");

        Created created = calls.create(SessionSpec.ofPrompt("x"));

        assertThat(created.session()).isEqualTo(SESSION);
        assertThat(created.firstTurn()).isInstanceOf(TurnOutcome.Failed.class);
    }

    @Test
    void aCancelledTurnIsAnOutcomeAndNoError() throws Exception {
        server.answers(499, "{\"error\":\"request cancelled\",\"code\":\"REQUEST_CANCELLED\"}");

        PendingTurn turn = calls.turn(SESSION, "x");

        assertThat(turn.outcome().get(20, TimeUnit.SECONDS)).isInstanceOf(TurnOutcome.Interrupted.class);
    }

    @Test
    void eachTurnAndCreateHasAnIdOfItsOwnToBeCancelledBy() throws Exception {
        server.answers(200, COMPLETED).answers(200, COMPLETED);
        calls.create(SessionSpec.ofPrompt("x"));
        calls.turn(SESSION, "x").outcome().get(20, TimeUnit.SECONDS);

        assertThat(server.requests())
                .extracting(r -> r.getHeaders().get("X-Meerkat-Request-Id"))
                .containsExactly("request-1", "request-2");
    }

    @Test
    void anAmbiguousSendIsUnknownAndNamesItsEnvelope() {
        UUID envelope = UUID.fromString("6f0c1a1e-0000-4000-8000-000000000001");
        server.answers(
                500,
                "{\"error\":\"send_ambiguous: no ack\",\"code\":\"send_ambiguous\",\"details\":{\"code\":\"send_ambiguous\","
                        + "\"envelope_id\":\"" + envelope + "\",\"message\":\"no ack\",\"retry_safe\":false}}");

        UnknownOutcomeException unknown = catchThrowableOfType(
                UnknownOutcomeException.class,
                () -> calls.send(SESSION, CommsCommand.PeerMessage.to(PeerRef.id(PEER), "x"), PEER));

        assertThat(unknown.id()).contains(envelope);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void theStatusTellsWhetherATurnRuns() throws Exception {
        String row = "{\"session_id\":\"" + SESSION
                + "\",\"created_at\":\"2026-11-22T22:35:19Z\",\"updated_at\":\"2026-11-22T22:35:19Z\",\"message_count\":3}";
        server.answers(200, row).answers(200, "{\"state\":\"running\"}");
        assertThat(calls.read(SESSION).active()).isTrue();
        server.answers(200, row).answers(200, "{\"state\":\"idle\"}");
        assertThat(calls.read(SESSION).active()).isFalse();
        server.answers(200, row).answers(404, "{\"error\":\"Runtime not ready: destroyed\"}");
        assertThat(calls.read(SESSION).active()).isFalse();
    }

    @Test
    void anUnknownContractLineIsRefusedWhenConnecting() throws Exception {
        try (RestServer newer = RestServer.saying("{\"contract_version\":{\"major\":1,\"minor\":0,\"patch\":0}}", "")) {
            assertThatThrownBy(newer::connect)
                    .isInstanceOf(ContractMismatchException.class)
                    .hasMessageContaining("1.0.0");
        }
        try (RestServer odd = RestServer.saying("{\"capabilities\":[]}", "")) {
            MeerkatException unread = catchThrowableOfType(MeerkatException.class, odd::connect);
            assertThat(unread.code()).isEqualTo("invalid_answer");
        }
    }

    @Test
    void theServerTellsItsName() throws Exception {
        assertThat(calls.facts().capabilities().name()).isEqualTo("rkat-rest");
        assertThat(calls.facts().capabilities().version()).isEqualTo("0.9.8");
        try (RestServer older = RestServer.saying(
                        "{\"contract_version\":{\"major\":0,\"minor\":6,\"patch\":34}}",
                        "{\"process_name\":\"meerkat-rest\",\"process_version\":\"0.6.34\"}");
                RestCalls named = older.connect()) {
            assertThat(named.facts().capabilities().name()).isEqualTo("meerkat-rest");
            assertThat(named.facts().contract().toString()).isEqualTo("0.6.34");
        }
    }

    @Test
    void thePathOfTheServerIsAPrefix() throws Exception {
        HttpUrl prefixed =
                RestAddress.checked(server.url().newBuilder("api/v1/").build().uri());
        try (RestCalls behind = RestServer.connect(prefixed, s -> s)) {
            server.answers(200, "{\"sessions\":[]}");
            behind.list(0, 100);
        }
        assertThat(server.lastRequest().getTarget()).startsWith("/api/v1/sessions?");
    }
}
