package dev.meerkat.client.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.SessionId;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.Node;
import dev.meerkat.wire.internal.form.Out;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Something that ends later at the server, which is asked again and again as long as somebody waits. Thread-safe.
 *
 * @param <T> what there is at the end
 */
final class ApiWait<T> {
    private final RemoteContext context;
    private final ApiCall call;
    private final SessionId session;
    private final Consumer<Out> asked;
    private final Function<Node, T> reader;
    private final Duration most;
    private final long roundMillis;
    private volatile @Nullable T end;
    private @Nullable CompletableFuture<T> completion;

    /**
     * A wait.
     *
     * @param asked writes what is waited for
     * @param most how long the completion waits
     */
    ApiWait(
            RemoteContext context,
            ApiCall call,
            SessionId session,
            Consumer<Out> asked,
            Function<Node, T> reader,
            Duration most) {
        this.context = context;
        this.call = call;
        this.session = session;
        this.asked = asked;
        this.reader = reader;
        this.most = most;
        this.roundMillis = Math.max(1, context.timeouts().call().toMillis() / 2);
    }

    /** What has come, without asking. */
    Optional<T> known() {
        return Optional.ofNullable(end);
    }

    /** Asks at least once. */
    Optional<T> await(Duration timeout) throws InterruptedException {
        context.checkOpen();
        long deadline = context.clock().getAsLong() + timeout.toNanos();
        while (end == null) {
            long left = Math.max(
                    0, TimeUnit.NANOSECONDS.toMillis(deadline - context.clock().getAsLong()));
            Optional<T> came = context.calls().ask(call, session, round(left), false, this::end);
            if (came.isEmpty() && left == 0) {
                break;
            }
            end = came.orElse(null);
        }
        return Optional.ofNullable(end);
    }

    private ObjectNode round(long left) {
        return ApiCall.write(
                out -> asked.accept(out.id("session_id", session).number("wait_millis", Math.min(left, roundMillis))));
    }

    /** Empty if there is none yet. */
    private Optional<T> end(Node in) {
        return in.has("end") ? Optional.of(reader.apply(in.object("end"))) : Optional.empty();
    }

    /** Begins to ask in the background. */
    CompletionStage<T> completion() {
        CompletableFuture<T> future;
        synchronized (this) {
            if (completion != null) {
                return completion.minimalCompletionStage();
            }
            future = new CompletableFuture<>();
            completion = future;
        }
        ask(future, context.clock().getAsLong());
        return future.minimalCompletionStage();
    }

    private void ask(CompletableFuture<T> future, long begun) {
        try {
            context.checkOpen();
            CompletableFuture<?> unused = context.calls()
                    .askLater(call, session, round(roundMillis), this::end)
                    .whenComplete((came, failure) -> {
                        if (failure == null) {
                            came(future, begun, came);
                        } else {
                            failed(future, failure);
                        }
                    });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            future.completeExceptionally(e);
        } catch (RuntimeException e) {
            future.completeExceptionally(e);
        }
    }

    private static void failed(CompletableFuture<?> future, Throwable failure) {
        Throwable cause = failure.getCause();
        future.completeExceptionally(failure instanceof CompletionException && cause != null ? cause : failure);
    }

    private void came(CompletableFuture<T> future, long begun, Optional<T> came) {
        if (came.isPresent()) {
            end = came.get();
            future.complete(came.get());
        } else if (context.clock().getAsLong() - begun >= most.toNanos()) {
            String problem = call.method() + ": nothing has come of session " + session + " within " + most;
            future.completeExceptionally(new FailedException("call_timeout", problem, null));
        } else {
            ask(future, begun);
        }
    }
}
