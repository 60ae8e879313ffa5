package dev.meerkat.client.fault;

import static dev.meerkat.client.fault.RestClients.SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.internal.calls.PendingTurn;
import dev.meerkat.client.internal.rest.RestCalls;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that are interrupted, cancelled, too many, or cut off by the end of the client. */
@Timeout(60)
class RestLifeFaultTest {
    private static final String COMPLETED =
            "{\"session_id\":\"" + SESSION + "\",\"text\":\"ok\",\"turns\":1,\"tool_calls\":0}";

    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void end() {
        over.countDown();
    }

    /** Answers cancellations, and nothing else. */
    private RestRawServer silent() throws IOException {
        return RestRawServer.start((request, out) -> {
            if (request.line().contains("/cancel ")) {
                RestRawServer.json(out, 200, "{\"cancelled\":true}");
                return true;
            }
            over.await();
            return false;
        });
    }

    private static void answerCompleted(OutputStream out) throws IOException {
        RestRawServer.json(out, 200, COMPLETED);
    }

    private static Throwable causeOf(PendingTurn turn) throws Exception {
        return catchThrowableOfType(
                        ExecutionException.class, () -> turn.outcome().get(20, TimeUnit.SECONDS))
                .getCause();
    }

    @Test
    void aTurnThatTakesTooLongIsUnknownAndCancelledAtTheServer() throws Exception {
        ClientTimeouts brief = RestClients.PATIENT.withTurn(Duration.ofMillis(300));
        try (RestRawServer server = silent();
                RestCalls calls = RestClients.connect(server.uri(), brief, RestClients.LIMITS)) {
            PendingTurn turn = calls.turn(SESSION, "x");
            String id = server.next().header("X-Meerkat-Request-Id");
            assertThat(causeOf(turn))
                    .isInstanceOfSatisfying(
                            UnknownOutcomeException.class,
                            e -> assertThat(e.code()).isEqualTo("call_timeout"));
            assertThat(id).isNotEmpty();
            assertThat(server.next().line()).isEqualTo("POST /requests/" + id + "/cancel HTTP/1.1");
        }
    }

    @Test
    void aCreateThatTakesTooLongIsCancelledAtTheServer() throws Exception {
        ClientTimeouts brief = RestClients.PATIENT.withTurn(Duration.ofMillis(300));
        try (RestRawServer server = silent();
                RestCalls calls = RestClients.connect(server.uri(), brief, RestClients.LIMITS)) {
            assertThatThrownBy(() -> calls.create(SessionSpec.ofPrompt("x")))
                    .isInstanceOf(UnknownOutcomeException.class);
            String id = server.next().header("X-Meerkat-Request-Id");
            assertThat(server.next().line()).isEqualTo("POST /requests/" + id + "/cancel HTTP/1.1");
        }
    }

