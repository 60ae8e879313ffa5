package dev.meerkat.server.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Await;
import dev.meerkat.server.internal.calls.Slowloris;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients may take of a listener. */
@Timeout(60)
class RpcBoundsTest {
    private static int code(JsonNode answer) {
        return answer.path("error").path("code").intValue();
    }

    @Test
    void tooManyConnectionsAreToldSoAndTheNextIsServedWhenOneHasLeft() throws Exception {
        try (RpcArena arena = RpcArena.of(ServerLimits.defaults().withConnections(1))) {
            RpcClient first = arena.client();
            assertThat(first.call(1, "echo", "{}").hear().has("result")).isTrue();

            RpcClient second = arena.client();
            assertThat(code(second.hear())).isEqualTo(-32011);
            assertThat(second.atEnd()).isTrue();

            assertThat(first.call(2, "echo", "{}").hear().has("result")).isTrue();
            first.close();
            Await.until(() -> isServed(arena));
        }
    }

    private static boolean isServed(RpcArena arena) {
        try {
            return arena.client().call(1, "echo", "{}").hear().has("result");
        } catch (IOException e) {
            // It was closed, with the refusal, before the call came.
            return false;
        }
    }

    @Test
    void aLineThatTricklesInEndsItsConnectionButSilenceDoesNot() throws Exception {
        try (RpcArena arena = new RpcArena();
                Socket slow = arena.socket()) {
            RpcClient silent = arena.client();

            slow.getOutputStream().write('"');
            assertThat(Slowloris.untilCut(slow, arena.beat)).isEmpty();
            arena.beat.seconds(1_000);
            assertThat(silent.call(1, "echo", "{}").hear().path("id").intValue())
                    .isEqualTo(1);
        }
    }

    @Test
    void aLineThatIsTooLongAndNeverEndsEndsItsConnection() throws Exception {
        try (RpcArena arena = RpcArena.of(ServerLimits.defaults().withMessageBytes(1_000));
                Socket slow = arena.socket()) {
            slow.getOutputStream().write("x".repeat(2_000).getBytes(StandardCharsets.UTF_8));
            RpcClient refused = RpcClient.of(slow);
            assertThat(refused.hear().path("error").path("data").path("reason").textValue())
                    .isEqualTo("rpc_request_too_large");

            assertThat(Slowloris.untilCut(slow, arena.beat)).isEmpty();
        }
    }

    @Test
    void largeLinesTogetherAreBounded() throws Exception {
        int limit = 2 << 20;
        int oneTooMany = 17;
        List<Socket> open = new ArrayList<>();
        try (RpcArena arena = RpcArena.of(ServerLimits.defaults().withMessageBytes(limit))) {
            String begin =
                    "{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"echo\",\"params\":{\"a\":\"" + "x".repeat(limit - 100);
            for (int i = 0; i < oneTooMany; i++) {
                Socket socket = arena.socket();
                open.add(socket);
                socket.getOutputStream().write(begin.getBytes(StandardCharsets.UTF_8));
            }
            Await.until(() -> open.stream().anyMatch(RpcBoundsTest::isAnswered));
            Socket refused =
                    open.stream().filter(RpcBoundsTest::isAnswered).findFirst().orElseThrow();
            open.remove(refused);
            RpcClient client = RpcClient.of(refused);
            JsonNode answer = client.hear();
            assertThat(answer.path("id").intValue()).isEqualTo(8);
            assertThat(code(answer)).isEqualTo(-32011);

            assertThat(open).noneMatch(RpcBoundsTest::isAnswered);
            RpcClient other = RpcClient.of(open.get(0));
            assertThat(other.raw("\"}}\n").hear().path("result").path("a").textValue())
                    .hasSizeGreaterThan(1 << 20);
            assertThat(client.raw("\n").call(9, "echo", "{}").hear().has("result"))
                    .isTrue();
            client.close();
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    private static boolean isAnswered(Socket socket) {
        try {
            return socket.getInputStream().available() > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void tooManyStreamsAreRefusedUntilOneIsClosed() throws Exception {
        try (RpcArena arena = RpcArena.of(ServerLimits.defaults().withStreams(1))) {
            RpcClient client = arena.client();
            String stream = RpcEventsTest.open(client, RpcEventsTest.OPEN);
            assertThat(code(client.call(2, "session/stream_open", RpcEventsTest.OPEN)
                            .hear()))
                    .isEqualTo(-32011);
            client.call(3, "session/stream_close", "{'stream_id':'" + stream + "'}")
                    .hear();
            client.hear();
            RpcEventsTest.open(client, RpcEventsTest.OPEN);
        }
    }

    @Test
    void aReaderThatTakesNothingIsDisconnected() throws Exception {
        try (RpcArena arena = RpcArena.of(RpcArena.BRIEF)) {
            RpcClient stalled = arena.client();
            RpcEventsTest.open(stalled, RpcEventsTest.OPEN);
            FakeCalls.FakeTap tap = arena.calls.taps.take();
            for (int i = 0; i < 400; i++) {
                tap.tell("text_delta", "x".repeat(100_000), Optional.empty());
            }
            assertThat(tap.untold()).as("kept back, not buffered").isPositive();

            Await.until(tap::isClosed);
            int heard = 0;
            while (!stalled.atEnd()) {
                heard++;
            }
            assertThat(heard).isLessThan(400);
            assertThat(arena.client().call(1, "echo", "{}").hear().has("result"))
                    .isTrue();
        }
    }

    @Test
    void copiesAreOfSoManySessionsAndNotOfTheOneEngagedLeastRecently() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            client.call(1, "turn/start", RpcEventsTest.OPEN);
            FakeCalls.Started turn = arena.calls.started.take();
            turn.caller().engaged(RpcEventsTest.SESSION, false, true);
            FakeCalls.FakeTap first = arena.calls.taps.take();
            turn.caller().engaged(session(1), false, true);
            FakeCalls.FakeTap second = arena.calls.taps.take();
            turn.caller().engaged(RpcEventsTest.SESSION, false, true);
            FakeCalls.FakeTap last = second;
            for (int i = 2; i <= SessionMirrors.SESSIONS; i++) {
                assertThat(second.isClosed()).isFalse();
                turn.caller().engaged(session(i), false, true);
                last = arena.calls.taps.take();
            }

            assertThat(second.isClosed()).isTrue();
            assertThat(first.isClosed()).isFalse();
            assertThat(arena.calls.taps).isEmpty();
            last.tell("text_delta", "newest", Optional.empty());
            assertThat(RpcEventsTest.delta(client.hear())).isEqualTo("newest");
            first.tell("text_delta", "first", Optional.empty());
            assertThat(RpcEventsTest.delta(client.hear())).isEqualTo("first");
        }
    }

    private static SessionId session(int number) {
        return new SessionId(new UUID(0x0199_aaaa_0000_7000L, 0x8000_0000_0000_0100L + number));
    }
}
