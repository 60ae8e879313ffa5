package dev.meerkat.client.fault;

import static dev.meerkat.client.fault.RestClients.SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.client.internal.rest.RestCalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that answers badly, or not at all: every call ends in time, with an error that says what is known. */
@Timeout(60)
class RestAnswerFaultTest {
    private static final String ENDLESS = "x".repeat(8 << 10);

    private static String ok(String type, String body) {
        return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    /** A read fails with the code, and a change has an unknown outcome with it. */
    private static void assertLost(RestRawServer server, String code) throws Exception {
        try (server;
                RestCalls calls = RestClients.connect(server)) {
            assertLost(calls, code);
        }
    }

    private static void assertLost(RestCalls calls, String code) {
        assertTyped(() -> calls.list(0, 100), FailedException.class, code);
        assertTyped(() -> calls.interrupt(SESSION), UnknownOutcomeException.class, code);
        assertTyped(() -> calls.create(SessionSpec.ofPrompt("x")), UnknownOutcomeException.class, code);
    }

    private static void assertTyped(ThrowingCallable call, Class<? extends MeerkatException> type, String code) {
        MeerkatException typed = catchThrowableOfType(MeerkatException.class, call);
        assertThat(typed).isInstanceOf(type);
        assertThat(typed.code()).isEqualTo(code);
    }

    @Test
    void halfOfTheHeaders() throws Exception {
        assertLost(RestRawServer.writing("HTTP/1.1 200 OK\r\nContent-Le"), "connection_lost");
    }

    @Test
    void noAnswerAtAll() throws Exception {
        assertLost(RestRawServer.writing(""), "connection_lost");
    }

    @Test
    void halfOfTheBody() throws Exception {
        assertLost(
                RestRawServer.writing("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"sessions\":["),
                "connection_lost");
    }

    @Test
    void halfOfAChunk() throws Exception {
        assertLost(
                RestRawServer.writing("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{\"sessions\":["),
                "connection_lost");
    }

    @Test
    void noHttpAtAll() throws Exception {
        assertLost(RestRawServer.writing("SSH-2.0-OpenSSH_9.2\r\n"), "invalid_answer");
    }

    @Test
    void aHugeBodyThatIsDeclared() throws Exception {
        assertLost(RestRawServer.writing("HTTP/1.1 200 OK\r\nContent-Length: 68719476736\r\n\r\n{"), "invalid_answer");
    }

    @Test
    void aHugeBodyInChunks() throws Exception {
        assertLost(
                endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "2000\r\n" + ENDLESS + "\r\n"),
                "invalid_answer");
    }

    @Test
    void aHugeBodyThatEndsWithTheConnection() throws Exception {
        assertLost(endless("HTTP/1.1 200 OK\r\n\r\n", ENDLESS), "invalid_answer");
    }

    @Test
    void anEndlessHeader() throws Exception {
        assertLost(endless("HTTP/1.1 200 OK\r\nX-Endless: ", ENDLESS), "connection_lost");
    }

    @Test
    void endlesslyManyHeaders() throws Exception {
        assertLost(endless("HTTP/1.1 200 OK\r\n", "X-More: " + ENDLESS + "\r\n"), "connection_lost");
    }

    /** Writes on until the client has enough. */
    private static RestRawServer endless(String begin, String more) throws IOException {
        return RestRawServer.start((request, out) -> {
            RestRawServer.write(out, begin);
            while (true) {
                RestRawServer.write(out, more);
            }
        });
    }

    @Test
    void invalidUtf8() throws Exception {
        assertLost(
                RestRawServer.writing(ok("application/json", "{\"sessions\":[],\"x\":\"\u00ff\u00fe\"}")),
                "invalid_answer");
    }

    @Test
    void aPageOfHtml() throws Exception {
        assertLost(RestRawServer.writing(ok("text/html", "<html>Sign in</html>")), "invalid_answer");
    }

    @Test
    void twoValuesInOneBody() throws Exception {
        assertLost(RestRawServer.writing(ok("application/json", "{\"sessions\":[]}{}")), "invalid_answer");
    }

