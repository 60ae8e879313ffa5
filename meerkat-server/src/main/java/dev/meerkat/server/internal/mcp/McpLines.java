package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.server.internal.rpc.Message;
import dev.meerkat.server.internal.rpc.MessageLines;
import dev.meerkat.server.internal.rpc.MessageReader;
import dev.meerkat.server.internal.rpc.RpcConversation;
import dev.meerkat.server.internal.rpc.RpcErrors;
import dev.meerkat.server.internal.rpc.SendQueue;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * MCP with one host over lines. The library carries out the messages; what it would not answer is answered here, so that
 * every line has its answer. Thread-safe.
 */
final class McpLines implements RpcConversation, McpServerTransport {
    private static final Logger LOG = LoggerFactory.getLogger(McpLines.class);
    private static final String CANCELLED = "notifications/cancelled";

    private final SendQueue outbox;
    private final McpJson json;
    private final int mostCalls;
    private final McpServerSession session;
    private final Map<JsonNode, McpCall> calls = new ConcurrentHashMap<>();

    // The reading thread's own.
    private boolean initializing;
    private boolean initialized;

    /**
     * A conversation.
     *
     * @param mostCalls that wait for their answers at one time
     */
    McpLines(SendQueue outbox, McpJson json, int mostCalls, McpServerSession.Factory sessions) {
        this.outbox = outbox;
        this.json = json;
        this.mostCalls = mostCalls;
        this.session = sessions.create(this);
    }

    @Override
    public void accept(Message message) {
        if (message instanceof Message.Request request) {
            requested(request);
        } else if (message instanceof Message.Notification notification) {
            notified(notification);
        } else if (message instanceof Message.Bad bad) {
            outbox.add(MessageLines.error(bad.id(), bad.fault()));
        } else if (message instanceof Message.NoObject none) {
            outbox.add(MessageLines.error(none.id(), none.fault()));
        }
        // An answer is to a request of this server, which makes none.
    }

    private void requested(Message.Request request) {
        JsonNode id = request.id();
        initializing |= request.method().equals(McpSchema.METHOD_INITIALIZE);
        if (!initializing) {
            outbox.add(MessageLines.error(id, RpcErrors.invalidRequest("initialize first", null)));
        } else if (calls.containsKey(id)) {
            outbox.add(MessageLines.error(id, RpcErrors.alreadyAdmitted()));
        } else if (calls.size() >= mostCalls) {
            outbox.add(MessageLines.error(
                    id, RpcErrors.exhausted("too many calls wait for their answers", "rpc_request_backpressured")));
        } else {
            if (!request.method().equals(McpSchema.METHOD_INITIALIZE)) {
                beInitialized();
            }
            McpCall call = new McpCall();
            calls.put(id, call);
            outbox.owe();
            Object given = id.isTextual() ? id.textValue() : (Object) id.longValue();
            try {
                Object params = json.params(request.params());
                handle(new McpSchema.JSONRPCRequest(request.method(), given, params), call, id);
            } catch (InvalidFieldException | UncheckedIOException e) {
                settle(
                        id,
                        MessageLines.error(
                                id, RpcErrors.invalidRequest("the message has text that is not Unicode", null)));
            }
        }
    }

    private void notified(Message.Notification notification) {
        if (notification.method().equals(CANCELLED)) {
            JsonNode id = MessageReader.id(notification.params().path("requestId"));
            McpCall call = id == null ? null : calls.get(id);
            if (call != null) {
                call.cancel();
            }
        } else if (notification.method().equals(McpSchema.METHOD_NOTIFICATION_INITIALIZED)) {
            beInitialized();
        }
        // What else a host tells is of no use here.
    }

    /** The library would hold all calls until the host says so, which some forget. */
    private void beInitialized() {
        if (!initialized && initializing) {
            initialized = true;
            Disposable unused = session.handle(
                            new McpSchema.JSONRPCNotification(McpSchema.METHOD_NOTIFICATION_INITIALIZED, null))
                    .subscribe(none -> {}, failure -> LOG.debug("the library is not initialized", failure));
        }
    }

    private void handle(McpSchema.JSONRPCMessage message, McpCall call, JsonNode id) {
        McpTransportContext context = McpTransportContext.create(Map.of(McpCall.KEY, call));
        Disposable unused = session.handle(message)
                .contextWrite(all -> all.put(McpTransportContext.KEY, context))
                .subscribe(none -> {}, failure -> unanswered(id, call, failure), () -> unanswered(id, call, null));
    }

    /** The library has answered, or never will. A host that has read the answer may have used the id again. */
    private void unanswered(JsonNode id, McpCall call, @Nullable Throwable failure) {
        if (calls.get(id) == call) {
            LOG.warn("a call was not answered", failure);
            settle(id, MessageLines.error(id, RpcErrors.internal()));
        }
    }

    @Override
    public Mono<Void> sendMessage(McpSchema.JSONRPCMessage message) {
        if (message instanceof McpSchema.JSONRPCResponse answer) {
            return Mono.fromRunnable(() -> answer(answer));
        }
        return Mono.fromFuture(() -> tell(message), true);
    }

    private void answer(McpSchema.JSONRPCResponse answer) {
        JsonNode id = answer.id() instanceof Number number
                ? LongNode.valueOf(number.longValue())
                : TextNode.valueOf(String.valueOf(answer.id()));
        byte[] line = line(answer);
        if (line == null) {
            settle(id, MessageLines.error(id, RpcErrors.internal()));
        } else if (line.length > MessageLines.ANSWER_BYTES) {
            settle(
                    id,
                    MessageLines.error(id, RpcErrors.exhausted("the answer is too large", "rpc_response_too_large")));
        } else {
            settle(id, line);
        }
    }

    /** Answers a call once; one that was taken back gets no answer. */
    private void settle(JsonNode id, byte[] line) {
        McpCall call = calls.remove(id);
        if (call != null) {
            outbox.settle(
                    call.isCancelled() ? new byte[0] : line, () -> MessageLines.error(id, RpcErrors.tooManyAnswers()));
        }
    }

    /** Ends when it is written, so that a host that does not read is told no more. */
    private CompletableFuture<Void> tell(McpSchema.JSONRPCMessage message) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        byte[] line = line(message);
        if (line == null) {
            written.complete(null);
        } else {
            outbox.last(line, () -> written.complete(null));
        }
        return written;
    }

    private byte @Nullable [] line(McpSchema.JSONRPCMessage message) {
        try {
            byte[] text = json.forLibrary().writeValueAsString(message).getBytes(StandardCharsets.UTF_8);
            byte[] line = Arrays.copyOf(text, text.length + 1);
            line[text.length] = '\n';
            return line;
        } catch (IOException e) {
            LOG.warn("a message cannot be written: {}", e.getClass().getName());
            return null;
        }
    }

    @Override
    public <T> @Nullable T unmarshalFrom(Object data, TypeRef<T> type) {
        return json.forLibrary().convertValue(data, type);
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.empty();
    }

    @Override
    public void inputEnded() {
        // Calls go on until they are answered, or the listener is closed.
    }

    @Override
    public void close() {
        calls.values().forEach(McpCall::cancel);
    }
}
