package dev.meerkat.client.fault;

import static dev.meerkat.client.fault.RestClients.SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.internal.calls.LiveFeed;
import dev.meerkat.client.internal.rest.RestCalls;
import dev.meerkat.client.internal.wire.ReadEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream of events that goes wrong: it ends or is marked, and never hangs or grows. */
@Timeout(60)
class RestStreamFaultTest {
    private static final String LOADED = "event: session_loaded\ndata: {\"message_count\":0,\"session_id\":\"s\"}\n\n";

    private final CountDownLatch over = new CountDownLatch(1);
    private final RestClients.Sink sink = new RestClients.Sink();

    @AfterEach
    void end() {
        over.countDown();
    }

    private static String delta(int seq) {
        return "event: text_delta\ndata: {\"event_id\":\"e\",\"seq\":" + seq
                + ",\"timestamp_ms\":1,\"payload\":{\"type\":\"text_delta\",\"delta\":\"o\"}}\n\n";
    }

    /** Sends frames and then keeps the stream open. */
    private RestRawServer keeping(String... frames) throws IOException {
        return RestRawServer.start((request, out) -> {
            RestRawServer.events(out, LOADED);
            for (String frame : frames) {
                RestRawServer.write(out, frame);
            }
            over.await();
            return false;
        });
    }

    private static RestRawServer dropping(String frames) throws IOException {
        return RestRawServer.start((request, out) -> {
            RestRawServer.events(out, LOADED + frames);
            return false;
        });
    }

    @Test
    void aDroppedStreamIsReportedAndNotHidden() throws Exception {
        try (RestRawServer server = dropping(delta(1) + "event: text_delta\ndata: {\"event_id\":");
                RestCalls calls = RestClients.connect(server)) {
            calls.feed(SESSION, sink);
            assertThat(sink.next().position()).isEqualTo(1);
            assertThat(sink.awaitEnd()).as("lost").isTrue();
            assertThat(sink.waiting()).isZero();
        }
    }

    @Test
    void aStreamThatTheServerEndsIsNotLost() throws Exception {
        try (RestRawServer server = keeping(delta(1), "event: done\ndata: {}\n\n", delta(2));
                RestCalls calls = RestClients.connect(server)) {
            calls.feed(SESSION, sink);
            assertThat(sink.awaitEnd()).as("lost").isFalse();
            assertThat(sink.next().position()).isEqualTo(1);
            assertThat(sink.waiting()).isZero();
        }
    }

    @Test
    void aStreamThatTheServerBreaksOffIsLost() throws Exception {
        try (RestRawServer server = keeping(delta(1), "event: error\ndata: {\"error\":\"x\"}\n\n");
                RestCalls calls = RestClients.connect(server)) {
            calls.feed(SESSION, sink);
            assertThat(sink.awaitEnd()).as("lost").isTrue();
        }
    }

    @Test
    void anUnreadableFrameIsCountedAndTheStreamGoesOn() throws Exception {
        String noJson = "event: text_delta\ndata: {oops\n\n";
        String noEnvelope = "event: text_delta\ndata: 17\n\n";
        try (RestRawServer server = keeping(delta(1), noJson, noEnvelope, delta(2));
                RestCalls calls = RestClients.connect(server)) {
            calls.feed(SESSION, sink);
            assertThat(sink.next().position()).isEqualTo(1);
            assertThat(sink.next().position()).isEqualTo(2);
            assertThat(sink.dropped()).isEqualTo(2);
            assertThat(sink.isEnded()).isFalse();
        }
    }

