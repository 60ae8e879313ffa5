package dev.meerkat.server.internal.mcp;

import dev.meerkat.server.internal.calls.AsyncFailures;
import dev.meerkat.server.internal.calls.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** An answer over HTTP that is a stream of messages, one after the other. Thread-safe. */
final class HttpStream implements Ticker.Member {
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

    private HttpStream(Response response, Callback callback, Ticker ticker, int heartbeatSeconds) {
        this.response = response;
        this.callback = callback;
        this.ticker = ticker;
        this.heartbeatSeconds = heartbeatSeconds;
    }

    /** Begins it, in an answer that is not begun. */
    static HttpStream begin(Response response, Callback callback, Ticker ticker, int heartbeatSeconds) {
        response.setStatus(HttpStatus.OK_200);
        response.getHeaders()
                .put(HttpHeader.CONTENT_TYPE, "text/event-stream")
                .put(HttpHeader.CACHE_CONTROL, "no-cache");
        HttpStream stream = new HttpStream(response, callback, ticker, heartbeatSeconds);
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
