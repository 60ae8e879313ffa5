package dev.meerkat.server.internal.mcp;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The library's transport for standard output, which queues whatever there is to say: here a notification ends when it is
 * written, so that a host that does not read is told no more. Thread-safe.
 */
final class WrittenTransport implements McpServerTransport {
    private final McpServerTransport library;
    private final ReentrantLock lock = new ReentrantLock();
    /** One for each message that is not written, in order. */
    private final Queue<CompletableFuture<Void>> queued = new ArrayDeque<>();

    WrittenTransport(McpServerTransport library) {
        this.library = library;
    }

    /** The library's provider, with such a transport. */
    static StdioServerTransportProvider provider(McpJsonMapper json, InputStream in, OutputStream out, int mostChars) {
        FlushedStream flushed = new FlushedStream(out);
        return new StdioServerTransportProvider(json, in, flushed, mostChars) {
            @Override
            public void setSessionFactory(McpServerSession.Factory sessions) {
                super.setSessionFactory(transport -> {
                    WrittenTransport written = new WrittenTransport(transport);
                    flushed.onFlush = written::written;
                    return sessions.create(written);
                });
            }
        };
    }

    /** Output that the library flushes after each message. */
    private static final class FlushedStream extends FilterOutputStream {
        volatile Runnable onFlush = () -> {};

        FlushedStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            super.flush();
            onFlush.run();
        }
    }

    /** The next message is written. */
    void written() {
        CompletableFuture<Void> first;
        lock.lock();
        try {
            first = queued.poll();
        } finally {
            lock.unlock();
        }
        if (first != null) {
            first.complete(null);
        }
    }

    @Override
    public Mono<Void> sendMessage(McpSchema.JSONRPCMessage message) {
        if (message instanceof McpSchema.JSONRPCNotification) {
            return Mono.fromFuture(() -> queue(message), true);
        }
        return Mono.defer(() -> {
            CompletableFuture<Void> end = queue(message);
            return end.isCompletedExceptionally() ? Mono.fromFuture(end) : Mono.empty();
        });
    }

    /** The lock keeps the order of both queues the same. */
    private CompletableFuture<Void> queue(McpSchema.JSONRPCMessage message) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        lock.lock();
        try {
            queued.add(end);
            CompletionStage<Void> taken = library.sendMessage(message).toFuture();
            taken.whenComplete((none, failure) -> {
                if (failure != null) {
                    failed(end, failure);
                }
            });
        } finally {
            lock.unlock();
        }
        return end;
    }

    @SuppressWarnings("ReferenceEquality") // this very message, and no other
    private void failed(CompletableFuture<Void> end, Throwable failure) {
        lock.lock();
        try {
            queued.removeIf(one -> one == end);
        } finally {
            lock.unlock();
        }
        end.completeExceptionally(failure);
    }

    @Override
    public <T> @Nullable T unmarshalFrom(Object data, TypeRef<T> type) {
        return library.unmarshalFrom(data, type);
    }

    @Override
    public Mono<Void> closeGracefully() {
        return library.closeGracefully();
    }

    @Override
    public void close() {
        library.close();
    }

    @Override
    public List<String> protocolVersions() {
        return library.protocolVersions();
    }
}
