package dev.meerkat.client.internal.rest;

import dev.meerkat.api.FailedException;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.SessionId;
import dev.meerkat.client.internal.calls.FeedSink;
import dev.meerkat.client.internal.calls.LiveFeed;
import dev.meerkat.client.internal.wire.Answers;
import dev.meerkat.client.internal.wire.ReadEvent;
import dev.meerkat.wire.internal.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server-sent events of one session. Takes one thread, which reads and calls the sink, until it is
 * closed or lost. A sink that is slow slows the reading down, and so the server.
 */
final class RestFeed extends EventSourceListener implements LiveFeed {
    private static final Logger LOG = LoggerFactory.getLogger(RestFeed.class);

    private final RestHttp http;
    private final HttpAsk ask;
    private final SessionId session;
    private final FeedSink sink;
    private final Runnable release;
    /** Completes when the server has begun to send: what happens after that is not missed. */
    private final CompletableFuture<Boolean> begun = new CompletableFuture<>();

    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean sent;
    private volatile @Nullable Call call;

    private RestFeed(RestHttp http, HttpAsk ask, SessionId session, FeedSink sink) {
        this.http = http;
        this.ask = ask;
        this.session = session;
        this.sink = sink;
        this.release = http.placeOfStream(ask.what());
    }

    /** Opens a feed; returns when its first frame is there. */
    static RestFeed open(RestHttp http, HttpAsk ask, SessionId session, FeedSink sink) throws InterruptedException {
        RestFeed feed = new RestFeed(http, ask, session, sink);
        feed.start();
        feed.awaitBegin(ask.timeout());
        return feed;
    }

    private void start() {
        EventSource unused = EventSources.createFactory(this::newCall).newEventSource(ask.request(), this);
    }

    private Call newCall(Request request) {
        Call fresh = http.streamCall(request);
        fresh.addEventListener(new EventListener() {
            @Override
            public void requestHeadersStart(Call call) {
                sent = true;
            }
        });
        call = fresh;
        return fresh;
    }

    private void awaitBegin(Duration timeout) throws InterruptedException {
        boolean opened = false;
        try {
            if (http.isClosed()) {
                throw closed();
            }
            opened = begun.get(RestHttp.nanos(timeout), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new FailedException("call_timeout", ask.what() + ": no event stream began in time", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MeerkatException typed) {
                throw typed;
            }
            throw new IllegalStateException(ask.what() + " broke", e.getCause());
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    @Override
    public void onEvent(EventSource source, @Nullable String id, @Nullable String type, String data) {
        begun.complete(true);
        if (over.get()) {
            return;
        }
        switch (type == null ? "" : type) {
            case "session_loaded" -> {
                // the server's first frame, and no event
            }
            case "done" -> end(false);
            case "error" -> end(true);
            default -> deliver(data);
        }
    }

    private void deliver(String data) {
        ReadEvent event;
        try {
            byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
            event = Answers.envelope(WireJson.read(bytes, 0, bytes.length));
        } catch (IOException | MeerkatException e) {
            LOG.debug("session {}: an event cannot be read", session, e);
            sink.dropped(1);
            return;
        }
        sink.event(event);
    }

    @Override
    public void onClosed(EventSource source) {
        stop(new IOException("the stream ended"), null);
    }

    @Override
    public void onFailure(EventSource source, @Nullable Throwable problem, @Nullable Response response) {
        stop(problem, response);
    }

    /** The last that is heard of the stream, from the one thread that reads it. */
    private void stop(@Nullable Throwable problem, @Nullable Response response) {
        release.run();
        if (begun.isDone()) {
            end(true);
            return;
        }
        over.set(true);
        begun.completeExceptionally(reason(problem, response));
    }

    private MeerkatException reason(@Nullable Throwable problem, @Nullable Response response) {
        if (problem instanceof IOException e) {
            return lost(e);
        }
        return response == null || response.isSuccessful()
                ? Losses.invalid(ask, "it is no text/event-stream", problem)
                : refusal(response);
    }

    private MeerkatException lost(IOException problem) {
        return !sent && http.isClosed() ? closed() : Losses.of(ask, sent, problem);
    }

    private MeerkatException refusal(Response response) {
        try {
            return RestHttp.refused(ask, HttpAnswer.read(response, http.messageBytes()), session);
        } catch (IOException e) {
            return lost(e);
        }
    }

    private MeerkatException closed() {
        return new MeerkatClosedException("the client is closed: " + ask.what());
    }

    private void end(boolean lost) {
        if (over.compareAndSet(false, true)) {
            cancel();
            sink.ended(lost);
        }
    }

    @Override
    public void close() {
        over.set(true);
        cancel();
    }

    private void cancel() {
        Call open = call;
        if (open != null) {
            open.cancel();
        }
    }
}
