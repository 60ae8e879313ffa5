package dev.meerkat.server.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** When what is said on standard output counts as said. */
class WrittenTransportTest {
    private final Queue library = new Queue();
    private final WrittenTransport transport = new WrittenTransport(library);

    /** Takes everything at once, and writes nothing. */
    private static final class Queue implements McpServerTransport {
        final List<McpSchema.JSONRPCMessage> messages = new ArrayList<>();
        boolean broken;

        @Override
        public Mono<Void> sendMessage(McpSchema.JSONRPCMessage message) {
            return Mono.fromRunnable(() -> {
                if (broken) {
                    throw new IllegalStateException("closed");
                }
                messages.add(message);
            });
        }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.empty();
        }
    }

    private CompletableFuture<Void> notified() {
        return transport
                .sendMessage(new McpSchema.JSONRPCNotification("notifications/message", null))
                .toFuture();
    }

    @Test
    void aNotificationEndsWhenItIsWritten() {
        CompletableFuture<Void> first = notified();
        CompletableFuture<Void> answered = transport
                .sendMessage(McpSchema.JSONRPCResponse.result("1", "done"))
                .toFuture();
        CompletableFuture<Void> second = notified();
        assertThat(library.messages).hasSize(3);
        assertThat(answered).isCompleted();
        assertThat(first).isNotDone();

        transport.written();
        assertThat(first).isCompleted();
        transport.written();
        assertThat(second).isNotDone();
        transport.written();
        assertThat(second).isCompleted();
    }

    @Test
    void whatCannotBeSaidFails() {
        library.broken = true;
        assertThat(notified()).isCompletedExceptionally();
        library.broken = false;
        CompletableFuture<Void> next = notified();
        transport.written();
        assertThat(next).isCompleted();
    }
}
