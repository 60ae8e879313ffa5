package dev.meerkat.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.MeerkatClient;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.webhooks.DeliveryField;
import dev.meerkat.webhooks.Verification;
import dev.meerkat.webhooks.WebhookRequest;
import dev.meerkat.webhooks.WebhookResult;
import dev.meerkat.webhooks.WebhookRoute;
import dev.meerkat.webhooks.WebhookSecret;
import dev.meerkat.webhooks.WebhookTarget;
import dev.meerkat.webhooks.Webhooks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deliveries of webhooks to a server over real connections. */
@Timeout(60)
@SuppressWarnings("try") // closing may be interrupted
class WebhookDeliveriesTest {
    private static final String HOST = "127.0.0.1";
    private static final String RUN =
            "{\"action\":\"completed\",\"workflow_run\":{\"id\":1742,\"conclusion\":\"failure\"}}";

    /** {@code printf %s "$RUN" | openssl dgst -sha256 -hmac a-secret}. */
    private static final String SIGNATURE = "73393f1674e877e001a864ae6597e70f32f93a7186c8a5ad6e080e718b8ab404";

    private static final WebhookTarget TARGET = WebhookTarget.named("agent-a");

    private final Meerkat meerkat = MeerkatRuntime.of(turn -> "ok")
            .limits(RuntimeLimits.defaults().withLanes(8, 3, 1 << 20))
            .open();
    private Session session;
    private RunningServer server;

    @BeforeEach
    void serve() throws IOException, InterruptedException {
        session = meerkat.create(SessionSpec.ofPrompt("You are a coordinator.")
                .withDeferredStart()
                .withCommsName("agent-a"));
        server = MeerkatServer.of(meerkat)
                .rest(HOST, 0)
                .token("a-token")
                .limits(ServerLimits.defaults().withMessageBytes(1 << 20))
                .webhooks(List.of(
                        WebhookRoute.github("github", TARGET, WebhookSecret.of("a-secret")),
                        WebhookRoute.generic("größe", TARGET, Verification.none())
                                .type(DeliveryField.header("X-Art"))
                                .withoutKey(),
                        WebhookRoute.generic("large", TARGET, Verification.none())
                                .maxBodyBytes(WebhookRoute.MOST_BODY_BYTES)
                                .keeping("/action")))
                .start();
    }

    @AfterEach
    void close() throws InterruptedException {
        server.close();
        meerkat.close();
    }

    private record Answer(int status, String head, String body) {}

    private Answer post(String path, byte[] body, String... headers) throws IOException {
        return send("POST", path, body, "Content-Length: " + body.length, headers);
    }

    private Answer send(String verb, String path, byte[] body, String length, String... headers) throws IOException {
        try (Socket socket = new Socket(HOST, server.addresses().get(0).getPort())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            StringBuilder head = new StringBuilder(verb + " " + path + " HTTP/1.1\r\nConnection: close\r\n");
            head.append(length).append("\r\n");
            if (Arrays.stream(headers).noneMatch(header -> header.startsWith("Host:"))) {
                head.append("Host: localhost\r\n");
            }
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
            out.write(body);
            out.flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int end = answer.indexOf("\r\n\r\n");
            return new Answer(
                    Integer.parseInt(answer.substring(9, 12)), answer.substring(0, end), answer.substring(end + 4));
        }
    }

    private Answer github(String delivery, String signature) throws IOException {
        return post(
                "/hooks/github",
                RUN.getBytes(StandardCharsets.UTF_8),
                "Host: hooks.example.org",
                "Content-Type: application/json",
                "X-GitHub-Event: workflow_run",
                "X-GitHub-Delivery: " + delivery,
                "X-Hub-Signature-256: sha256=" + signature);
    }

    private List<ExternalEvent> events() throws InterruptedException {
        List<ExternalEvent> found = new ArrayList<>();
        try (EventStream events = session.events(Cursor.START)) {
            for (Optional<SessionEvent> next = events.next(Duration.ZERO);
                    next.isPresent();
                    next = events.next(Duration.ZERO)) {
                if (next.get() instanceof SessionEvent.InputAdmitted admitted
                        && admitted.input().body() instanceof InputBody.External external) {
                    found.add(external.event());
                }
            }
        }
        return found;
    }

    @Test
    void aSignedDeliveryNeedsNoTokenAndTakesEffectOnce() throws Exception {
        Answer first = github("72d3162e", SIGNATURE);
        Answer second = github("72d3162e", SIGNATURE);

        assertThat(first.status()).isEqualTo(202);
        assertThat(second.status()).isEqualTo(200);
        assertThat(Json.parse(second.body()).at("/input_id"))
                .isPresent()
                .isEqualTo(Json.parse(first.body()).at("/input_id"));
        assertThat(events())
                .containsExactly(ExternalEvent.genericJson("workflow_run", Json.parse(RUN))
                        .withSource("github")
                        .withIdempotencyKey("72d3162e"));
    }

