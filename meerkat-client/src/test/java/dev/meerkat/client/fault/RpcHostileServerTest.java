package dev.meerkat.client.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.CallbackTool;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.client.fault.HostileArena.Transport;
import dev.meerkat.client.fault.HostileServer.Way;
import dev.meerkat.client.internal.calls.FeedSink;
import dev.meerkat.client.internal.calls.LiveFeed;
import dev.meerkat.client.internal.calls.ServerCalls;
import dev.meerkat.client.internal.rpc.RpcSetup;
import dev.meerkat.client.internal.wire.ReadEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a server does, calls end in time with a typed error, and no thread and no process is left. */
@Timeout(60)
class RpcHostileServerTest {
    private static final SessionId ID = SessionId.of(HostileServer.SESSION);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final ClientTimeouts PATIENT = new ClientTimeouts(LONG, LONG, LONG, LONG);

    private static RpcSetup setup(ClientTimeouts timeouts) {
        CallbackTool tool = new CallbackTool("tool", "a tool", Json.parse("{}"), call -> "done");
        return RpcSetup.DEFAULT
                .withTimeouts(timeouts)
                .withLimits(ClientLimits.defaults().withMessageBytes(1 << 20))
                .withTools(List.of(tool));
    }

    private static Stream<Arguments> everywhere(Way... ways) {
        return Stream.of(Transport.values())
                .flatMap(transport -> Stream.of(ways).map(way -> Arguments.of(transport, way)));
    }

    static Stream<Arguments> exits() {
        return everywhere(
                Way.EXIT_AT_ONCE, Way.EXIT_AT_INITIALIZE, Way.EXIT_AT_CAPABILITIES, Way.EXIT_AT_TOOLS, Way.NO_VERSION);
    }