    @Test
    void aCreateThatIsInterruptedIsCancelledAtTheServer() throws Exception {
        try (RestRawServer server = silent();
                RestCalls calls = RestClients.connect(server)) {
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                try {
                    calls.create(SessionSpec.ofPrompt("x"));
                    thrown.complete(null);
                } catch (InterruptedException | RuntimeException e) {
                    thrown.complete(e);
                }
            });
            caller.start();
            String id = server.next().header("X-Meerkat-Request-Id");
            caller.interrupt();
            assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
            assertThat(server.next().line()).isEqualTo("POST /requests/" + id + "/cancel HTTP/1.1");
        }
    }

    @Test
    void aTurnIsTakenBackByItsOwnId() throws Exception {
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        try (RestRawServer server = RestRawServer.start((request, out) -> {
                    if (request.line().contains("/cancel ")) {
                        RestRawServer.json(out, 200, "{\"cancelled\":true}");
                        cancelled.complete(true);
                        return true;
                    }
                    cancelled.join();
                    RestRawServer.json(out, 499, "{\"error\":\"request cancelled\",\"code\":\"REQUEST_CANCELLED\"}");
                    return true;
                });
                RestCalls calls = RestClients.connect(server)) {
            PendingTurn turn = calls.turn(SESSION, "x");
            String id = server.next().header("X-Meerkat-Request-Id");
            turn.cancel();
            assertThat(server.next().line()).contains("/requests/" + id + "/cancel");
            assertThat(turn.outcome().get(20, TimeUnit.SECONDS)).isInstanceOf(TurnOutcome.Interrupted.class);
            turn.cancel();
            assertThat(server.requests())
                    .as("a turn that is over needs no cancelling")
                    .hasSize(2);
        }
    }

    @Test
    void aTurnThatTheServerHasNotSeenYetIsCancelledWhenItHas() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (RestRawServer server = RestRawServer.start((request, out) -> {
                    if (!request.line().contains("/cancel ")) {
                        over.await();
                        return false;
                    }
                    boolean known = asked.incrementAndGet() == 3;
                    RestRawServer.json(
                            out,
                            known ? 200 : 404,
                            known
                                    ? "{\"cancelled\":true}"
                                    : "{\"error\":\"request not found: x\",\"code\":\"NOT_FOUND\"}");
                    return true;
                });
                RestCalls calls = RestClients.connect(server)) {
            calls.turn(SESSION, "x").cancel();
            assertThat(asked.get()).isEqualTo(3);
        }
    }

    @Test
    void cancellingATurnThatNobodyKnowsEndsQuietly() throws Exception {
        try (RestRawServer server = RestRawServer.start((request, out) -> {
                    if (!request.line().contains("/cancel ")) {
                        over.await();
                        return false;
                    }
                    RestRawServer.json(out, 404, "{\"error\":\"request not found: x\",\"code\":\"NOT_FOUND\"}");
                    return true;
                });
                RestCalls calls = RestClients.connect(server)) {
            PendingTurn turn = calls.turn(SESSION, "x");
            turn.cancel();
            assertThat(turn.outcome()).isNotDone();
        }
    }

    @Test
    void aCallMoreThanAllowedIsRefusedAtOnce() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (RestRawServer server = RestRawServer.start((request, out) -> {
                    go.await();
                    answerCompleted(out);
                    return true;
                });
                RestCalls calls = RestClients.connect(
                        server.uri(), RestClients.PATIENT, RestClients.LIMITS.withPendingCalls(2))) {
            PendingTurn first = calls.turn(SESSION, "x");
            PendingTurn second = calls.turn(SESSION, "x");
            NotDoneException busy = catchThrowableOfType(NotDoneException.class, () -> calls.list(0, 100));
            assertThat(busy.code()).isEqualTo("client_busy");
            go.countDown();
            assertThat(first.outcome().get(20, TimeUnit.SECONDS)).isInstanceOf(TurnOutcome.Completed.class);
            assertThat(second.outcome().get(20, TimeUnit.SECONDS)).isInstanceOf(TurnOutcome.Completed.class);
            assertThat(calls.turn(SESSION, "x").outcome().get(20, TimeUnit.SECONDS))
                    .as("there is room as soon as an outcome is there")
                    .isInstanceOf(TurnOutcome.Completed.class);
        }
    }

    @Test
    void aTurnCanBeTakenBackAlthoughAllPlacesAreTaken() throws Exception {
        try (RestRawServer server = silent();
                RestCalls calls = RestClients.connect(
                        server.uri(), RestClients.PATIENT, RestClients.LIMITS.withPendingCalls(1))) {
            PendingTurn turn = calls.turn(SESSION, "x");
            server.next();
            turn.cancel();
            assertThat(server.next().line()).contains("/cancel ");
        }
    }

    @Test
    void manyCallsAtOnceGoToOneServer() throws Exception {
        int calling = 40;
        CountDownLatch all = new CountDownLatch(calling);
        try (RestRawServer server = RestRawServer.start((request, out) -> {
                    all.countDown();
                    // Each waits for the others, so that OkHttp must not hold back what is over five.
                    all.await();
                    answerCompleted(out);
                    return true;
                });
                RestCalls calls = RestClients.connect(server)) {
            List<PendingTurn> turns = new ArrayList<>();
            for (int i = 0; i < calling; i++) {
                turns.add(calls.turn(SESSION, "x"));
            }
            for (PendingTurn turn : turns) {
                assertThat(turn.outcome().get(20, TimeUnit.SECONDS)).isInstanceOf(TurnOutcome.Completed.class);
            }
        }
    }

    @Test
    void closingTheClientLosesItsCallsAndEndsNothingAtTheServer() throws Exception {
        try (RestRawServer server = silent()) {
            RestCalls calls = RestClients.connect(server);
            PendingTurn turn = calls.turn(SESSION, "x");
            server.next();
            calls.close();
            calls.close();
            assertThat(causeOf(turn))
                    .isInstanceOfSatisfying(
                            UnknownOutcomeException.class,
                            e -> assertThat(e.code()).isEqualTo("connection_lost"));
            assertThatThrownBy(() -> calls.interrupt(SESSION)).isInstanceOf(MeerkatClosedException.class);
            assertThatThrownBy(() -> calls.turn(SESSION, "x")).isInstanceOf(MeerkatClosedException.class);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void noThreadIsLeftAfterClose() throws Exception {
        try (RestRawServer server = RestRawServer.start((request, out) -> {
            if (request.line().contains("/events ")) {
                RestRawServer.events(out, "event: session_loaded\ndata: {}\n\n");
            }
            over.await();
            return false;
        })) {
            RestCalls calls = RestClients.connect(server);
            calls.feed(SESSION, new RestClients.Sink());
            PendingTurn turn = calls.turn(SESSION, "x");
            server.next();
            server.next();
            if (Runtime.version().feature() < 21) {
                assertThat(threadsOf(server)).as("while they are open").hasSizeGreaterThanOrEqualTo(2);
            }
            calls.close();
            assertThat(causeOf(turn)).isInstanceOf(UnknownOutcomeException.class);
            awaitNoThreadsOf(server);
        }
    }

    /** OkHttp gives our threads the name of what they call, while they do; helpers of its own have other names. */
    private static List<String> threadsOf(RestRawServer server) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("meerkat-rest-")
                        || (name.startsWith("OkHttp ")
                                && name.contains(server.uri().getAuthority())))
                .toList();
    }

    @Test
    void aClientThatCouldNotConnectLeavesNoThread() throws Exception {
        RestRawServer gone = RestRawServer.writing("");
        gone.close();
        assertThatThrownBy(() -> RestClients.connect(gone)).isInstanceOf(NotDoneException.class);
        awaitNoThreadsOf(gone);
    }

    private static void awaitNoThreadsOf(RestRawServer server) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!threadsOf(server).isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(threadsOf(server)).isEmpty();
    }
}