    @Test
    void invalidUtf8EndsTheStream() throws Exception {
        try (RestRawServer server = RestRawServer.start((request, out) -> {
                    RestRawServer.events(out, LOADED);
                    out.write((delta(1) + "event: x\ndata: {\"payload\":{\"type\":\"\u00ff\u00fe\"}}\n\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
                    out.flush();
                    over.await();
                    return false;
                });
                RestCalls calls = RestClients.connect(server)) {
            calls.feed(SESSION, sink);
            assertThat(sink.awaitEnd()).as("lost").isTrue();
            assertThat(sink.next().position()).as("what came before").isEqualTo(1);
            assertThat(sink.waiting()).isZero();
        }
    }

    @Test
    void anEndlessLineEndsTheStream() throws Exception {
        try (RestRawServer server = endless("data: ", "x".repeat(8 << 10));
                RestCalls calls = RestClients.connect(server)) {
            calls.feed(SESSION, sink);
            assertThat(sink.awaitEnd()).as("lost").isTrue();
        }
    }

    @Test
    void anEventOfEndlesslyManyLinesEndsTheStream() throws Exception {
        try (RestRawServer server = endless("", "data: " + "x".repeat(100) + "\n");
                RestCalls calls = RestClients.connect(server)) {
            calls.feed(SESSION, sink);
            assertThat(sink.awaitEnd()).as("lost").isTrue();
        }
    }

    private static RestRawServer endless(String begin, String more) throws IOException {
        return RestRawServer.start((request, out) -> {
            RestRawServer.events(out, LOADED + begin);
            while (true) {
                RestRawServer.write(out, more);
            }
        });
    }

    @Test
    void aSilentStreamIsLostAfterItsIdleTime() throws Exception {
        ClientTimeouts brief = RestClients.PATIENT.withStreamIdle(Duration.ofMillis(300));
        try (RestRawServer server = keeping(delta(1));
                RestCalls calls = RestClients.connect(server.uri(), brief, RestClients.LIMITS)) {
            calls.feed(SESSION, sink);
            assertThat(sink.next().position()).isEqualTo(1);
            assertThat(sink.awaitEnd()).as("lost").isTrue();
        }
    }

    @Test
    void aStreamOutlivesTheTimeoutOfCalls() throws Exception {
        ClientTimeouts brief = RestClients.PATIENT.withCall(Duration.ofMillis(300));
        Semaphore more = new Semaphore(0);
        try (RestRawServer server = RestRawServer.start((request, out) -> {
                    RestRawServer.events(out, LOADED);
                    more.acquire();
                    RestRawServer.write(out, delta(1));
                    over.await();
                    return false;
                });
                RestCalls calls = RestClients.connect(server.uri(), brief, RestClients.LIMITS)) {
            calls.feed(SESSION, sink);
            // A second stream that never begins shows that the time of a call has passed.
            try (RestRawServer silent = RestRawServer.start((request, out) -> {
                        over.await();
                        return false;
                    });
                    RestCalls others = RestClients.connect(silent.uri(), brief, RestClients.LIMITS)) {
                assertThatThrownBy(() -> others.feed(SESSION, new RestClients.Sink()))
                        .isInstanceOf(FailedException.class);
            }
            assertThat(sink.isEnded()).isFalse();
            more.release();
            assertThat(sink.next().position()).isEqualTo(1);
        }
    }

    @Test
    void aStreamThatNeverBeginsFailsInTime() throws Exception {
        ClientTimeouts brief = RestClients.PATIENT.withCall(Duration.ofMillis(300));
        for (String begin : new String[] {"", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"}) {
            try (RestRawServer server = RestRawServer.start((request, out) -> {
                        RestRawServer.write(out, begin);
                        over.await();
                        return false;
                    });
                    RestCalls calls = RestClients.connect(server.uri(), brief, RestClients.LIMITS)) {
                assertCode(calls, FailedException.class, "call_timeout");
                assertThat(sink.isEnded()).isFalse();
            }
        }
    }

    /** What the call throws. */
    private void assertCode(RestCalls calls, Class<? extends MeerkatException> type, String code) {
        MeerkatException typed = catchThrowableOfType(MeerkatException.class, () -> calls.feed(SESSION, sink));
        assertThat(typed).isInstanceOf(type);
        assertThat(typed.code()).isEqualTo(code);
    }

    @Test
    void aStreamThatEndsBeforeItBeginsIsAnError() throws Exception {
        for (String answer : new String[] {
            "", "HTTP/1.1 200 OK\r\nContent-Ty", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: se"
        }) {
            try (RestRawServer server = RestRawServer.writing(answer);
                    RestCalls calls = RestClients.connect(server)) {
                assertCode(calls, FailedException.class, "connection_lost");
                assertThat(sink.isEnded()).isFalse();
            }
        }
    }

    @Test
    void anotherAnswerThanAStreamIsAnError() throws Exception {
        try (RestRawServer server =
                        RestRawServer.writing("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html></html>");
                RestCalls calls = RestClients.connect(server)) {
            assertCode(calls, FailedException.class, "invalid_answer");
        }
        try (RestRawServer server = RestRawServer.writing("HTTP/1.1 204 No Content\r\n\r\n");
                RestCalls calls = RestClients.connect(server)) {
            assertCode(calls, FailedException.class, "invalid_answer");
        }
        try (RestRawServer server = RestRawServer.writing("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n");
                RestCalls calls = RestClients.connect(server)) {
            assertCode(calls, FailedException.class, "redirect");
        }
    }

    @Test
    void aStreamOfAnUnknownSessionIsTyped() throws Exception {
        try (RestRawServer server = RestRawServer.start((request, out) -> {
                    RestRawServer.json(
                            out, 404, "{\"error\":\"Session not found: " + SESSION + "\",\"code\":\"NOT_FOUND\"}");
                    return true;
                });
                RestCalls calls = RestClients.connect(server)) {
            assertThatThrownBy(() -> calls.feed(SESSION, sink)).isInstanceOf(SessionNotFoundException.class);
        }
    }

    @Test
    void aFloodWaitsForASlowSinkAndClosingEndsItAtOnce() throws Exception {
        Semaphore steps = new Semaphore(0);
        RestClients.Sink slow = new RestClients.Sink() {
            @Override
            public void event(ReadEvent event) {
                super.event(event);
                steps.acquireUninterruptibly();
            }
        };
        CountDownLatch gone = new CountDownLatch(1);
        try (RestRawServer server = RestRawServer.start((request, out) -> {
                    try {
                        flood(out);
                    } finally {
                        gone.countDown();
                    }
                    return false;
                });
                RestCalls calls = RestClients.connect(server)) {
            LiveFeed feed = calls.feed(SESSION, slow);
            for (int seq = 1; seq <= 1_000; seq++) {
                assertThat(slow.next().position()).isEqualTo(seq);
                steps.release();
            }
            slow.next();
            feed.close();
            assertThat(gone.await(20, TimeUnit.SECONDS))
                    .as("the server sees the end")
                    .isTrue();
            steps.release(1);
            assertThat(slow.dropped()).isZero();
            assertThat(slow.isEnded()).as("a closed feed tells nothing more").isFalse();
        } finally {
            steps.release(1_000);
        }
    }

    private static void flood(OutputStream out) throws IOException {
        RestRawServer.events(out, LOADED);
        for (int seq = 1; ; seq++) {
            RestRawServer.write(out, delta(seq));
        }
    }

    @Test
    void aStreamMoreThanAllowedIsRefusedUntilOneIsClosed() throws Exception {
        try (RestRawServer server = keeping();
                RestCalls calls =
                        RestClients.connect(server.uri(), RestClients.PATIENT, RestClients.LIMITS.withStreams(1))) {
            LiveFeed first = calls.feed(SESSION, sink);
            assertCode(calls, NotDoneException.class, "client_busy");
            first.close();
            LiveFeed second = null;
            while (second == null) {
                second = tryFeed(calls);
            }
            second.close();
            assertThat(sink.isEnded()).isFalse();
        }
    }

    /** The place of a closed stream is free when its thread has noticed. */
    private LiveFeed tryFeed(RestCalls calls) throws InterruptedException {
        try {
            return calls.feed(SESSION, sink);
        } catch (NotDoneException e) {
            assertThat(e.code()).isEqualTo("client_busy");
            return null;
        }
    }

    @Test
    void closingTheClientLosesItsStreams() throws Exception {
        try (RestRawServer server = keeping(delta(1))) {
            RestCalls calls = RestClients.connect(server);
            calls.feed(SESSION, sink);
            calls.close();
            assertThat(sink.awaitEnd()).as("lost").isTrue();
            assertThatThrownBy(() -> calls.feed(SESSION, sink)).isInstanceOf(MeerkatClosedException.class);
        }
    }
}