    @ParameterizedTest
    @MethodSource("exits")
    void aServerThatEndsInTheHandshakeIsUnreachable(Transport transport, Way way) throws Exception {
        try (HostileArena arena = new HostileArena(transport, way)) {
            Throwable thrown = catchThrowable(() -> arena.connect(setup(PATIENT)));

            assertThat(thrown).isInstanceOf(ServerUnreachableException.class);
            if (transport == Transport.STDIO && way != Way.NO_VERSION) {
                assertThat(thrown)
                        .hasMessageContaining("exit code is " + HostileServer.EXIT_CODE)
                        .hasMessageContaining("panicked: the store is on fire");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aServerThatDoesNotAnswerTheHandshakeIsUnreachable(Transport transport) throws Exception {
        try (HostileArena arena = new HostileArena(transport, Way.SILENT_FROM_THE_START)) {
            assertThatThrownBy(() -> arena.connect(setup(PATIENT.withConnect(SHORT))))
                    .isInstanceOf(ServerUnreachableException.class)
                    .hasMessageContaining("within PT0.2S");
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aHandshakeCanBeInterrupted(Transport transport) throws Exception {
        try (HostileArena arena = new HostileArena(transport, Way.SILENT_FROM_THE_START)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> arena.connect(setup(PATIENT))).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    static Stream<Arguments> unreadable() {
        return everywhere(Way.HUGE_LINE, Way.INVALID_UTF8, Way.NO_JSON, Way.ARRAY, Way.NO_MESSAGE, Way.DEEP);
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void aLineThatCannotBeReadEndsTheConnection(Transport transport, Way way) throws Exception {
        assertEnds(transport, way, "invalid_answer");
    }

    static Stream<Arguments> lost() {
        return everywhere(Way.EXIT_AT_CALL, Way.ENDS_WITHIN_AN_ANSWER);
    }

    @ParameterizedTest
    @MethodSource("lost")
    void aServerThatEndsLeavesNoCallWaiting(Transport transport, Way way) throws Exception {
        assertEnds(transport, way, "connection_lost");
    }

    /** What changes something may be done, what reads is not; and only what is reached over TCP is reached again. */
    private static void assertEnds(Transport transport, Way way, String code) throws Exception {
        try (HostileArena arena = new HostileArena(transport, way);
                ServerCalls calls = arena.connect(setup(PATIENT))) {
            Throwable first = catchThrowable(() -> calls.archive(ID));
            assertThat(first).isInstanceOf(UnknownOutcomeException.class);
            assertThat(((MeerkatException) first).code()).isEqualTo(code);

            Throwable second = catchThrowable(() -> calls.read(ID));
            if (transport == Transport.TCP) {
                assertThat(second).isInstanceOf(FailedException.class);
                assertThat(((MeerkatException) second).code()).isEqualTo(code);
            } else {
                assertThat(second).isInstanceOf(ServerUnreachableException.class);
                if (code.equals("connection_lost")) {
                    assertThat(first).hasMessageContaining("exit code is " + HostileServer.EXIT_CODE);
                    assertThat(second).hasMessageContaining("panicked: the store is on fire");
                }
            }
        }
    }

    static Stream<Arguments> unanswered() {
        return everywhere(Way.SILENT, Way.HALF_A_LINE, Way.WRONG_IDS);
    }

    @ParameterizedTest
    @MethodSource("unanswered")
    void aCallThatIsNotAnsweredEndsInTime(Transport transport, Way way) throws Exception {
        try (HostileArena arena = new HostileArena(transport, way);
                ServerCalls calls = arena.connect(setup(PATIENT.withCall(SHORT).withTurn(SHORT)))) {
            assertThatThrownBy(() -> calls.archive(ID))
                    .isInstanceOfSatisfying(
                            UnknownOutcomeException.class,
                            e -> assertThat(e.code()).isEqualTo("call_timeout"));
            if (way != Way.HALF_A_LINE) {
                assertThatThrownBy(() -> calls.read(ID))
                        .isInstanceOfSatisfying(
                                FailedException.class, e -> assertThat(e.code()).isEqualTo("call_timeout"));
                assertThat(calls.turn(ID, "go").outcome())
                        .failsWithin(20, TimeUnit.SECONDS)
                        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                        .withCauseInstanceOf(UnknownOutcomeException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void secondAnswersAreIgnored(Transport transport) throws Exception {
        try (HostileArena arena = new HostileArena(transport, Way.TWICE);
                ServerCalls calls = arena.connect(setup(PATIENT))) {
            for (int i = 0; i < 3; i++) {
                assertThat(calls.read(ID).model()).contains("m");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void errorAnswersWithoutIdEndTheCallTheyAnswer(Transport transport) throws Exception {
        try (HostileArena arena = new HostileArena(transport, Way.NULL_ID);
                ServerCalls calls = arena.connect(setup(PATIENT))) {
            assertThatThrownBy(() -> calls.peers(ID))
                    .isInstanceOf(NotDoneException.class)
                    .hasMessageContaining("Invalid params: who");
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void errorAnswersWithoutIdLeaveNoneOfSeveralCallsWaiting(Transport transport) throws Exception {
        try (HostileArena arena = new HostileArena(transport, Way.NULL_ID_FOR_TWO);
                ServerCalls calls = arena.connect(setup(PATIENT))) {
            AtomicReference<Throwable> other = new AtomicReference<>();
            Thread caller = new Thread(() -> other.set(catchThrowable(() -> calls.peers(ID))));
            caller.start();
            Throwable own = catchThrowable(() -> calls.send(ID, CommsCommand.Input.of("hi"), null));
            caller.join(LONG.toMillis());

            assertThat(own).isInstanceOf(UnknownOutcomeException.class).hasMessageContaining("Invalid params: who");
            assertThat(((MeerkatException) own).code()).isEqualTo("unattributed_error");
            assertThat(other.get()).isInstanceOf(FailedException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aStreamThatBreaksOffEndsAsLost(Transport transport) throws Exception {
        try (HostileArena arena = new HostileArena(transport, Way.ENDS_WITHIN_A_STREAM);
                ServerCalls calls = arena.connect(setup(PATIENT))) {
            List<String> heard = new ArrayList<>();
            CompletableFuture<Boolean> end = new CompletableFuture<>();
            LiveFeed feed = calls.feed(ID, new FeedSink() {
                @Override
                public void event(ReadEvent event) {
                    heard.add(event.payload().path("delta").asText());
                }

                @Override
                public void dropped(long count) {
                    heard.add("dropped");
                }

                @Override
                public void ended(boolean lost) {
                    end.complete(lost);
                }
            });

            assertThat(end.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(heard).containsExactly("one");
            feed.close();
        }
    }

    @Test
    void aChildThatComplainsIsReadAndItsLastComplaintIsKept() throws Exception {
        try (HostileArena arena = new HostileArena(Transport.STDIO, Way.COMPLAINS);
                ServerCalls calls = arena.connect(setup(PATIENT))) {
            // Each answer waits behind a megabyte on a pipe that holds less.
            assertThat(calls.read(ID).model()).contains("m");
            assertThat(calls.read(ID).model()).contains("m");
        }
    }

    @Test
    void manyThreadsAtOnceGetTheirOwnAnswersFromAChild() throws Exception {
        try (HostileArena arena = new HostileArena(Transport.STDIO, Way.NONE);
                ServerCalls calls = arena.connect(setup(PATIENT))) {
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                List<Callable<Boolean>> reads = new ArrayList<>();
                for (int i = 0; i < 400; i++) {
                    reads.add(() -> calls.read(ID).model().orElseThrow().equals("m"));
                }
                for (Future<Boolean> read : threads.invokeAll(reads)) {
                    assertThat(read.get()).isTrue();
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }
}
