package dev.meerkat.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All ways make the same call and get the same answer, or there would be nothing to compare. */
@Timeout(60)
class RemoteCallTest {
    @ParameterizedTest
    @ValueSource(strings = {"rpc-client", "rpc-reader", "rpc-caller", "rest-client", "rest-dispatcher", "rest-caller"})
    void everyWayGetsTheAnswer(String way) throws Exception {
        try (LoopbackServer server = way.startsWith("rest-") ? LoopbackServer.http() : LoopbackServer.lines();
                RemoteCall call = RemoteCall.open(way, server.port())) {
            assertThat(text(call.once())).contains("agent-b");
            assertThat(text(call.once())).contains("agent-b");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rpc-client", "rpc-reader", "rest-client", "rest-dispatcher", "rest-caller"})
    void severalCallersGetTheirAnswers(String way) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(4);
        try (LoopbackServer server = way.startsWith("rest-") ? LoopbackServer.http() : LoopbackServer.lines();
                RemoteCall call = RemoteCall.open(way, server.port())) {
            List<Callable<Object>> calls = Stream.<Callable<Object>>generate(() -> call::once)
                    .limit(40)
                    .toList();
            for (Future<Object> answer : callers.invokeAll(calls)) {
                assertThat(text(answer.get())).contains("agent-b");
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void theBareLineIsTheOneThatTheClientWrites() {
        assertThat(new String(Traffic.request(7), StandardCharsets.UTF_8))
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"comms/peers\",\"params\":{\"session_id\":\""
                        + Traffic.SESSION + "\"},\"id\":7}\n");
    }

    private static String text(Object answer) {
        return answer instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : answer.toString();
    }
}
