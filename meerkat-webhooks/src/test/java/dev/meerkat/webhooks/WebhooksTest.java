package dev.meerkat.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TraceContext;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.RuntimeLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhooksTest {
    private static final String RUN = "{\"action\":\"completed\",\"workflow_run\":{\"id\":1742}}";

    private Hooks hooks;

    @BeforeEach
    void open() throws InterruptedException {
        hooks = new Hooks();
    }

    @AfterEach
    void close() {
        hooks.close();
    }

    @Test
    void aDeliveryBecomesAnEventWithWhatItsSenderSays() throws InterruptedException {
        WebhookResponse response = hooks.deliver(Hooks.toGithub(), Hooks.github("workflow_run", "d-1", RUN));

        assertThat(response.result()).isEqualTo(WebhookResult.ACCEPTED);
        assertThat(response.status()).isEqualTo(202);
        assertThat(Json.parse(response.body()).at("/outcome")).contains(Json.of("accepted"));
        assertThat(Json.parse(response.body()).at("/input_id")).isPresent();
        assertThat(hooks.events())
                .containsExactly(ExternalEvent.genericJson("workflow_run", Json.parse(RUN))
                        .withSource("github")
                        .withIdempotencyKey("d-1"));
    }

    @Test
    void aRepeatedDeliveryTakesEffectOnceAndIsToldTheSameInput() throws InterruptedException {
        WebhookResponse first = hooks.deliver(Hooks.toGithub(), Hooks.github("workflow_run", "d-1", RUN));
        WebhookResponse second = hooks.deliver(Hooks.toGithub(), Hooks.github("workflow_run", "d-1", RUN));

        assertThat(second.status()).isEqualTo(200);
        assertThat(Json.parse(second.body()).at("/outcome")).contains(Json.of("duplicate"));
        assertThat(Json.parse(second.body()).at("/input_id"))
                .isEqualTo(Json.parse(first.body()).at("/input_id"));
        assertThat(hooks.events()).hasSize(1);
    }

    @Test
    void theSameKeyWithOtherContentIsAConflict() throws InterruptedException {
        hooks.deliver(Hooks.toGithub(), Hooks.github("workflow_run", "d-1", RUN));
        WebhookResponse response = hooks.deliver(Hooks.toGithub(), Hooks.github("workflow_run", "d-1", "{}"));

        assertThat(response.status()).isEqualTo(409);
        assertThat(hooks.events()).hasSize(1);
    }

    @Test
    void whoDoesNotHaveTheSecretIsToldNothingAndLeavesNothing() throws InterruptedException {
        WebhookRoute other = WebhookRoute.github("github", WebhookTarget.named("agent-a"), WebhookSecret.of("another"));
        WebhookResponse response = hooks.deliver(other, Hooks.github("workflow_run", "d-1", RUN));

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.body()).isEqualTo("{\"outcome\":\"unauthorized\"}");
        assertThat(response.detail()).isEqualTo("no signature matches");
        assertThat(hooks.events()).isEmpty();
    }

    @Test
    void nothingIsReadOfABodyWhoseSenderIsNotKnown() throws InterruptedException {
        for (WebhookRequest broken : List.of(
                Hooks.post("{", "Content-Type", "application/json"),
                Hooks.post("{}", "Content-Encoding", "gzip"),
                Hooks.post("{}", "Content-Encoding", "br"))) {
            assertThat(hooks.deliver(Hooks.toGithub(), broken).status()).isEqualTo(401);
        }
    }

    @Test
    void pingsAreDroppedAndSaidToBe() throws InterruptedException {
        WebhookResponse response = hooks.deliver(Hooks.toGithub(), Hooks.github("ping", "d-1", "{\"zen\":\"Keep\"}"));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"outcome\":\"dropped\",\"event_type\":\"ping\"}");
        assertThat(hooks.deliver(Hooks.toGithub().dropping(), Hooks.github("ping", "d-1", "{}"))
                        .status())
                .isEqualTo(202);
        assertThat(hooks.events()).hasSize(1);
    }

    @Test
    void namesOfHeadersAreFoundInAnyCase() throws InterruptedException {
        WebhookRequest request = Hooks.post("{}", "x-EVENT", "deploy", "content-TYPE", "application/json");
        hooks.deliver(Hooks.open().type(DeliveryField.header("X-Event")), request);

        assertThat(hooks.events().get(0).eventType()).isEqualTo("deploy");
    }

    @Test
    void aHeaderThatIsThereTwiceIsNoGuess() throws InterruptedException {
        WebhookRequest request = Hooks.post("{}", "X-Event", "deploy", "X-Event", "undo");
        WebhookResponse response = hooks.deliver(Hooks.open().type(DeliveryField.header("X-Event")), request);

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).contains("X-Event is there more than once");
    }

    @Test
    void aTraceThatIsThereTwiceIsNoReasonToRefuseADelivery() throws InterruptedException {
        String one = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        WebhookRequest twice = Hooks.post("1", "traceparent", one, "traceparent", one.replace('4', '5'));
        WebhookRequest parts = Hooks.post("2", "traceparent", one, "tracestate", "a=1", "tracestate", "b=2");
        WebhookRequest broken = Hooks.post("3", "traceparent", "x");
        for (WebhookRequest request : List.of(twice, parts, broken)) {
            assertThat(hooks.deliver(Hooks.open(), request).status()).isEqualTo(202);
        }

        assertThat(hooks.traces())
                .containsExactly(
                        Optional.empty(), Optional.of(new TraceContext(one, Optional.of("a=1,b=2"))), Optional.empty());
    }

    @Test
    void namesAndTextsInOtherLettersComeThrough() throws InterruptedException {
        Session session = hooks.meerkat.create(
                SessionSpec.ofPrompt("Du koordinierst.").withDeferredStart().withCommsName("Größe-世界"));
        WebhookRoute route = WebhookRoute.generic("größe", WebhookTarget.named("Größe-世界"), Verification.none())
                .type(DeliveryField.pointer("/тип"))
                .source(DeliveryField.header("X-Quelle"));
        String utf8 = new String("Überwachung".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        hooks.deliver(route, Hooks.post("{\"тип\":\"событие\"}", "X-Quelle", utf8, "Content-Type", "application/json"));

        ExternalEvent event = Hooks.events(session).get(0);
        assertThat(event.eventType()).isEqualTo("событие");
        assertThat(event.source()).isEqualTo("Überwachung");
    }

    @Test
    void aFormWithAPayloadIsItsJson() throws InterruptedException {
        byte[] body = "payload=%7B%22a%22%3A+%22%C3%BC%22%7D".getBytes(StandardCharsets.UTF_8);
        hooks.deliver(
                Hooks.toGithub(),
                Hooks.github("push", "d-1", body, "Content-Type", "application/x-www-form-urlencoded"));

        assertThat(hooks.events().get(0).payload()).isEqualTo(Json.parse("{\"a\":\"ü\"}"));
    }

    @Test
    void anyOtherFormIsAnObjectOfItsFields() throws InterruptedException {
        hooks.deliver(
                Hooks.open(),
                Hooks.post("a=1&b=x%20y&b=z&c", "Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"));

        assertThat(hooks.events().get(0).payload())
                .isEqualTo(Json.parse("{\"a\":\"1\",\"b\":[\"x y\",\"z\"],\"c\":\"\"}"));
    }

    @Test
    void whatIsNoJsonIsText() throws InterruptedException {
        hooks.deliver(Hooks.open(), Hooks.post("disk full", "Content-Type", "text/plain"));
        hooks.deliver(Hooks.open(), Hooks.post("not {json"));
        hooks.deliver(Hooks.open(), Hooks.post("[1]"));
        hooks.deliver(Hooks.open().body(BodyFormat.JSON), Hooks.post("[2]", "Content-Type", "text/plain"));

        assertThat(hooks.events().stream().map(ExternalEvent::payload))
                .containsExactly(Json.of("disk full"), Json.of("not {json"), Json.parse("[1]"), Json.parse("[2]"));
    }

    @Test
    void brokenBodiesAreMalformed() throws InterruptedException {
        String form = "application/x-www-form-urlencoded";
        for (WebhookRequest broken : List.of(
                Hooks.json("{"),
                Hooks.json(""),
                Hooks.json("{\"a\":1,\"a\":2}"),
                Hooks.json("[".repeat(500)),
                Hooks.post(new byte[] {(byte) 0xff}, "Content-Type", "text/plain"),
                Hooks.post("payload=x", "Content-Type", form),
                Hooks.post("a=%zz", "Content-Type", form),
                Hooks.post("a=%ff", "Content-Type", form),
                Hooks.post("a=%f", "Content-Type", form),
                Hooks.post("&".repeat(1_000), "Content-Type", form),
                Hooks.post("{}", "Content-Encoding", "gzip"))) {
            assertThat(hooks.deliver(Hooks.open(), broken).status()).isEqualTo(400);
        }
        assertThat(hooks.deliver(Hooks.open(), Hooks.post("{}", "Content-Encoding", "br"))
                        .status())
                .isEqualTo(415);
        assertThat(hooks.deliver(Hooks.open(), Hooks.post("{}", "Content-Type", "text/plain; charset=utf-16"))
                        .status())
                .isEqualTo(415);
        assertThat(hooks.events()).isEmpty();
    }

    @Test
    void aSignatureIsThatOfTheBytesAsTheyCame() throws InterruptedException {
        byte[] zipped = zipped(RUN.getBytes(StandardCharsets.UTF_8));
        hooks.deliver(Hooks.toGithub(), Hooks.github("workflow_run", "d-1", zipped, "Content-Encoding", "gzip"));

        assertThat(hooks.events().get(0).payload()).isEqualTo(Json.parse(RUN));
    }

    @Test
    void aSenderMaySignBeforeItCompresses() throws InterruptedException {
        // printf %s "$RUN" | openssl dgst -sha256 -hmac a-secret, with RUN as below
        byte[] run = "{\"action\":\"completed\",\"workflow_run\":{\"id\":1742,\"conclusion\":\"failure\"}}"
                .getBytes(StandardCharsets.UTF_8);
        WebhookRequest request = Hooks.post(
                zipped(run),
                "Content-Encoding",
                "gzip",
                "Content-Type",
                "application/json",
                "X-GitHub-Event",
                "workflow_run",
                "X-GitHub-Delivery",
                "d-1",
                "X-Hub-Signature-256",
                "sha256=73393f1674e877e001a864ae6597e70f32f93a7186c8a5ad6e080e718b8ab404");

        assertThat(hooks.deliver(Hooks.toGithub(), request).status()).isEqualTo(401);
        assertThat(hooks.deliver(Hooks.toGithub().signedBeforeCompression(), request)
                        .status())
                .isEqualTo(202);
    }

    @Test
    void aBombIsStoppedAtTheLimit() throws InterruptedException {
        byte[] bomb = zipped(new byte[64 << 20]);
        assertThat(bomb.length).isLessThan(WebhookRoute.BODY_BYTES);
        for (WebhookRoute route : List.of(Hooks.open(), Hooks.open().signedBeforeCompression())) {
            assertThat(hooks.deliver(route, Hooks.post(bomb, "Content-Encoding", "gzip"))
                            .status())
                    .isEqualTo(413);
        }
    }

    @Test
    void aBodyOverTheLimitIsTooLarge() throws InterruptedException {
        WebhookRoute route = Hooks.open().maxBodyBytes(10);
        assertThat(hooks.deliver(route, Hooks.json("[12345678]")).status()).isEqualTo(202);
        assertThat(hooks.deliver(route, Hooks.json("[123456789]")).status()).isEqualTo(413);
    }

    @Test
    void aBodyOfTwentyFiveMebibytesIsTakenWhereTheRouteKeepsTheNeededParts() throws InterruptedException {
        byte[] head = "{\"action\":\"completed\",\"run\":{\"id\":7,\"log\":\"...\"},\"rest\":\""
                .getBytes(StandardCharsets.UTF_8);
        byte[] body = Arrays.copyOf(head, WebhookRoute.MOST_BODY_BYTES);
        Arrays.fill(body, head.length, body.length - 2, (byte) 'x');
        body[body.length - 2] = '"';
        body[body.length - 1] = '}';
        WebhookRoute large = Hooks.toGithub().maxBodyBytes(WebhookRoute.MOST_BODY_BYTES);

        WebhookResponse whole = hooks.deliver(large, Hooks.github("workflow_run", "d-1", body));
        assertThat(whole.status()).isEqualTo(413);
        assertThat(whole.body())
                .contains(Integer.toString(Limits.MESSAGE_BYTES))
                .contains("parts to keep");

        WebhookRoute keeping = large.keeping("/action", "/run/id", "/none");
        assertThat(hooks.deliver(keeping, Hooks.github("workflow_run", "d-1", body))
                        .status())
                .isEqualTo(202);
        assertThat(hooks.events().get(0).payload())
                .isEqualTo(Json.parse("{\"action\":\"completed\",\"run\":{\"id\":7}}"));
    }

    @Test
    void withoutAKeyEachDeliveryCounts() throws InterruptedException {
        WebhookRoute route = Hooks.open().withoutKey();
        hooks.deliver(route, Hooks.json("{}"));
        hooks.deliver(route, Hooks.json("{}"));

        assertThat(hooks.events()).hasSize(2);
    }

    @Test
    void aDigestTellsDeliveriesOfOtherTypesApart() throws InterruptedException {
        WebhookRoute route = Hooks.open().type(DeliveryField.header("X-Event"));
        for (String type : List.of("start", "stop", "start")) {
            hooks.deliver(route, Hooks.post("{}", "X-Event", type));
        }

        assertThat(hooks.events().stream().map(ExternalEvent::eventType)).containsExactly("start", "stop");
    }

    @Test
    void keysOfSeveralRoutesToOneSessionAreKeptApartByANameThatIsJoined() throws InterruptedException {
        List<WebhookRoute> routes = new ArrayList<>();
        List<WebhookRoute> named = new ArrayList<>();
        for (String name : List.of("staging", "production")) {
            WebhookRoute route = WebhookRoute.generic(name, WebhookTarget.named("agent-a"), Verification.none());
            DeliveryField id = DeliveryField.pointer("/id");
            routes.add(route.key(id));
            named.add(route.key(DeliveryField.joined(DeliveryField.constant(name), id)));
        }
        assertThat(hooks.deliver(routes.get(0), Hooks.json("{\"id\":42}")).status())
                .isEqualTo(202);
        assertThat(hooks.deliver(routes.get(1), Hooks.json("{\"id\":42}")).status())
                .isEqualTo(409);
        for (WebhookRoute route : named) {
            assertThat(hooks.deliver(route, Hooks.json("{\"id\":42}")).status()).isEqualTo(202);
        }

        assertThat(hooks.events().stream().map(event -> event.idempotencyKey().orElseThrow()))
                .containsExactly("42", "staging 42", "production 42");
    }

    @Test
    void whatIsMissingIsNamed() throws InterruptedException {
        WebhookRoute route = Hooks.open();
        assertThat(hooks.deliver(route.key(DeliveryField.header("X-Id")), Hooks.json("{}"))
                        .body())
                .contains("a key: the header X-Id");
        assertThat(hooks.deliver(route.type(DeliveryField.pointer("/t")), Hooks.json("{\"t\":{}}"))
                        .body())
                .contains("a type: /t of the payload");
        assertThat(hooks.deliver(route.source(DeliveryField.pointer("/s")), Hooks.json("{\"s\":\" \"}"))
                        .body())
                .contains("a source: /s of the payload");
        assertThat(hooks.events()).isEmpty();
    }

    @Test
    void longTypesAreCutAndLongKeysDigested() throws InterruptedException {
        WebhookRoute route = Hooks.open().type(DeliveryField.pointer("/t")).key(DeliveryField.pointer("/k"));
        String body = Json.of(Map.of("t", "t".repeat(126) + "🐿".repeat(9), "k", "k".repeat(257)))
                .text();
        assertThat(hooks.deliver(route, Hooks.json(body)).status()).isEqualTo(202);
        assertThat(hooks.deliver(route, Hooks.json(body)).status()).isEqualTo(200);

        assertThat(hooks.events().get(0).eventType()).isEqualTo("t".repeat(126) + "…");
        assertThat(hooks.events().get(0).idempotencyKey().orElseThrow()).startsWith("sha256:");
    }

    @Test
    void unknownRoutesAndMethodsAreRefused() throws InterruptedException {
        Webhooks webhooks = Webhooks.of(hooks.meerkat, List.of(Hooks.open()));
        assertThat(webhooks.handle("other", Hooks.json("{}")).status()).isEqualTo(404);
        WebhookResponse get = webhooks.handle("open", new WebhookRequest("GET", Map.of(), new byte[0]));
        assertThat(get.status()).isEqualTo(405);
        assertThat(get.headers()).containsEntry("Allow", "POST");
        assertThatThrownBy(() -> Webhooks.of(hooks.meerkat, List.of(Hooks.open(), Hooks.open())))
                .hasMessageContaining("is there more than once");
    }

    @Test
    void aSessionThatIsNotThereOrArchivedIsSaidToBe() throws InterruptedException {
        SessionId id = hooks.session.id();
        WebhookRoute byId = WebhookRoute.generic("open", WebhookTarget.of(id), Verification.none());
        assertThat(hooks.deliver(byId, Hooks.json("{}")).status()).isEqualTo(202);

        hooks.session.archive();

        assertThat(hooks.deliver(byId, Hooks.json("{\"a\":1}")).status()).isEqualTo(410);
        assertThat(hooks.deliver(Hooks.open(), Hooks.json("{}")).status()).isEqualTo(404);
        WebhookRoute unknown =
                WebhookRoute.generic("open", WebhookTarget.of(new SessionId(new UUID(1, 2))), Verification.none());
        assertThat(hooks.deliver(unknown, Hooks.json("{}")).status()).isEqualTo(404);
    }

    @Test
    void theFirstDeliveriesCreateOneSessionHoweverManyComeAtOnce() throws Exception {
        SessionSpec spec =
                SessionSpec.ofPrompt("You triage.").withDeferredStart().withCommsName("triage");
        WebhookRoute route = WebhookRoute.generic("open", WebhookTarget.created(spec), Verification.none());
        int count = 8;
        CyclicBarrier together = new CyclicBarrier(count);
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Callable<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String body = "[" + i + "]";
                calls.add(() -> {
                    together.await();
                    return hooks.deliver(route, Hooks.json(body)).status();
                });
            }
            for (Future<Integer> status : threads.invokeAll(calls)) {
                assertThat(status.get()).isEqualTo(202);
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(Hooks.events(hooks.meerkat.open("triage"))).hasSize(count);
    }

    @Test
    void anArchivedSessionThatIsCreatedWhenNeededIsCreatedAgain() throws InterruptedException {
        WebhookRoute route = WebhookRoute.generic("open", WebhookTarget.created(Hooks.WAITING), Verification.none());
        hooks.session.archive();

        assertThat(hooks.deliver(route, Hooks.json("{}")).status()).isEqualTo(202);
        assertThat(Hooks.events(hooks.meerkat.open("agent-a"))).hasSize(1);
    }

    @Test
    void aSessionThatIsArchivedWhileADeliveryComesInIsLookedUpAgain() throws InterruptedException {
        Session archived = mock(Session.class);
        when(archived.sendExternalEvent(any())).thenThrow(new SessionArchivedException(hooks.session.id()));
        Meerkat meerkat = mock(Meerkat.class);
        when(meerkat.open(any(), any())).thenReturn(archived).thenReturn(hooks.session);
        Webhooks webhooks = Webhooks.of(meerkat, List.of(Hooks.open()));
        assertThat(webhooks.handle("open", Hooks.json("{}")).status()).isEqualTo(202);

        when(meerkat.open(any(), any())).thenReturn(archived);
        WebhookResponse again = webhooks.handle("open", Hooks.json("{}"));
        assertThat(again.result()).isEqualTo(WebhookResult.NOT_DONE);
        assertThat(again.status()).isEqualTo(503);
    }

    @Test
    void aFullLaneAsksTheSenderToComeAgain() throws InterruptedException {
        try (Hooks small = new Hooks(RuntimeLimits.defaults().withLanes(8, 1, 1 << 20))) {
            assertThat(small.deliver(Hooks.open(), Hooks.json("[1]")).status()).isEqualTo(202);
            WebhookResponse full = small.deliver(Hooks.open(), Hooks.json("[2]"));

            assertThat(full.result()).isEqualTo(WebhookResult.BUSY);
            assertThat(full.status()).isEqualTo(503);
            assertThat(Long.parseLong(full.headers().get("Retry-After"))).isPositive();
            assertThat(small.deliver(Hooks.open().answering(WebhookResult.BUSY, 429), Hooks.json("[2]"))
                            .status())
                    .isEqualTo(429);
        }
    }

    @Test
    void whatMayHaveFailedIsAnsweredSoThatTheSenderComesAgain() throws InterruptedException {
        assertThat(failing(new UnknownOutcomeException(new UUID(1, 2), "lost", null)))
                .isEqualTo(WebhookResult.UNKNOWN);
        assertThat(failing(new IllegalStateException("a fault"))).isEqualTo(WebhookResult.UNKNOWN);
        assertThat(failing(new StoreException("away", null))).isEqualTo(WebhookResult.NOT_DONE);
        assertThat(failing(new InvalidFieldException("source", "github", "must be the event type")))
                .isEqualTo(WebhookResult.NOT_DONE);
        hooks.meerkat.close();
        WebhookResponse closed = hooks.deliver(Hooks.open(), Hooks.json("{}"));
        assertThat(closed.status()).isEqualTo(503);
        assertThat(closed.body()).contains(MeerkatClosedException.CODE);
    }

    private static WebhookResult failing(RuntimeException failure) throws InterruptedException {
        Session session = mock(Session.class);
        when(session.sendExternalEvent(any())).thenThrow(failure);
        Meerkat meerkat = mock(Meerkat.class);
        when(meerkat.open(any(), any())).thenReturn(session);
        WebhookResponse response = Webhooks.of(meerkat, List.of(Hooks.open())).handle("open", Hooks.json("{}"));
        assertThat(response.status()).isGreaterThanOrEqualTo(500);
        assertThat(response.body()).doesNotContain("a fault");
        return response.result();
    }

    @Test
    void anAnswerWithoutContentHasNoBody() throws InterruptedException {
        WebhookRoute route = Hooks.toGithub().answering(WebhookResult.DROPPED, 204);
        WebhookResponse response = hooks.deliver(route, Hooks.github("ping", "d-1", "{}"));

        assertThat(response.status()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void aStatusThatWouldLoseADeliveryIsRefused() {
        for (WebhookResult result : WebhookResult.values()) {
            int wrong = result.isTaken() ? 500 : 200;
            assertThatThrownBy(() -> Hooks.open().answering(result, wrong)).hasMessageContaining(result.text());
            assertThatThrownBy(() -> Hooks.open().answering(result, 302)).hasMessageContaining("302");
        }
    }

    @Test
    void routesThatCannotBeAreRefused() {
        for (String name : List.of("", ".", "..", "a/b", "a b", "x".repeat(65), "a%")) {
            assertThatThrownBy(() -> WebhookRoute.generic(name, WebhookTarget.named("a"), Verification.none()))
                    .hasMessageContaining("route");
        }
        assertThatThrownBy(() -> Hooks.open().keeping("/a", "/a/b")).hasMessageContaining("/a/b");
        assertThatThrownBy(() -> Hooks.open().keeping("a")).hasMessageContaining("pointer");
        assertThatThrownBy(() -> Hooks.open().maxBodyBytes(WebhookRoute.MOST_BODY_BYTES + 1))
                .hasMessageContaining("max_body_bytes");
        assertThatThrownBy(() -> WebhookTarget.created(SessionSpec.ofPrompt("x")))
                .hasMessageContaining("comms_name");
    }

    private static byte[] zipped(byte[] bytes) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toByteArray();
    }
}
