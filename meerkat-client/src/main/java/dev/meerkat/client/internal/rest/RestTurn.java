package dev.meerkat.client.internal.rest;

import dev.meerkat.api.TurnOutcome;
import dev.meerkat.client.internal.calls.PendingTurn;
import dev.meerkat.client.internal.wire.AnsweredFaults;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** A turn whose answer is on its way. Thread-safe. */
final class RestTurn implements PendingTurn {
    /** A server that has not seen the turn yet does not know what to cancel, so it is asked again. */
    private static final int TRIES = 5;

    private static final int FIRST_WAIT_MILLIS = 20;
    private static final int NOT_FOUND = 404;

    private final RestHttp http;
    private final Asks asks;
    private final HttpAsk turn;
    private final CompletableFuture<TurnOutcome> outcome = new CompletableFuture<>();

    /**
     * A turn.
     *
     * @param exchange on its way
     * @param reader reads its answer
     */
    RestTurn(RestHttp http, Asks asks, HttpAsk turn, HttpExchange exchange, Function<HttpAnswer, TurnOutcome> reader) {
        this.http = http;
        this.asks = asks;
        this.turn = turn;
        CompletableFuture<HttpAnswer> unused = exchange.answer().whenComplete((answer, error) -> {
            if (error != null) {
                outcome.completeExceptionally(error);
            } else {
                complete(reader, answer);
            }
        });
    }

    private void complete(Function<HttpAnswer, TurnOutcome> reader, HttpAnswer answer) {
        try {
            outcome.complete(reader.apply(answer));
        } catch (RuntimeException | Error e) {
            outcome.completeExceptionally(e);
        }
    }

    @Override
    public CompletableFuture<TurnOutcome> outcome() {
        return outcome;
    }

    @Override
    public void cancel() throws InterruptedException {
        HttpAsk ask = asks.cancel(turn);
        int wait = FIRST_WAIT_MILLIS;
        for (int left = TRIES; left > 0 && !outcome.isDone(); left--) {
            HttpAnswer answer = http.cancel(ask);
            if (answer.ok()) {
                return;
            }
            if (answer.status() != NOT_FOUND) {
                throw AnsweredFaults.typed(answer.fault(), null);
            }
            awaitEnd(wait);
            wait *= 2;
        }
    }

    private void awaitEnd(int millis) throws InterruptedException {
        try {
            outcome.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // It goes on, or has ended in its own way: the loop looks.
        }
    }
}
