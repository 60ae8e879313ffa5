package dev.meerkat.server.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.server.ServerLimits;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What connects to the port over TCP and does not speak JSON-RPC, such as the browser of a web page. */
@Timeout(60)
class ForeignConnectionTest {
    private static final String CALL = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"wait\",\"params\":{}}\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 60\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "\n\r\n GET / HTTP/1.0\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\n",
                "EHLO localhost\r\n",
                "[]\n",
                "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"wait\"}]\n",
                "7\n",
                "null\n",
                "\"text\"\n",
                "{\"jsonrpc\":\n",
                "{} {}\n",
                "oops\n",
            })
    void itsFirstLineThatIsNoObjectIsTheLastThatIsRead(String line) throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();

            client.raw(line + CALL);

            ends(client);
            assertThat(arena.calls.started).isEmpty();
        }
    }

    @Test
    void alsoIfTheLineIsTooLongToBeRead() throws Exception {
        try (RpcArena arena = RpcArena.of(ServerLimits.defaults().withMessageBytes(1_000))) {
            RpcClient client = arena.client();

            client.raw("GET /" + "x".repeat(10_000) + " HTTP/1.1\r\n" + CALL);

            ends(client);
            assertThat(arena.calls.started).isEmpty();
        }
    }

    @Test
    void alsoBehindCallsThatAreGood() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.client();

            client.call(1, "echo", "{}").raw("oops\n" + CALL);

            assertThat(client.hear().path("id").intValue()).isEqualTo(1);
            ends(client);
            assertThat(arena.calls.started).isEmpty();
        }
    }

    @Test
    void overStreamsItIsAnsweredAndTheNextLineIsRead() throws Exception {
        try (RpcArena arena = new RpcArena()) {
            RpcClient client = arena.piped().client();

            for (String line : new String[] {"oops", "[]", "7", "{\"a\":"}) {
                assertThat(client.raw((line + "\n").getBytes(StandardCharsets.UTF_8))
                                .hear()
                                .has("error"))
                        .as(line)
                        .isTrue();
            }
            assertThat(client.call(2, "echo", "{}").hear().path("id").intValue())
                    .isEqualTo(2);
        }
    }

    /** With an error or without: what is not read of a connection that is closed may take the answer with it. */
    private static void ends(RpcClient client) throws Exception {
        while (!client.atEnd()) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }
}
