package dev.meerkat.client.internal.rpc;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.client.internal.calls.PendingTurn;
import dev.meerkat.client.internal.rpc.RpcAnswer.Lost;
import dev.meerkat.client.internal.wire.AnsweredFaults;
import dev.meerkat.client.internal.wire.Answers;
import dev.meerkat.client.internal.wire.Fault;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A call of {@code turn/start} that waits for the end of its turn. Thread-safe. */
final class RpcTurn implements PendingTurn {
    private final RpcConnection connection;
    private final OpenCall call;
    private final CompletableFuture<TurnOutcome> outcome;

    private RpcTurn(RpcConnection connection, OpenCall call, CompletableFuture<TurnOutcome> outcome) {
        this.connection = connection;
        this.call = call;
        this.outcome = outcome;
    }

    /** Waits for the end of a turn, without a thread. */
    static RpcTurn of(RpcConnection connection, OpenCall call, SessionId session, Duration timeout, Executor executor) {
        return new RpcTurn(
                connection, call, later(connection, call, timeout, executor, answer -> read(answer, call, session)));
    }

    /**
     * Waits for an answer, without a thread.
     *
     * @param executor where it completes: not on the reading thread, which what is chained to it might keep from reading
     */
    static <T> CompletableFuture<T> later(
            RpcConnection connection,
            OpenCall call,
            Duration timeout,
            Executor executor,
            Function<RpcAnswer, T> reader) {
        return call.answer()
                .copy()
                .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
                .handleAsync(
                        (answer, late) -> {
                            if (answer == null) {
                                connection.giveUp(call, true);
                            }
                            return answer == null ? call.answer().getNow(Asker.timedOut(timeout)) : answer;
                        },
                        executor)
                .thenApply(reader);
    }

    private static TurnOutcome read(RpcAnswer answer, OpenCall call, SessionId session) {
        if (answer instanceof RpcAnswer.Result result) {
            return Answers.completed(result.value());
        }
        if (answer instanceof RpcAnswer.Refused refused) {
            Fault fault = refused.fault();
            return AnsweredFaults.ofTurn(fault).orElseThrow(() -> AnsweredFaults.typed(fault, session));
        }
        throw ((Lost) answer).of(true, call.method());
    }

    @Override
    public CompletableFuture<TurnOutcome> outcome() {
        return outcome;
    }

    @Override
    public void cancel() throws InterruptedException {
        connection.cancel(call);
    }
}
