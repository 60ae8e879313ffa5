package dev.meerkat.client.internal.rest;

import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.MeerkatException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.EventListener;
import okhttp3.Response;

/** One request on its way, and its answer. Thread-safe. */
final class HttpExchange extends EventListener implements Callback {
    private final RestHttp http;
    private final HttpAsk ask;
    private final Call call;
    private final Runnable release;
    private final CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
    /** Whether something of the request may have left. */
    private volatile boolean sent;

    /**
     * A request that is not sent yet.
     *
     * @param release gives its place back, once
     */
    HttpExchange(RestHttp http, HttpAsk ask, Call call, Runnable release) {
        this.http = http;
        this.ask = ask;
        this.call = call;
        this.release = release;
    }

    void begin() {
        call.timeout().timeout(RestHttp.nanos(ask.timeout()), TimeUnit.NANOSECONDS);
        call.addEventListener(this);
        call.enqueue(this);
    }

    /** Completes with what the server answered, whatever its status, or with a typed error. */
    CompletableFuture<HttpAnswer> answer() {
        return answer;
    }

    /** Waits for the answer; an interrupt takes the request back, also at the server if it can be. */
    HttpAnswer await() throws InterruptedException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            drop();
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MeerkatException typed) {
                throw typed;
            }
            throw new IllegalStateException(ask.what() + " broke", e.getCause());
        }
    }

    /** Waits for the answer no longer. */
    private void drop() {
        boolean open = !answer.isDone();
        // First, so that what was not sent until now is not sent any more.
        call.cancel();
        if (open && sent) {
            http.cancelAtServer(ask);
        }
    }

    @Override
    public void requestHeadersStart(Call call) {
        sent = true;
    }

    @Override
    public void onResponse(Call call, Response response) {
        try (response) {
            succeed(HttpAnswer.read(response, http.messageBytes()));
        } catch (IOException e) {
            lose(e);
        } catch (RuntimeException | Error e) {
            fail(Losses.invalid(ask, Losses.reason(e), e));
        }
    }

    @Override
    public void onFailure(Call call, IOException e) {
        lose(e);
    }

    private void lose(IOException e) {
        if (!sent && http.isClosed()) {
            fail(new MeerkatClosedException("the client is closed, so nothing was sent: " + ask.what()));
            return;
        }
        if (sent && e instanceof InterruptedIOException) {
            http.cancelAtServer(ask);
        }
        fail(Losses.of(ask, sent, e));
    }

    /** The place is given back first, so that whoever waits for the answer finds room for the next call. */
    private void succeed(HttpAnswer received) {
        release.run();
        answer.complete(received);
    }

    private void fail(MeerkatException e) {
        release.run();
        answer.completeExceptionally(e);
    }
}
