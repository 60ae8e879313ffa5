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
import org.jspecify.annotations.Nullable;

/** A call of {@code turn/start} that waits for the end of its turn. Thread-safe. */
final class RpcTurn implements PendingTurn {
    private final RpcConnection connection;
    private final OpenCall call;
    private final SessionId session;
    private final Duration timeout;
    private final CompletableFuture<TurnOutcome> outcome = new CompletableFuture<>();

    private RpcTurn(RpcConnection connection, OpenCall call, SessionId session, Duration timeout) {
        this.connection = connection;
        this.call = call;
        this.session = session;
        this.timeout = timeout;
    }

    /**
     * Waits for the end of a turn, without a thread.
     *
     * @param executor where the outcome completes: not on the reading thread, which what is chained to it
     *     might keep from reading
     */
    static RpcTurn of(RpcConnection connection, OpenCall call, SessionId session, Duration timeout, Executor executor) {
        RpcTurn turn = new RpcTurn(connection, call, session, timeout);
        CompletableFuture<RpcAnswer> unused = call.answer()
                .copy()
                .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
                .whenCompleteAsync(turn::settle, executor);
        return turn;
    }

    private void settle(@Nullable RpcAnswer answer, @Nullable Throwable late) {
        if (answer == null) {
            connection.giveUp(call, true);
        }
        RpcAnswer last = answer == null ? call.answer().getNow(Asker.timedOut(timeout)) : answer;
        try {
            outcome.complete(read(last));
        } catch (RuntimeException | Error e) {
            outcome.completeExceptionally(e);
        }
    }

    private TurnOutcome read(RpcAnswer answer) {
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
