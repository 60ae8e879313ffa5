package dev.meerkat.server.internal.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Await;
import dev.meerkat.server.internal.http.HttpBounds;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestStreamTest {
    private static final String EVENTS = "/sessions/" + FakeCalls.SESSION + "/events";

    private static RestFixture.Raw stream(RestFixture rest, String more) throws Exception {
        RestFixture.Raw raw = rest.raw();
        raw.write("GET " + EVENTS + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n");
        return raw;
    }

    private static RestFixture.Raw opened(RestFixture rest, String more) throws Exception {
        RestFixture.Raw raw = stream(rest, more);
        assertThat(raw.until("data: {\"message_count\":3,\"session_id\":\"" + FakeCalls.SESSION + "\"}\n\n"))
                .startsWith("HTTP/1.1 200 OK")
                .contains("Content-Type: text/event-stream")
                .contains("event: session_loaded\n");
        return raw;
    }

    @Test
    void tellsEventsAsTheyCome() throws Exception {
        try (RestFixture rest = RestFixture.open();
                RestFixture.Raw raw = opened(rest, "")) {
            rest.calls.log.append("run_started", "a");
            assertThat(raw.until("\n\n"))
                    .contains("event: run_started\nid: 1\ndata: {\"seq\":1,\"payload\":{\"type\":\"run_started\"");
            rest.calls.log.live("text_delta");
            assertThat(raw.until("\n\n")).contains("event: text_delta\ndata: ");
            rest.calls.log.live("stream_truncated");
            assertThat(raw.until("\n\n")).contains("event: stream_truncated\ndata: ");
            rest.calls.log.end(null);
            assertThat(raw.until("0\r\n\r\n")).contains("event: done\ndata: {}\n\n");
        }
    }

    @Test
    void aStreamThatBreaksOffSaysWhy() throws Exception {
        try (RestFixture rest = RestFixture.open();
                RestFixture.Raw raw = opened(rest, "")) {
            rest.calls.log.end(new WireFault(ErrorCode.INTERNAL_ERROR, "broken", null));
            assertThat(raw.until("0\r\n\r\n"))
                    .contains("event: error\ndata: {\"error\":\"broken\",\"code\":\"INTERNAL_ERROR\"}\n\n");
            Await.until(() -> rest.listener.streams() == 0);
        }
    }

    @Test
    void resumesWithoutLossOrDoublingHoweverOftenTheConnectionBreaks() throws Exception {
        try (RestFixture rest = RestFixture.open()) {
            rest.calls.log.append("run_started", "before");
            List<String> ids = new ArrayList<>();
            String last = "";
            for (int round = 0; round < 5; round++) {
                String header = last.isEmpty() ? "" : "Last-Event-ID: " + last + "\r\n";
                try (RestFixture.Raw raw = stream(rest, header)) {
                    last = id(raw.until("\n\n"));
                    for (int i = 0; i < 3; i++) {
                        rest.calls.log.append("run_started", "in " + round);
                    }
                    // One more has been told than is read before the connection is cut.
                    for (int i = 0; i < 2; i++) {
                        last = id(raw.until("\n\n"));
                        ids.add(last);
                    }
                }
            }
            int read = ids.size();
            assertThat(ids).containsExactlyElementsOf(numbers(2, read + 1));
        }
    }

    private static List<String> numbers(int from, int to) {
        List<String> numbers = new ArrayList<>();
        for (int i = from; i <= to; i++) {
            numbers.add(Integer.toString(i));
        }
        return numbers;
    }

    private static String id(String frame) {
        int at = frame.indexOf("id: ") + 4;
        return frame.substring(at, frame.indexOf('\n', at));
    }

    @Test
    void theLogCanBeReadFromTheBeginning() throws Exception {
        try (RestFixture rest = RestFixture.open();
                RestFixture.Raw raw = rest.raw()) {
            rest.calls.log.append("run_started", "first");
            raw.write("GET " + EVENTS + "?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(raw.until("first")).contains("id: 0\n").contains("id: 1\n");
        }
    }

    @Test
    void aPlaceThatTheLogHasNotReachedIsRefused() throws Exception {
        try (RestFixture rest = RestFixture.open()) {
            assertThat(rest.get(EVENTS + "?after=9").status()).isEqualTo(400);
            assertThat(rest.get("/sessions/none/events").status()).isEqualTo(404);
            assertThat(rest.listener.streams()).isZero();
        }
    }

    @Test
    void theOlderLineHasStreamsToo() throws Exception {
        try (RestFixture rest = RestFixture.open(ContractLine.V0_6);
                RestFixture.Raw raw = opened(rest, "")) {
            rest.calls.log.append("run_started", "a");
            assertThat(raw.until("\n\n")).contains("id: 1\n");
        }
    }

    @Test
    void aQuietStreamShowsThatItIsAlive() throws Exception {
        try (RestFixture rest = RestFixture.open();
                RestFixture.Raw raw = opened(rest, "")) {
            rest.seconds(14);
            rest.calls.log.live("text_delta");
            assertThat(raw.until("\n\n")).contains("text_delta");
            Await.until(() -> {
                rest.seconds(1);
                return raw.available();
            });
            assertThat(raw.until("\n\n")).contains(":\n\n").doesNotContain("event");
        }
    }

    @Test
    void moreStreamsThanAllowedAreRefusedAndPlacesComeBack() throws Exception {
        try (RestFixture rest = RestFixture.open(ServerLimits.defaults().withStreams(1), null, null)) {
            try (RestFixture.Raw raw = opened(rest, "")) {
                RestFixture.Reply refused = rest.get(EVENTS);
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.header("Retry-After")).isPresent();
                rest.calls.log.end(null);
                assertThat(raw.until("0\r\n\r\n")).contains("done");
            }
            Await.until(() -> rest.listener.streams() == 0);
            opened(rest, "").close();
        }
    }

    @Test
    void aReaderThatIsGoneIsNoticedAndGivesBackItsPlace() throws Exception {
        try (RestFixture rest = RestFixture.open()) {
            opened(rest, "").close();
            Await.until(() -> {
                rest.seconds(1);
                return rest.listener.streams() == 0;
            });
            assertThat(rest.calls.log.taps).isEmpty();
        }
    }

    @Test
    void aSlowReaderHoldsUpOnlyItsOwnTapAndThenGetsAll() throws Exception {
        String large = "x".repeat(100_000);
        int count = 400;
        try (RestFixture rest = RestFixture.open();
                RestFixture.Raw raw = opened(rest, "")) {
            FakeCalls.FakeTap tap = rest.calls.log.taps.get(0);
            for (int i = 0; i < count; i++) {
                rest.calls.log.append("run_completed", large);
            }
            // What the sockets hold is told, and the rest stays in the log.
            assertThat(tap.told()).isLessThan(count);
            for (int i = 1; i <= count; i++) {
                raw.until("id: " + i + "\n");
            }
            assertThat(tap.told()).isEqualTo(count);
        }
    }

    @Test
    void aReaderThatTakesNothingIsDisconnected() throws Exception {
        try (RestFixture rest = RestFixture.open();
                RestFixture.Raw raw = opened(rest, "")) {
            for (int i = 0; i < 400; i++) {
                rest.calls.log.append("run_completed", "x".repeat(100_000));
            }
            rest.seconds(HttpBounds.defaults().reading().seconds());
            assertThat(rest.listener.streams()).isEqualTo(1);
            Await.until(() -> {
                rest.seconds(1);
                return rest.listener.streams() == 0;
            });
            assertThat(rest.calls.log.taps).isEmpty();
            assertThat(raw.socket.isConnected()).isTrue();
        }
    }

    @Test
    void closingTheServerEndsStreamsProperly() throws Exception {
        RestFixture rest = RestFixture.open();
        try (RestFixture.Raw raw = opened(rest, "")) {
            rest.close();
            assertThat(raw.all()).contains("event: done\ndata: {}\n\n").endsWith("0\r\n\r\n");
        }
    }

    @Test
    void thousandsOfIdleStreamsNeedNoThreads() throws Exception {
        List<RestFixture.Raw> streams = new ArrayList<>();
        try (RestFixture rest = RestFixture.open()) {
            open(rest, streams, 200);
            // The workers are all there by now, and Jetty may add its few.
            long before = serverThreads();
            open(rest, streams, 1_800);

            assertThat(rest.listener.streams()).isEqualTo(2_000);
            assertThat(serverThreads()).isLessThanOrEqualTo(before + RestListener.THREADS);
            rest.calls.log.append("run_started", "for all");
            for (RestFixture.Raw raw : streams) {
                assertThat(raw.until("for all")).contains("id: 1\n");
            }
        } finally {
            for (RestFixture.Raw raw : streams) {
                raw.close();
            }
        }
    }

    private static void open(RestFixture rest, List<RestFixture.Raw> streams, int count) throws Exception {
        int first = streams.size();
        for (int i = 0; i < count; i++) {
            streams.add(stream(rest, ""));
        }
        for (RestFixture.Raw raw : streams.subList(first, streams.size())) {
            raw.until("session_loaded");
        }
        Await.until(() -> rest.listener.streams() == streams.size());
    }

    private static long serverThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("meerkat-"))
                .count();
    }
}
