package dev.meerkat.server.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.SessionId;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.methods.Calls;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.fault.WireFault;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RpcEventsTest {
    static final SessionId SESSION = new SessionId(UUID.fromString(RpcArena.SESSION));
    static final String OPEN = "{'session_id':'" + RpcArena.SESSION + "'}";

    static String delta(JsonNode notification) {
        return notification
                .path("params")
                .path("event")
                .path("payload")
                .path("delta")
                .textValue();
    }

    /** Starts a turn that wants copies of the session's events. */
    private static FakeCalls.Started turn(RpcArena arena, RpcClient client, int id, boolean copies) throws Exception {
        client.call(id, "turn/start", OPEN);
        FakeCalls.Started call = arena.calls.started.take();
        call.caller().engaged(SESSION, false, copies);
        return call;
    }

    static String open(RpcClient client, String params) throws IOException {
        JsonNode opened = client.call(50, "session/stream_open", params).hear();
        assertThat(opened.path("result").path("opened").booleanValue()).isTrue();
        assertThat(opened.path("result").path("session_id").textValue()).isEqualTo(RpcArena.SESSION);
        return opened.path("result").path("stream_id").textValue();
    }

    @Test
    void allEventsOfARunComeBeforeTheAnswerThatEndsIt() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            FakeCalls.Started turn = turn(arena, client, 1, true);
            FakeCalls.FakeTap tap = arena.calls.taps.take();
            assertThat(tap.after).isEqualTo(Calls.LIVE);
            tap.tell("text_delta", "a", Optional.empty());
            turn.succeed(Optional.of("run-1"));
            tap.tell("text_delta", "b", Optional.empty());
            tap.tell("run_completed", "c", Optional.of("run-1"));

            JsonNode first = client.hear();
            assertThat(first.path("method").textValue()).isEqualTo("session/event");
            assertThat(first.path("params").path("session_id").textValue()).isEqualTo(RpcArena.SESSION);
            assertThat(first.path("params").path("event").path("seq").intValue())
                    .isEqualTo(1);
            assertThat(delta(client.hear())).isEqualTo("b");
            assertThat(delta(client.hear())).isEqualTo("c");
            assertThat(client.hear().path("id").intValue()).isEqualTo(1);
        }
    }

    @Test
    void anErrorThatEndsARunComesAfterItsEventsToo() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            FakeCalls.Started turn = turn(arena, client, 1, true);
            turn.answer().completeExceptionally(new WireFault(ErrorCode.PROVIDER_ERROR, "no", null).ofRun("run-1"));
            arena.calls.taps.take().tell("run_failed", "a", Optional.of("run-1"));

            assertThat(delta(client.hear())).isEqualTo("a");
            assertThat(client.hear().path("error").path("code").intValue()).isEqualTo(-32010);
        }
    }

    @Test
    void severalCallsMayHaveOneRunWhoseEndMayComeFirst() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            FakeCalls.Started one = turn(arena, client, 1, true);
            FakeCalls.Started two = turn(arena, client, 2, true);
            FakeCalls.Started three = turn(arena, client, 3, true);
            assertThat(arena.calls.taps).as("one tap for one session").hasSize(1);
            one.succeed(Optional.of("run-1"));
            two.succeed(Optional.of("run-1"));
            arena.calls.taps.take().tell("run_completed", "a", Optional.of("run-1"));

            assertThat(delta(client.hear())).isEqualTo("a");
            assertThat(client.hear().path("id").intValue()).isEqualTo(1);
            assertThat(client.hear().path("id").intValue()).isEqualTo(2);
            three.succeed(Optional.of("run-1"));
            assertThat(client.hear().path("id").intValue()).isEqualTo(3);
        }
    }

    @Test
    void anAnswerIsNotKeptWhenItsEventsCannotCome() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            FakeCalls.Started turn = turn(arena, client, 1, true);
            turn.succeed(Optional.of("run-1"));
            arena.calls.taps.take().end(null);

            assertThat(client.hear().path("id").intValue()).isEqualTo(1);
        }
    }

    @Test
    void whoDeclinesGetsNoCopies() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            turn(arena, client, 1, false).succeed(Optional.of("run-1"));
            assertThat(client.hear().path("id").intValue()).isEqualTo(1);
            assertThat(arena.calls.taps).isEmpty();

            FakeCalls.Started with = turn(arena, client, 2, true);
            FakeCalls.FakeTap tap = arena.calls.taps.take();
            turn(arena, client, 3, false).succeed(Optional.empty());
            assertThat(tap.isClosed()).as("another call still listens").isFalse();
            tap.tell("run_completed", "a", Optional.of("run-2"));
            with.succeed(Optional.of("run-2"));
            client.hear();
            client.hear();
            client.hear();
            turn(arena, client, 4, false).succeed(Optional.empty());
            assertThat(client.hear().path("id").intValue()).isEqualTo(4);
            assertThat(tap.isClosed()).isTrue();
        }
    }

    @Test
    void streamsTellWhatHappensUntilTheyAreClosed() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            String stream = open(client, OPEN);
            FakeCalls.FakeTap tap = arena.calls.taps.take();
            tap.tell("text_delta", "a", Optional.empty());
            tap.tell("text_delta", "b", Optional.empty());

            for (int i = 1; i <= 2; i++) {
                JsonNode event = client.hear();
                assertThat(event.path("method").textValue()).isEqualTo("session/stream_event");
                assertThat(event.path("params").path("stream_id").textValue()).isEqualTo(stream);
                assertThat(event.path("params").path("sequence").intValue()).isEqualTo(i);
                assertThat(event.path("params").path("event").path("seq").intValue())
                        .isEqualTo(i);
            }
            JsonNode end = client.call(2, "session/stream_close", "{'stream_id':'" + stream + "'}")
                    .hear();
            assertThat(end.toString())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"session/stream_end\",\"params\":{\"stream_id\":\""
                            + stream + "\",\"session_id\":\"" + RpcArena.SESSION
                            + "\",\"ended\":true,\"outcome\":\"explicit_close\"}}");
            assertThat(client.hear().path("result").toString())
                    .isEqualTo("{\"stream_id\":\"" + stream + "\",\"closed\":true,\"already_closed\":false}");
            assertThat(tap.isClosed()).isTrue();
            assertThat(client.call(3, "session/stream_close", "{'stream_id':'" + stream + "'}")
                            .hear()
                            .path("result")
                            .path("already_closed")
                            .booleanValue())
                    .isTrue();
        }
    }

    @Test
    void streamsEndWithTheirSessionOrAnError() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            open(client, OPEN);
            open(client, "{'session_id':'" + RpcArena.SESSION + "','after_sequence':7}");
            FakeCalls.FakeTap live = arena.calls.taps.take();
            FakeCalls.FakeTap replayed = arena.calls.taps.take();
            assertThat(live.after).isEqualTo(Calls.LIVE);
            assertThat(replayed.after).isEqualTo(7);

            live.end(null);
            assertThat(client.hear().path("params").path("outcome").textValue()).isEqualTo("remote_end");
            replayed.end(new WireFault(ErrorCode.INTERNAL_ERROR, "broke", null));
            JsonNode end = client.hear().path("params");
            assertThat(end.path("outcome").textValue()).isEqualTo("terminal_error");
            assertThat(end.path("error").path("message").textValue()).isEqualTo("broke");
        }
    }

    @Test
    void whatIsNoStreamIsRefusedAsEachLineDoes() throws Exception {
        String unknown = "{'stream_id':'00000000-0000-4000-8000-000000000000'}";
        try (RpcArena newer = new RpcArena();
                RpcArena older = RpcArena.of(ContractLine.V0_6)) {
            RpcClient client = newer.client();
            assertThat(message(client, "session/stream_close", unknown))
                    .isEqualTo("Session event stream not tracked: 00000000-0000-4000-8000-000000000000");
            assertThat(message(client, "session/stream_close", "{'stream_id':'no-uuid'}"))
                    .isEqualTo("Invalid stream_id: no-uuid");
            assertThat(message(client, "session/stream_close", "{'stream_id':'1-1-1-1-1'}"))
                    .isEqualTo("Invalid stream_id: 1-1-1-1-1");
            assertThat(message(client, "session/stream_close", "{}")).isEqualTo("Missing params");
            assertThat(message(client, "session/stream_open", "{'session_id':'x','more':1}"))
                    .startsWith("Invalid params: unknown field `more`");
            assertThat(message(client, "session/stream_open", "{'after_sequence':1}"))
                    .isEqualTo("Invalid params: missing field `session_id`");
            assertThat(message(client, "session/stream_open", "{'session_id':'x','after_sequence':-1}"))
                    .contains("after_sequence");
            assertThat(message(client, "session/stream_open", "{'session_id':'unknown'}"))
                    .isEqualTo("Session not found");

            JsonNode closed =
                    older.client().call(1, "session/stream_close", unknown).hear();
            assertThat(closed.path("result").path("closed").booleanValue()).isTrue();
            assertThat(closed.path("result").path("already_closed").booleanValue())
                    .isFalse();
        }
    }

    private static String message(RpcClient client, String method, String params) throws IOException {
        return client.call(9, method, params)
                .hear()
                .path("error")
                .path("message")
                .textValue();
    }

    @Test
    void aReaderThatStandsStillHoldsUpNobodyAndFillsNothing() throws Exception {
        int most = 20;
        try (RpcArena arena = RpcArena.of(ServerLimits.defaults().withBufferedEvents(most))) {
            RpcClient stalled = arena.client();
            RpcClient reading = arena.client();
            open(stalled, OPEN);
            FakeCalls.FakeTap slow = arena.calls.taps.take();
            open(reading, OPEN);
            FakeCalls.FakeTap fast = arena.calls.taps.take();
            String large = "x".repeat(100_000);
            int events = 400;
            for (int i = 0; i < events; i++) {
                slow.tell("text_delta", large, Optional.empty());
            }
            assertThat(slow.untold()).as("kept back, not buffered").isPositive();

            for (int i = 1; i <= 3 * most; i++) {
                fast.tell("text_delta", "y", Optional.empty());
                assertThat(reading.hear().path("params").path("sequence").intValue())
                        .isEqualTo(i);
            }
            assertThat(slow.untold()).isPositive();
            for (int i = 1; i <= events; i++) {
                assertThat(stalled.hear().path("params").path("sequence").intValue())
                        .isEqualTo(i);
            }
            assertThat(slow.untold()).isZero();
        }
    }

    @Test
    void answersGoBeforeEventsThatWait() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            open(client, OPEN);
            FakeCalls.FakeTap tap = arena.calls.taps.take();
            int events = 200;
            for (int i = 0; i < events; i++) {
                tap.tell("text_delta", "x".repeat(100_000), Optional.empty());
            }
            client.call(2, "echo", "{}");
            int before = 0;
            while (!client.hear().has("id")) {
                before++;
            }
            assertThat(before).isLessThan(events);
        }
    }

    @Test
    void aClientThatLeavesEndsItsStreamsAndNothingElse() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();
            open(client, OPEN);
            FakeCalls.FakeTap stream = arena.calls.taps.take();
            FakeCalls.Started turn = turn(arena, client, 1, true);
            FakeCalls.FakeTap copies = arena.calls.taps.take();

            client.endOutput();
            turn.succeed(Optional.empty());
            assertThat(client.hear().path("id").intValue()).isEqualTo(1);
            assertThat(client.atEnd()).isTrue();

            while (!stream.isClosed() || !copies.isClosed()) {
                Thread.onSpinWait();
            }
            assertThat(turn.cancelled()).isFalse();
            assertThat(arena.client().call(1, "echo", "{}").hear().has("result"))
                    .isTrue();
        }
    }

    @Test
    void noThreadStaysWhenClientsAreGone() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            String prefix =
                    "meerkat-rpc-" + arena.listener.address().orElseThrow().getPort() + "-";
            for (int i = 0; i < 10; i++) {
                RpcClient client = arena.client();
                client.call(1, i % 2 == 0 ? "echo" : "fail", "{}").hear();
                client.raw("{\"half\"");
                client.close();
            }
            while (Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(thread -> thread.getName().startsWith(prefix))) {
                Thread.onSpinWait();
            }
            assertThat(arena.client().call(1, "echo", "{}").hear().has("result"))
                    .isTrue();
        }
    }
}
