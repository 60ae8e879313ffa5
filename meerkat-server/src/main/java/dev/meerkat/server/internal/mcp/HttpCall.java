package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.SendMemory;
import dev.meerkat.server.internal.http.HttpReply;
import dev.meerkat.server.internal.rpc.MessageLines;
import dev.meerkat.server.internal.rpc.RpcErrors;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The answer to one request of a host: JSON, or a stream if the host is told something before it. Thread-safe. */
final class HttpCall {
    private static final Logger LOG = LoggerFactory.getLogger(HttpCall.class);

    private final Request request;
    private final HttpReply reply;
    private final Supplier<HttpStream> begin;
    private final SendMemory.Share memory;
    // Guarded by this.
    private @Nullable HttpStream stream;

    /**
     * An answer, not begun.
     *
     * @param begin begins a stream
     */
    HttpCall(Request request, HttpReply reply, SendMemory memory, Supplier<HttpStream> begin) {
        this.request = request;
        this.reply = reply;
        this.begin = begin;
        this.memory = memory.share(this::drop);
        Request.addCompletionListener(request, failure -> this.memory.end());
    }

    /** The server needs the memory, and this host has been slower than all other clients. */
    private void drop() {
        LOG.debug("a host is disconnected: it is the slowest, and too much waits for clients");
        request.getConnectionMetaData().getConnection().getEndPoint().close();
    }

    /** Tells the host something; fails if there is no room for it, or the answer is there. */
    synchronized CompletionStage<?> tell(ObjectNode data) {
        byte[] frame = HttpStream.frame(McpProtocol.notification(data));
        SendMemory.Held held = memory.take(frame);
        if (held == null) {
            return CompletableFuture.failedFuture(RpcErrors.tooManyAnswers());
        }
        HttpStream open = stream;
        if (open == null && reply.end()) {
            open = begin.get();
            stream = open;
        }
        return open == null
                ? CompletableFuture.failedFuture(new IOException("the call is answered"))
                : open.write(frame).whenComplete((none, failure) -> held.give());
    }

    /** Answers. */
    synchronized void answer(JsonNode id, @Nullable ObjectNode result, @Nullable Throwable failure) {
        byte[] line = MessageLines.answer(id, result, failure);
        if (memory.take(line) == null) {
            line = MessageLines.error(id, RpcErrors.tooManyAnswers());
        }
        if (stream == null) {
            reply.send(HttpStatus.OK_200, HttpReply.JSON, line);
        } else {
            stream.end(HttpStream.frame(line));
        }
    }
}
