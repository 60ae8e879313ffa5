package dev.meerkat.client.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.internal.wire.AnsweredFaults;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests, bounded in number and time, on threads of its own. The user's OkHttp client, if there
 * is one, gives its connections and its settings and stays open. Thread-safe.
 */
final class RestHttp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RestHttp.class);

    /** Cancellations that nobody waits for, at one time; what is over is left out. */
    private static final int CANCELLATIONS = 32;

    private static final int IDLE_CONNECTIONS = 32;
    private static final int IDLE_SECONDS = 4;

    private final Asks asks;
    private final int messageBytes;
    private final ExecutorService threads;
    private final boolean ownConnections;
    private final OkHttpClient calls;
    private final OkHttpClient streams;
    private final Semaphore callPlaces;
    private final Semaphore streamPlaces;
    private final Semaphore cancelPlaces = new Semaphore(CANCELLATIONS);
    private final AtomicBoolean closed = new AtomicBoolean();

    RestHttp(RestSettings settings, Asks asks) {
        this.asks = asks;
        this.messageBytes = settings.limits().messageBytes();
        this.callPlaces = new Semaphore(settings.limits().pendingCalls());
        this.streamPlaces = new Semaphore(settings.limits().streams());
        int tasks = (int) Math.min(
                Integer.MAX_VALUE / 4,
                (long) settings.limits().pendingCalls() + settings.limits().streams() + CANCELLATIONS);
        this.threads = RestThreads.create(tasks);
        this.ownConnections = settings.http() == null;
        OkHttpClient base = settings.http() == null ? fresh() : settings.http();
        this.calls = derive(base, settings, threads, tasks);
        this.streams = calls.newBuilder()
                .readTimeout(millis(settings.timeouts().streamIdle()), TimeUnit.MILLISECONDS)
                .addInterceptor(new EventBounds(messageBytes))
                .build();
    }

    /** Servers and proxies that close idle connections do so after five seconds or more. */
    private static OkHttpClient fresh() {
        return new OkHttpClient.Builder()
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, IDLE_SECONDS, TimeUnit.SECONDS))
                .build();
    }

    /** Each call has a timeout over all of it, so that there is none for single reads and writes. */
    private static OkHttpClient derive(OkHttpClient base, RestSettings settings, ExecutorService threads, int tasks) {
        Dispatcher dispatcher = new Dispatcher(threads);
        dispatcher.setMaxRequests(tasks);
        dispatcher.setMaxRequestsPerHost(tasks);
        return base.newBuilder()
                .dispatcher(dispatcher)
                .followRedirects(false)
                .followSslRedirects(false)
                .cache(null)
                .connectTimeout(millis(settings.timeouts().connect()), TimeUnit.MILLISECONDS)
                .readTimeout(0, TimeUnit.MILLISECONDS)
                .writeTimeout(0, TimeUnit.MILLISECONDS)
                .callTimeout(0, TimeUnit.MILLISECONDS)
                .build();
    }

    /** A duration as OkHttp takes it: at least a millisecond, at most 24 days. */
    static long millis(Duration duration) {
        Duration most = Duration.ofMillis(Integer.MAX_VALUE);
        return duration.compareTo(most) > 0 ? Integer.MAX_VALUE : Math.max(1, duration.toMillis());
    }

    static long nanos(Duration duration) {
        return TimeUnit.MILLISECONDS.toNanos(millis(duration));
    }

    int messageBytes() {
        return messageBytes;
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Sends a request and waits for its answer. */
    HttpAnswer call(HttpAsk ask) throws InterruptedException {
        return start(ask).await();
    }

    /** Calls, and reads the answer or throws; session is null for a call on none. */
    <T> T call(HttpAsk ask, @Nullable SessionId session, Function<JsonNode, T> reader) throws InterruptedException {
        HttpAnswer answer = call(ask);
        if (!answer.ok()) {
            throw refused(ask, answer, session);
        }
        return understood(ask, answer, reader);
    }

    /** An error answer. */
    static MeerkatException refused(HttpAsk ask, HttpAnswer answer, @Nullable SessionId session) {
        MeerkatException typed = AnsweredFaults.typed(answer.fault(), session);
        return ask.changes() ? typed : AnsweredFaults.ofRead(typed, ask.what());
    }

    /** Reads a good answer; of a read, one that cannot be read is a failure, since nothing was changed. */
    static <T> T understood(HttpAsk ask, HttpAnswer answer, Function<JsonNode, T> reader) {
        try {
            return reader.apply(answer.json());
        } catch (IOException | UnknownOutcomeException e) {
            throw Losses.invalid(ask, Losses.reason(e), e);
        }
    }

    /** Sends a request. */
    HttpExchange start(HttpAsk ask) {
        return start(ask, place(callPlaces, ask.what(), "pending_calls"));
    }

    private HttpExchange start(HttpAsk ask, Runnable release) {
        Call call = calls.newCall(ask.request());
        HttpExchange exchange = new HttpExchange(this, ask, call, release);
        exchange.begin();
        cancelIfClosed(call);
        return exchange;
    }

    /** Sends a cancellation, for which there is room even if all places of calls are taken by turns. */
    HttpAnswer cancel(HttpAsk cancel) throws InterruptedException {
        return start(cancel, place(cancelPlaces, cancel.what(), "cancellations"))
                .await();
    }

    /** Takes a place among the streams; what it returns gives it back. */
    Runnable placeOfStream(String what) {
        return place(streamPlaces, what, "streams");
    }

    /** A call for a stream, which has no end of its own. */
    Call streamCall(Request request) {
        return streams.newCall(request);
    }

    /** What has slipped in while the client was being closed. */
    void cancelIfClosed(Call call) {
        if (closed.get()) {
            call.cancel();
        }
    }

    private Runnable place(Semaphore places, String what, String limit) {
        if (closed.get()) {
            throw new MeerkatClosedException("the client is closed, so nothing was sent: " + what);
        }
        if (!places.tryAcquire()) {
            throw new NotDoneException(
                    "client_busy", what + ": as many are open as this client's limit allows (" + limit + ")");
        }
        AtomicBoolean given = new AtomicBoolean();
        return () -> {
            if (given.compareAndSet(false, true)) {
                places.release();
            }
        };
    }

    /** Asks the server to take a request back, without waiting for it. */
    void cancelAtServer(HttpAsk ask) {
        if (ask.requestId() == null || closed.get() || !cancelPlaces.tryAcquire()) {
            return;
        }
        HttpExchange exchange = start(asks.cancel(ask), cancelPlaces::release);
        CompletableFuture<HttpAnswer> unused = exchange.answer().whenComplete((answer, lost) -> {
            if (lost != null) {
                LOG.debug("{}: the server could not be asked to cancel it", ask.what(), lost);
            }
        });
    }

    /** Ends all calls and streams at once, without waiting for their threads. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        calls.dispatcher().cancelAll();
        threads.shutdown();
        if (ownConnections) {
            calls.connectionPool().evictAll();
        }
    }
}