    @Test
    void aBodyThatIsTooDeep() throws Exception {
        assertLost(RestRawServer.writing(ok("application/json", "[".repeat(10_000))), "invalid_answer");
    }

    @Test
    void anAnswerOfAnotherShape() throws Exception {
        assertLost(RestRawServer.writing(ok("application/json", "[1,2,3]")), "invalid_answer");
    }

    @Test
    void anEmptyAnswerWhereABodyIsDue() throws Exception {
        assertLost(RestRawServer.writing("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"), "invalid_answer");
    }

    @Test
    void aCompressedBodyThatNobodyAskedFor() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        packed.writeBytes("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(new byte[1 << 20]);
        }
        assertLost(RestRawServer.writing(packed.toByteArray()), "invalid_answer");
    }

    @Test
    void aWrongContentTypeOfAGoodAnswerIsForgiven() throws Exception {
        try (RestRawServer server = RestRawServer.writing(ok("text/plain", "{\"sessions\":[]}"));
                RestCalls calls = RestClients.connect(server)) {
            assertThat(calls.list(0, 100)).isEmpty();
        }
    }

    @Test
    void aHugeErrorKeepsItsStatusAndItsBeginning() throws Exception {
        try (RestRawServer server = endless("HTTP/1.1 400 Bad Request\r\n\r\n", ENDLESS);
                RestCalls calls = RestClients.connect(server)) {
            MeerkatException refused = catchThrowableOfType(MeerkatException.class, () -> calls.list(0, 100));
            assertThat(refused.code()).isEqualTo("invalid_params");
            assertThat(refused.getMessage()).contains("xxxx").hasSizeLessThan(5_000);
        }
    }

    @Test
    void redirectsAreNotFollowed() throws Exception {
        try (RestRawServer target = RestRawServer.writing(ok("application/json", "{\"sessions\":[]}"));
                RestRawServer server = RestRawServer.writing("HTTP/1.1 307 Temporary Redirect\r\nLocation: "
                        + target.uri() + "/\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                RestCalls calls = RestClients.connect(server)) {
            assertLost(calls, "redirect");
            assertThat(target.requests()).isEmpty();
        }
    }

    @Test
    void aServerThatNeverAnswers() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        ClientTimeouts brief =
                RestClients.PATIENT.withCall(Duration.ofMillis(300)).withTurn(Duration.ofMillis(300));
        try (RestRawServer server = RestRawServer.start((request, out) -> {
                    over.await();
                    return false;
                });
                RestCalls calls = RestClients.connect(server.uri(), brief, RestClients.LIMITS)) {
            assertLost(calls, "call_timeout");
        } finally {
            over.countDown();
        }
    }

    @Test
    void aServerThatStopsInTheMiddleOfTheBody() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        ClientTimeouts brief =
                RestClients.PATIENT.withCall(Duration.ofMillis(300)).withTurn(Duration.ofMillis(300));
        try (RestRawServer server = RestRawServer.start((request, out) -> {
                    RestRawServer.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
                    over.await();
                    return false;
                });
                RestCalls calls = RestClients.connect(server.uri(), brief, RestClients.LIMITS)) {
            assertLost(calls, "call_timeout");
        } finally {
            over.countDown();
        }
    }

    @Test
    void noServer() throws Exception {
        URI nobody;
        try (ServerSocket free = new ServerSocket(0)) {
            nobody = URI.create("http://127.0.0.1:" + free.getLocalPort());
        }
        assertThatThrownBy(() -> RestClients.connect(nobody, RestClients.PATIENT, RestClients.LIMITS))
                .isInstanceOf(ServerUnreachableException.class)
                .hasMessageContaining(nobody.getAuthority());
    }

    @Test
    void anUnknownHost() {
        assertThatThrownBy(() -> RestClients.connect(
                        URI.create("http://no-such-host.invalid"), RestClients.PATIENT, RestClients.LIMITS))
                .isInstanceOf(ServerUnreachableException.class);
    }

    @Test
    void aServerWithoutTls() throws Exception {
        ClientTimeouts brief = RestClients.PATIENT.withConnect(Duration.ofMillis(300));
        try (RestRawServer server = RestRawServer.writing("")) {
            URI https = URI.create(server.uri().toString().replace("http:", "https:"));
            assertThatThrownBy(() -> RestClients.connect(https, brief, RestClients.LIMITS))
                    .isInstanceOf(ServerUnreachableException.class);
        }
    }

    @Test
    void aServerThatGoesAwayLaterIsUnreachableAndNothingWasDone() throws Exception {
        // It says good-bye to the connection of its last answer, so that the next call needs a new one.
        RestRawServer server = RestRawServer.writing(ok("application/json", "{\"sessions\":[]}"));
        try (RestCalls calls = RestClients.connect(server)) {
            calls.list(0, 100);
            server.close();
            assertTyped(() -> calls.interrupt(SESSION), ServerUnreachableException.class, "server_unreachable");
            assertTyped(() -> calls.list(0, 100), ServerUnreachableException.class, "server_unreachable");
        }
    }

    @Test
    void aServerThatNeverShakesHands() throws Exception {
        ClientTimeouts brief = RestClients.PATIENT.withConnect(Duration.ofMillis(300));
        try (ServerSocket silent = new ServerSocket(0)) {
            URI uri = URI.create("http://127.0.0.1:" + silent.getLocalPort());
            assertTyped(
                    () -> RestClients.connect(uri, brief, RestClients.LIMITS), FailedException.class, "call_timeout");
        }
    }

    @Test
    void aPostWhoseConnectionIsClosedAfterItCameIsSentExactlyOnce() throws Exception {
        // The handshake leaves a connection that is kept alive, so that this is a stale one to OkHttp.
        try (RestRawServer server = RestRawServer.writing("");
                RestCalls calls = RestClients.connect(server)) {
            assertTyped(() -> calls.interrupt(SESSION), UnknownOutcomeException.class, "connection_lost");
            assertThat(server.requests()).hasSize(1);
            assertTyped(() -> calls.archive(SESSION), UnknownOutcomeException.class, "connection_lost");
            assertThat(server.requests()).hasSize(2);
            ExternalEvent unkeyed = ExternalEvent.genericJson("deploy", Json.NULL);
            assertTyped(
                    () -> calls.sendExternalEvent(SESSION, unkeyed), UnknownOutcomeException.class, "connection_lost");
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void aReadAndAKeyedEventMayBeSentAgainOnAFreshConnection() throws Exception {
        try (RestRawServer server = firstOfEachLost();
                RestCalls calls = RestClients.connect(server)) {
            assertThat(calls.list(0, 100)).isEmpty();
            assertThat(server.requests()).hasSize(2);
            ExternalEvent keyed = ExternalEvent.genericJson("deploy", Json.NULL).withIdempotencyKey("k1");
            assertThat(calls.sendExternalEvent(SESSION, keyed)).isNotNull();
            assertThat(server.requests()).hasSize(4);
            assertThat(server.requests().get(2)).isEqualTo(server.requests().get(3));
        }
    }

    private static RestRawServer firstOfEachLost() throws IOException {
        int[] count = new int[1];
        return RestRawServer.start((request, out) -> {
            if (count[0]++ % 2 == 0) {
                return false;
            }
            RestRawServer.json(out, 200, "{\"sessions\":[],\"queued\":true}");
            return true;
        });
    }

    @Test
    void aServerThatAsksForARepetitionGetsNoneOfAChange() throws Exception {
        for (String status : new String[] {"408 Request Timeout", "503 Service Unavailable", "421 Misdirected"}) {
            try (RestRawServer server = RestRawServer.start((request, out) -> {
                        RestRawServer.write(
                                out, "HTTP/1.1 " + status + "\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n");
                        return true;
                    });
                    RestCalls calls = RestClients.connect(server)) {
                assertThatThrownBy(() -> calls.interrupt(SESSION)).isInstanceOf(MeerkatException.class);
                assertThat(server.requests()).hasSize(1);
            }
        }
    }
}
