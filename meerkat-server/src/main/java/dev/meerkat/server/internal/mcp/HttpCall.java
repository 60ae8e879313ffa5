package dev.meerkat.server.internal.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.AsyncFailures;
import dev.meerkat.server.internal.calls.SendMemory;
import dev.meerkat.server.internal.calls.Ticker;
import dev.meerkat.server.internal.http.HttpReply;
import dev.meerkat.server.internal.rpc.MessageLines;
import dev.meerkat.server.internal.rpc.RpcErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The answer to one request of a host: JSON, or a stream if the host is told something before it. Thread-safe. */
final class HttpCall {
    private static final Logger LOG = LoggerFactory.getLogger(HttpCall.class);

    private final Request request;
    private final HttpReply reply;
    private final Supplier<Stream> begin;
    private final SendMemory.Share memory;
    // Guarded by this.
    private @Nullable Stream stream;

    /**
     * An answer, not begun.
     *
     * @param begin begins a stream
     */
    HttpCall(Request request, HttpReply reply, SendMemory memory, Supplier<Stream> begin) {
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
        byte[] frame = Stream.frame(McpProtocol.notification(data));
        SendMemory.Held held = memory.take(frame);
        if (held == null) {
            return CompletableFuture.failedFuture(RpcErrors.tooManyAnswers());
        }
        Stream open = stream;
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
            stream.end(Stream.frame(line));
        }
    }

    /** An answer over HTTP that is a stream of messages, one after the other. Thread-safe. */
    static final class Stream implements Ticker.Member {
        private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.UTF_8);

        private final Response response;
        private final Callback callback;
        private final Ticker ticker;
        private final int heartbeatSeconds;
        private final AtomicBoolean over = new AtomicBoolean();
        // Guarded by this.
        private CompletableFuture<Void> written = CompletableFuture.completedFuture(null);
        private int quietSeconds;
        private boolean ended;

        private Stream(Response response, Callback callback, Ticker ticker, int heartbeatSeconds) {
            this.response = response;
            this.callback = callback;
            this.ticker = ticker;
            this.heartbeatSeconds = heartbeatSeconds;
        }

        /** Begins it, in an answer that is not begun. */
        static Stream begin(Response response, Callback callback, Ticker ticker, int heartbeatSeconds) {
            response.setStatus(HttpStatus.OK_200);
            response.getHeaders()
                    .put(HttpHeader.CONTENT_TYPE, "text/event-stream")
                    .put(HttpHeader.CACHE_CONTROL, "no-cache");
            Stream stream = new Stream(response, callback, ticker, heartbeatSeconds);
            ticker.join(stream);
            return stream;
        }

        /** A message as an event. */
        static byte[] frame(byte[] line) {
            return ("event: message\ndata: " + new String(line, StandardCharsets.UTF_8).strip() + "\n\n")
                    .getBytes(StandardCharsets.UTF_8);
        }

        /** Says that the connection is alive. */
        void sayAlive() {
            CompletableFuture<Void> unused = write(HEARTBEAT, false);
        }

        /** Writes a frame when the last is written; completes when that is done. */
        CompletableFuture<Void> write(byte[] frame) {
            return write(frame, false);
        }

        /** Ends it with a frame, which may be empty. */
        void end(byte[] frame) {
            CompletableFuture<Void> unused = write(frame, true);
        }

        private synchronized CompletableFuture<Void> write(byte[] frame, boolean last) {
            if (ended) {
                return CompletableFuture.failedFuture(new IOException("the stream has ended"));
            }
            ended = last;
            quietSeconds = 0;
            written = written.thenCompose(none -> {
                Callback.Completable done = new Callback.Completable();
                response.write(last, ByteBuffer.wrap(frame), done);
                return done;
            });
            return written.whenComplete((none, failure) -> {
                if (failure != null) {
                    over(() -> callback.failed(AsyncFailures.unwrapped(failure)));
                } else if (last) {
                    over(callback::succeeded);
                }
            });
        }

        private void over(Runnable completion) {
            ticker.leave(this);
            if (!over.getAndSet(true)) {
                completion.run();
            }
        }

        /** Says that the connection is alive, and finds out whether it is. */
        @Override
        public synchronized void second() {
            if (written.isDone() && ++quietSeconds >= heartbeatSeconds) {
                sayAlive();
            }
        }
    }
}
