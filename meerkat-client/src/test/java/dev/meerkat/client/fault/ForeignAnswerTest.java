package dev.meerkat.client.fault;

import static dev.meerkat.client.fault.RestClients.SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.internal.rest.RestCalls;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Answers of what stands between: it may have given the request to the server before. So no change is taken for not
 * done or failed, none is sent twice, and no read takes such an answer for one about the session.
 */
@Timeout(60)
class ForeignAnswerTest {
    private static final PeerId PEER = new PeerId(new UUID(0, 5));

    /** One call. */
    private interface Call {
        void run(RestCalls calls) throws Exception;
    }

    private static Map<String, Call> changes() {
        ExternalEvent event = ExternalEvent.genericJson("deploy", Json.NULL);
        Map<String, Call> changes = new LinkedHashMap<>();
        changes.put("create", calls -> calls.create(SessionSpec.ofPrompt("x")));
        changes.put("turn", calls -> {
            try {
                calls.turn(SESSION, new InputBody.Prompt("x", List.of()))
                        .outcome()
                        .get(20, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw (Exception) e.getCause();
            }
        });
        changes.put("interrupt", calls -> calls.interrupt(SESSION));
        changes.put("stop", calls -> calls.stop(SESSION, new TurnId(new UUID(0, 6))));
        changes.put("archive", calls -> calls.archive(SESSION));
        changes.put("input", calls -> calls.send(SESSION, CommsCommand.Input.of("x"), null));
        changes.put("message", calls -> calls.send(SESSION, CommsCommand.PeerMessage.to("b", "x"), PEER));
        changes.put("event", calls -> calls.sendExternalEvent(SESSION, event));
        changes.put("keyed event", calls -> calls.sendExternalEvent(SESSION, event.withIdempotencyKey("k")));
        changes.put(
                "answer",
                calls -> calls.deliverPeerAnswer(
                        SESSION,
                        new PeerAnswer(
                                PEER,
                                Optional.empty(),
                                new RequestId(new UUID(0, 7)),
                                PeerAnswer.Status.COMPLETED,
                                Json.NULL)));
        changes.put("context", calls -> calls.injectContext(SESSION, ContextNote.of("x")));
        return changes;
    }

    private static Map<String, Call> reads() {
        Map<String, Call> reads = new LinkedHashMap<>();
        reads.put("list", calls -> calls.list(0, 10));
        reads.put("read", calls -> calls.read(SESSION));
        reads.put("running", calls -> calls.running(SESSION));
        reads.put("archived", calls -> calls.archivedAndRead(SESSION));
        reads.put("history", calls -> calls.history(SESSION, 0, 10, "a"));
        reads.put("peers", calls -> calls.peers(SESSION));
        return reads;
    }

    private static String answer(String status, String type, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length()
                + "\r\nConnection: close\r\n\r\n" + body;
    }

    private static void assertNothingIsKnown(String bytes) throws Exception {
        for (Map.Entry<String, Call> change : changes().entrySet()) {
            assertTyped(bytes, change, UnknownOutcomeException.class);
        }
        for (Map.Entry<String, Call> read : reads().entrySet()) {
            assertTyped(bytes, read, FailedException.class);
        }
    }

    private static void assertTyped(String bytes, Map.Entry<String, Call> call, Class<?> type) throws Exception {
        try (RestRawServer server = RestRawServer.writing(bytes);
                RestCalls calls = RestClients.connect(server)) {
            MeerkatException error = catchThrowableOfType(
                    MeerkatException.class, () -> call.getValue().run(calls));
            assertThat(error).as(call.getKey()).isInstanceOf(type);
            // What has a key takes effect once, so that it may be sent a second time.
            int most = call.getKey().equals("keyed event") || reads().containsKey(call.getKey()) ? 2 : 1;
            assertThat(server.requests()).as(call.getKey()).hasSizeBetween(1, most);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "502 Bad Gateway",
                "503 Service Unavailable",
                "504 Gateway Timeout",
                "429 Too Many Requests",
                "408 Request Timeout",
                "500 Internal Server Error",
                "403 Forbidden",
                "520 Web Server Returned an Unknown Error",
                "200 OK"
            })
    void aPageOfHtml(String status) throws Exception {
        assertNothingIsKnown(answer(status, "text/html", "<html><body><h1>" + status + "</h1></body></html>"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout", "429 Too Many Requests"})
    void anEmptyBody(String status) throws Exception {
        assertNothingIsKnown(answer(status, "application/json", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "{\"message\":\"no Route matched\"}",
                "{\"error\":\"Service Unavailable\",\"status\":503,\"path\":\"/sessions\"}",
                "{\"error\":\"upstream\",\"code\":503}",
                "{\"error\":\"upstream\",\"code\":\"UPSTREAM_UNAVAILABLE\"}",
                "{\"error\":{\"message\":\"x\",\"code\":\"SERVICE_UNAVAILABLE\"}}",
                "{\"error\":\"the server is too busy\",\"code\":\"SERVICE_UNAVAI"
            })
    void jsonOfAnotherForm(String body) throws Exception {
        assertNothingIsKnown(answer("503 Service Unavailable", "application/json", body));
    }

    @Test
    void aRedirect() throws Exception {
        assertNothingIsKnown("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/sign-in\r\n"
                + "Content-Length: 0\r\nConnection: close\r\n\r\n");
    }

    @Test
    void theServersOwnWordsAreBelieved() throws Exception {
        String refusal = "{\"error\":\"the server has too much to do\",\"code\":\"SERVICE_UNAVAILABLE\","
                + "\"details\":{\"outcome\":\"not_done\"}}";
        for (Map.Entry<String, Call> change : changes().entrySet()) {
            assertTyped(answer("503 Service Unavailable", "application/json", refusal), change, NotDoneException.class);
        }
    }
}
