package dev.meerkat.client.internal.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.client.internal.calls.EventLog;
import dev.meerkat.client.internal.wire.LogPage;
import dev.meerkat.client.internal.wire.ReadEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The log of a server that says that it serves one over REST. */
@Timeout(60)
class RestLogTest {
    private static final SessionId SESSION = SessionId.of("01a20566-4b88-706d-ae9b-5b3465c3b75b");
    private static final String PAGE = "{\"latest_cursor\":{\"sequence\":41},\"events\":[{\"cursor\":{\"sequence\":40},"
            + "\"timestamp_ms\":7,\"event\":{\"type\":\"run_started\"}}],\"has_more\":true}";

    private RestServer server;
    private RestCalls calls;
    private EventLog log;

    @BeforeEach
    void connect() throws Exception {
        server = RestServer.saying(
                "{\"contract_version\":{\"major\":0,\"minor\":9,\"patch\":8},\"capabilities\":["
                        + "{\"id\":\"event_replay\",\"description\":\"\",\"status\":\"Available\"}]}",
                "");
        calls = server.connect();
        log = calls.log().orElseThrow();
    }

    @AfterEach
    void close() {
        calls.close();
        server.close();
    }

    @Test
    void aPageIsReadAfterAPosition() throws Exception {
        server.answers(200, PAGE);

        LogPage page = log.since(SESSION, 39, 100);

        assertThat(page.events()).extracting(ReadEvent::position).containsExactly(40L);
        assertThat(page.hasMore()).isTrue();
        assertThat(server.lastRequest().getTarget())
                .isEqualTo("/sessions/" + SESSION + "/events/log?after=39&limit=100");
        assertThat(calls.facts().capabilities().has(Capability.EVENT_REPLAY)).isTrue();
        assertThat(calls.facts().liveBesideLog()).isTrue();
    }

    @Test
    void itsEndIsToldWithAnyPage() throws Exception {
        server.answers(200, PAGE);

        assertThat(log.latest(SESSION)).isEqualTo(41);
        assertThat(server.lastRequest().getTarget()).endsWith("/events/log?after=0&limit=1");
    }

    @Test
    void aSessionThatIsNotThereHasNone() {
        server.answers(404, "{\"error\":\"session not found\",\"code\":\"SESSION_NOT_FOUND\"}");

        assertThatThrownBy(() -> log.latest(SESSION)).isInstanceOf(SessionNotFoundException.class);
    }
}
