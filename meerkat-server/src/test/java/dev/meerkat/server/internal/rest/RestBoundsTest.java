package dev.meerkat.server.internal.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Await;
import dev.meerkat.server.internal.calls.Slowloris;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients may take of a listener. */
class RestBoundsTest {
    static final String POST = "POST /sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    @Test
    void aBodyOverTheLimitIsRefusedWhateverItsForm() throws Exception {
        try (RestFixture rest = RestFixture.open(ServerLimits.defaults().withMessageBytes(1_000), null, null)) {
            rest.calls.answer("session/create", "{}");
            try (RestFixture.Raw raw = rest.raw()) {
                raw.write(POST + "Content-Length: 1001\r\n\r\n" + "x".repeat(1_001));
                assertThat(raw.all())
                        .startsWith("HTTP/1.1 413")
                        .contains("Connection: close")
                        .contains("1000 bytes");
            }
            try (RestFixture.Raw raw = rest.raw()) {
                raw.write(POST + "Transfer-Encoding: chunked\r\n\r\n");
                for (int i = 0; i < 4; i++) {
                    raw.write("12c\r\n" + " ".repeat(300) + "\r\n");
                }
                raw.write("0\r\n\r\n");
                assertThat(raw.all()).startsWith("HTTP/1.1 413");
            }
            String just = "{\"prompt\":\"" + "x".repeat(1_000 - 13) + "\"}";
            assertThat(rest.post("/sessions", just).status()).isEqualTo(200);
            assertThat(rest.post("/sessions", just + " ").status()).isEqualTo(413);
            Await.until(() -> rest.listener.bodyBytes() == 0);
        }
    }