    @Test
    void aWrongSignatureIsRefusedAndTheTokenOfTheServerDoesNotHelp() throws Exception {
        Answer wrong = github("72d3162e", SIGNATURE.replace('7', '8'));
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.body()).isEqualTo("{\"outcome\":\"unauthorized\"}");
        assertThat(post("/hooks/github", "{}".getBytes(StandardCharsets.UTF_8), "Authorization: Bearer a-token")
                        .status())
                .isEqualTo(401);
        assertThat(events()).isEmpty();
    }

    @Test
    void theRestOfTheServerStillAsksForItsToken() throws Exception {
        assertThat(send("GET", "/sessions", new byte[0], "Content-Length: 0").status())
                .isEqualTo(401);
        assertThat(send("GET", "/hooks/github", new byte[0], "Content-Length: 0")
                        .status())
                .isEqualTo(401);
        assertThat(send("GET", "/hooks/github", new byte[0], "Content-Length: 0", "Authorization: Bearer a-token")
                        .status())
                .isEqualTo(405);
    }

    @Test
    void aRouteThatIsNotThereIsNotFound() throws Exception {
        assertThat(post("/hooks/other", new byte[0]).status()).isEqualTo(404);
        try (RunningServer without = MeerkatServer.of(meerkat).rest(HOST, 0).start()) {
            server.close();
            server = without;
            assertThat(post("/hooks/github", new byte[0]).status()).isEqualTo(404);
            assertThat(send("GET", "/hooks/github", new byte[0], "Content-Length: 0")
                            .status())
                    .isEqualTo(404);
        }
    }

    /** Each zipped delivery is counted as large as the route allows, of which not ten have room at once. */
    @Test
    void theRoomOfADeliveryIsFreeAgainOnceItIsAnswered() throws Exception {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write("{\"action\":\"a\"}".getBytes(StandardCharsets.UTF_8));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(post("/hooks/large", zipped.toByteArray(), "Content-Encoding: gzip")
                            .status())
                    .isEqualTo(i == 0 ? 202 : 200);
        }
    }

    @Test
    void namesAndHeadersInOtherLettersComeThrough() throws Exception {
        assertThat(post("/hooks/gr%C3%B6%C3%9Fe", "größer".getBytes(StandardCharsets.UTF_8), "X-Art: Änderung")
                        .status())
                .isEqualTo(202);
        assertThat(events().get(0).eventType()).isEqualTo("Änderung");
        assertThat(events().get(0).payload()).isEqualTo(Json.of("größer"));
    }

    @Test
    void aBodyInChunksIsTaken() throws Exception {
        byte[] chunks = "4\r\n[1,2\r\n1\r\n]\r\n0\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        assertThat(send("POST", "/hooks/gr%C3%B6%C3%9Fe", chunks, "Transfer-Encoding: chunked", "X-Art: a")
                        .status())
                .isEqualTo(202);
        assertThat(events().get(0).payload()).isEqualTo(Json.parse("[1,2]"));
    }

    @Test
    void theRouteSaysHowLargeABodyMayBe() throws Exception {
        byte[] head = "{\"action\":\"a\",\"rest\":\"".getBytes(StandardCharsets.UTF_8);
        byte[] body = Arrays.copyOf(head, WebhookRoute.MOST_BODY_BYTES);
        Arrays.fill(body, head.length, body.length - 2, (byte) 'x');
        body[body.length - 2] = '"';
        body[body.length - 1] = '}';

        assertThat(post("/hooks/large", body, "Content-Type: application/json").status())
                .isEqualTo(202);
        assertThat(post("/hooks/github", Arrays.copyOf(body, WebhookRoute.BODY_BYTES + 1))
                        .status())
                .isEqualTo(413);
        assertThat(events().get(0).payload()).isEqualTo(Json.parse("{\"action\":\"a\"}"));
    }

    @Test
    void aBombIsStoppedAtTheLimitOfTheRoute() throws Exception {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(new byte[32 << 20]);
        }
        assertThat(post("/hooks/gr%C3%B6%C3%9Fe", zipped.toByteArray(), "Content-Encoding: gzip", "X-Art: a")
                        .status())
                .isEqualTo(413);
    }

    @Test
    void aFullLaneAsksTheSenderToComeAgain() throws Exception {
        Answer last = new Answer(0, "", "");
        for (int i = 0; i < 4; i++) {
            last = post("/hooks/gr%C3%B6%C3%9Fe", "[]".getBytes(StandardCharsets.UTF_8), "X-Art: a");
        }
        assertThat(last.status()).isEqualTo(503);
        assertThat(last.head()).containsPattern("(?i)retry-after: \\d+");
        assertThat(events()).hasSize(3);
    }

    @Test
    void deliveriesCanGoOnToASessionOfAServer() throws Exception {
        URI rest = URI.create("http://" + HOST + ":" + server.addresses().get(0).getPort());
        try (Meerkat remote = MeerkatClient.rest(rest).bearer("a-token").open()) {
            WebhookRoute route = WebhookRoute.generic("remote", TARGET, Verification.none());
            WebhookRequest request = new WebhookRequest("POST", Map.of(), "{}".getBytes(StandardCharsets.UTF_8));
            Webhooks webhooks = Webhooks.of(remote, List.of(route));

            assertThat(webhooks.handle("remote", request).result()).isEqualTo(WebhookResult.ACCEPTED);
            assertThat(webhooks.handle("remote", request).result()).isEqualTo(WebhookResult.DUPLICATE);
            assertThat(events()).hasSize(1);

            Webhooks other = Webhooks.of(remote, List.of(route.source(DeliveryField.constant("another"))));
            assertThat(other.handle("remote", request).result()).isEqualTo(WebhookResult.ACCEPTED);
            assertThat(events()).extracting(ExternalEvent::source).contains("another");
        }
    }
}
