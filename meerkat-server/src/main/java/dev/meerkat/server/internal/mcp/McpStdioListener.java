package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.server.internal.rpc.Message;
import dev.meerkat.server.internal.rpc.MessageLines;
import dev.meerkat.server.internal.rpc.RpcConversation;
import dev.meerkat.server.internal.rpc.RpcErrors;
import dev.meerkat.server.internal.rpc.SendQueue;
import dev.meerkat.server.internal.rpc.StreamsListener;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** MCP over standard input and output. */
public final class McpStdioListener implements Listener {
    private static final int CALLS = 256;

    private final McpProtocol protocol;
    private final Listener streams;

    private McpStdioListener(McpProtocol protocol, Listener streams) {
        this.protocol = protocol;
        this.streams = streams;
    }

    /** Opens it. */
    public static Listener open(ServerContext context, InputStream in, OutputStream out) {
        McpProtocol protocol = new McpProtocol(context);
        int calls = Math.min(CALLS, context.limits().pendingCalls());
        return new McpStdioListener(
                protocol,
                StreamsListener.open(
                        "meerkat-mcp-stdio", context, in, out, outbox -> new Lines(protocol, outbox, calls)));
    }

    @Override
    public Optional<InetSocketAddress> address() {
        return Optional.empty();
    }

    @Override
    public CompletionStage<Void> ended() {
        return streams.ended();
    }

    @Override
    public void close(Duration grace) {
        protocol.close();
        streams.close(grace);
    }

    /** MCP with one host over lines. Every line that asks for an answer has one. */
    private static final class Lines implements RpcConversation {
        private final McpProtocol protocol;
        private final SendQueue outbox;
        private final int mostCalls;
        private final McpSession session = new McpSession();

        /** The reading thread's own. */
        private boolean initializing;

        /**
         * A conversation.
         *
         * @param mostCalls that wait for their answers at one time
         */
        Lines(McpProtocol protocol, SendQueue outbox, int mostCalls) {
            this.protocol = protocol;
            this.outbox = outbox;
            this.mostCalls = mostCalls;
        }

        @Override
        public void accept(Message message) {
            if (message instanceof Message.Request request) {
                requested(request);
            } else if (message instanceof Message.Notification notification) {
                if (notification.method().equals(McpProtocol.CANCELLED)) {
                    session.cancel(notification);
                }
            } else if (message instanceof Message.Bad bad) {
                outbox.add(MessageLines.error(bad.id(), bad.fault()));
            } else if (message instanceof Message.NoObject none) {
                outbox.add(MessageLines.error(none.id(), none.fault()));
            }
            // An answer is to a request of this server, which makes none.
        }

        private void requested(Message.Request request) {
            JsonNode id = request.id();
            initializing |= request.method().equals(McpProtocol.INITIALIZE);
            HostCall call = new HostCall(this::tell);
            if (!initializing) {
                outbox.add(MessageLines.error(id, RpcErrors.invalidRequest("initialize first", null)));
            } else if (session.size() >= mostCalls) {
                outbox.add(MessageLines.error(
                        id, RpcErrors.exhausted("too many calls wait for their answers", "rpc_request_backpressured")));
            } else if (!session.add(id, call)) {
                outbox.add(MessageLines.error(id, RpcErrors.alreadyAdmitted()));
            } else {
                outbox.owe();
                CompletionStage<ObjectNode> result = protocol.start(session, request, call);
                result.whenComplete((answer, failure) -> settle(id, MessageLines.answer(id, answer, failure)));
            }
        }

        /** Answers a call once; one that was taken back gets no answer. */
        private void settle(JsonNode id, byte[] line) {
            HostCall call = session.remove(id);
            if (call != null) {
                outbox.settle(
                        call.isCancelled() ? new byte[0] : line,
                        () -> MessageLines.error(id, RpcErrors.tooManyAnswers()));
            }
        }

        /** Ends when it is written, so that a host that does not read is told no more. */
        private CompletionStage<?> tell(ObjectNode data) {
            CompletableFuture<Void> written = new CompletableFuture<>();
            if (session.hearsEvents()) {
                outbox.last(McpProtocol.notification(data), () -> written.complete(null));
            } else {
                written.complete(null);
            }
            return written;
        }

        @Override
        public void inputEnded() {
            // Calls go on until they are answered, or the listener is closed.
        }

        @Override
        public void close() {
            session.cancelAll();
        }
    }
}