    @Test
    void headersAndTargetsAreBounded() throws Exception {
        try (RestFixture rest = RestFixture.open()) {
            try (RestFixture.Raw raw = rest.raw()) {
                raw.write("GET /comms/peers?session_id=S HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(17_000)
                        + "\r\n\r\n");
                assertThat(raw.all())
                        .startsWith("HTTP/1.1 431")
                        .contains("{\"error\":\"Request Header Fields Too Large\"")
                        .doesNotContain("Jetty");
            }
            assertThat(rest.get("/sessions?x=" + "y".repeat(5_000)).status()).isEqualTo(414);
            try (RestFixture.Raw raw = rest.raw()) {
                raw.write("nonsense\r\n\r\n");
                assertThat(raw.all()).startsWith("HTTP/1.1 400").doesNotContain("Jetty");
            }
            assertThat(rest.get("/health").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /hea", "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: "})
    void headersThatTrickleInAreNotWaitedForForever(String begin) throws Exception {
        try (RestFixture rest = RestFixture.open();
                RestFixture.Raw raw = rest.raw()) {
            raw.write(begin);
            Await.until(() -> rest.listener.connections() == 1);

            assertThat(Slowloris.untilCut(raw.socket, rest.beat)).isEmpty();
            Await.until(() -> rest.listener.connections() == 0);
        }
    }

    @Test
    void aBodyThatTricklesInIsNotWaitedForForever() throws Exception {
        try (RestFixture rest = RestFixture.open();
                RestFixture.Raw raw = rest.raw()) {
            raw.write(POST + "Content-Length: 1000000\r\n\r\n{");
            Await.until(() -> rest.listener.bodyBytes() == 1);

            assertThat(Slowloris.untilCut(raw.socket, rest.beat))
                    .startsWith("HTTP/1.1 408")
                    .contains("REQUEST_TIMEOUT");
            assertThat(rest.listener.bodyBytes()).isZero();
            assertThat(rest.get("/health").status()).isEqualTo(200);
        }
    }

    @Test
    void aBodyThatIsRefusedIsNotHeardOutForever() throws Exception {
        try (RestFixture rest = RestFixture.open(ServerLimits.defaults().withMessageBytes(1_000), null, null);
                RestFixture.Raw raw = rest.raw()) {
            raw.write(POST + "Content-Length: 1000000\r\n\r\n");
            assertThat(raw.write("x").until("}")).startsWith("HTTP/1.1 413");

            Await.until(() -> {
                rest.seconds(1);
                return rest.listener.connections() == 0;
            });
        }
    }

    @Test
    void anAnswerThatIsReadTooSlowlyIsCutOff() throws Exception {
        try (RestFixture rest = RestFixture.open();
                RestFixture.Raw raw = rest.raw()) {
            int size = 32 << 20;
            rest.calls.answer("comms/peers", "{\"sessions\":\"" + "x".repeat(size) + "\"}");
            raw.write("GET /comms/peers?session_id=S HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(raw.until("\"sessions\":\"")).startsWith("HTTP/1.1 200");

            Await.until(() -> {
                rest.seconds(10);
                return rest.listener.connections() == 0;
            });
            assertThat(raw.rest()).isLessThan(size);
        }
    }

    @Test
    void aConnectionOverTheLimitIsServedWhenAnotherHasLeft() throws Exception {
        String request = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
        try (RestFixture rest = RestFixture.open(ServerLimits.defaults().withConnections(1), null, null)) {
            RestFixture.Raw first = rest.raw();
            first.write(request).until("ok");
            try (RestFixture.Raw second = rest.raw()) {
                second.write(request);
                first.write(request).until("ok");
                assertThat(rest.listener.connections()).isEqualTo(1);
                assertThat(second.available()).isFalse();

                first.close();

                assertThat(second.until("ok")).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void bodiesTogetherAreBounded() throws Exception {
        int limit = 1_000;
        try (RestFixture rest = RestFixture.open(ServerLimits.defaults().withMessageBytes(limit), null, null)) {
            List<RestFixture.Raw> open = new ArrayList<>();
            for (int i = 1; i <= 8; i++) {
                RestFixture.Raw raw = rest.raw();
                open.add(raw);
                raw.write(POST + "Content-Length: 1000\r\n\r\n" + " ".repeat(limit - 1));
                long expected = (long) i * (limit - 1);
                Await.until(() -> rest.listener.bodyBytes() == expected);
            }
            assertThat(rest.post("/sessions", "{\"prompt\":\"xxxxxxx\"}").status())
                    .isEqualTo(503);
            for (RestFixture.Raw raw : open) {
                raw.close();
            }
            Await.until(() -> rest.listener.bodyBytes() == 0);
        }
    }

    @Test
    void requestsThatWaitForCallsAreBoundedAndTheirPlacesComeBack() throws Exception {
        try (RestFixture rest = RestFixture.open(ServerLimits.defaults().withPendingCalls(2), null, null)) {
            rest.calls.hold("session/create");
            try (RestFixture.Raw first = rest.raw();
                    RestFixture.Raw second = rest.raw()) {
                for (RestFixture.Raw raw : List.of(first, second)) {
                    raw.write(POST + "Content-Length: 14\r\n\r\n{\"prompt\":\"x\"}");
                }
                Await.until(() -> rest.calls.started.size() == 2);

                RestFixture.Reply refused = rest.post("/sessions", "{\"prompt\":\"x\"}");
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.body()).contains("pending_calls").contains("\"outcome\":\"not_done\"");
                assertThat(refused.header("Retry-After")).isPresent();
                assertThat(rest.calls.started).hasSize(2);
                assertThat(rest.get("/health").status()).isEqualTo(200);
                assertThat(rest.get("/runtime/health").status()).isEqualTo(200);
                rest.calls.started.get(0).cancel();
                rest.calls.started.get(1).cancel();
                assertThat(first.until("REQUEST_CANCELLED")).startsWith("HTTP/1.1 499");
                assertThat(second.until("REQUEST_CANCELLED")).startsWith("HTTP/1.1 499");
            }
            rest.calls.answer("session/create", "{}");
            for (int i = 0; i < 5; i++) {
                assertThat(rest.post("/sessions", "{\"prompt\":\"x\"}").status())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void largeAnswersAreCountedUntilTheyAreRead() throws Exception {
        try (RestFixture rest = RestFixture.open()) {
            rest.calls.answer("comms/peers", "{\"text\":\"" + "x".repeat(8 << 20) + "\"}");
            try (RestFixture.Raw raw = rest.raw()) {
                raw.write("GET /comms/peers?session_id=S HTTP/1.1\r\nHost: localhost\r\n\r\n");
                Await.until(() -> rest.shared.memory().taken() >= 8 << 20);
                raw.until("x\"}");
                Await.until(() -> rest.shared.memory().taken() == 0);
            }
        }
    }
}
