package dev.meerkat.peers;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.AlreadyAnsweredException;
import dev.meerkat.api.CommsCommand.PeerResponse;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.TurnContext;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests by calling an implementation of their interface; made by {@link Intents#answeredBy}.
 *
 * <p>The call is recorded as a tool call, and its answer committed at once: a turn that goes on after a crash does not
 * call again what was committed. What the implementation throws is the peer's failure, with its message; an {@link
 * InterruptedException} ends the turn instead. A request for something else, or with wrong params, is answered with a
 * failure that says so. Immutable; as thread-safe as the implementation.
 */
public final class IntentAgent implements Agent {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Agent NOTHING = turn -> "";

    private final Intents<?> intents;
    private final Function<IntentCall, ?> implementations;
    private final Agent otherwise;
    private final Duration timeout;

    private IntentAgent(
            Intents<?> intents, Function<IntentCall, ?> implementations, Agent otherwise, Duration timeout) {
        this.intents = intents;
        this.implementations = implementations;
        this.otherwise = otherwise;
        this.timeout = timeout;
    }

    static <T> IntentAgent of(Intents<T> intents, Function<IntentCall, ? extends T> implementations) {
        return new IntentAgent(intents, Objects.requireNonNull(implementations, "implementations"), NOTHING, TIMEOUT);
    }

    /**
     * Sets what answers turns that have other inputs than requests, after the requests are answered.
     *
     * @param agent sees all inputs of the turn, also the requests
     * @return a changed copy
     */
    public IntentAgent otherwise(Agent agent) {
        return new IntentAgent(intents, implementations, Objects.requireNonNull(agent, "agent"), timeout);
    }

    /**
     * Sets how long a {@code CompletionStage} of the implementation is waited for; then the request fails with the
     * code {@code timeout}.
     *
     * @param timeout more than zero; 5 minutes unless set
     * @return a changed copy
     */
    public IntentAgent timeout(Duration timeout) {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must be more than zero: " + timeout);
        }
        return new IntentAgent(intents, implementations, otherwise, timeout);
    }

    @Override
    public String answer(TurnContext turn) throws Exception {
        Deque<AdmittedInput> inputs = new ArrayDeque<>(turn.inputs());
        boolean others = false;
        int answered = 0;
        while (!inputs.isEmpty()) {
            if (inputs.remove().body() instanceof InputBody.PeerRequest request) {
                serve(turn, request);
                answered++;
                inputs.addAll(turn.safePoint());
            } else {
                others = true;
            }
        }
        return others ? otherwise.answer(turn) : "requests answered: " + answered;
    }

    private void serve(TurnContext turn, InputBody.PeerRequest request) throws Exception {
        String intent = request.command().intent();
        Json params = request.command().params();
        // A failure is a result too, so that a turn that goes on finds it as it was.
        Json outcome = turn.tool(intent, params, key -> {
            Map<String, Object> form = new LinkedHashMap<>();
            try {
                Json result = call(intent, params, new IntentCall(request.from(), request.requestId(), key));
                form.put("status", ResponseStatus.COMPLETED.name());
                form.put("result", result);
            } catch (IntentFailedException e) {
                form.put("status", ResponseStatus.FAILED.name());
                form.put("result", e.form());
            }
            return Json.of(form);
        });
        String status = outcome.at("/status").orElseThrow().as(String.class);
        Json result = outcome.at("/result").orElse(Json.NULL);
        PeerRef to = PeerRef.id(request.from().id());
        try {
            turn.comms()
                    .send(
                            status.equals(ResponseStatus.COMPLETED.name())
                                    ? PeerResponse.completed(to, request.requestId(), result)
                                    : PeerResponse.failed(to, request.requestId(), result));
        } catch (AlreadyAnsweredException e) {
            // The host was quicker; its answer stands.
        }
    }

    private Json call(String intent, Json params, IntentCall call) throws InterruptedException {
        IntentMethod method = intents.named(intent)
                .orElseThrow(() -> new IntentFailedException(
                        IntentFailedException.UNKNOWN_INTENT,
                        "there is no intent " + intent + ", there are " + intents.names()));
        @Nullable Object[] arguments = method.arguments(params);
        try {
            @Nullable Object value = method.method().invoke(implementations.apply(call), arguments);
            @Nullable
            Object result = switch (method.way()) {
                case VALUE -> value;
                case HANDLE -> value instanceof TypedReply<?> reply ? reply.await(timeout) : null;
                case STAGE -> value instanceof CompletionStage<?> stage ? await(stage) : null;
            };
            if (result == null && method.result() != Void.class) {
                throw new IntentFailedException(IntentFailedException.FAILED, "the implementation gave no result");
            }
            return Json.of(result);
        } catch (InvocationTargetException e) {
            throw failure(method, e.getCause() == null ? e : e.getCause());
        } catch (ExecutionException e) {
            throw failure(method, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw new IntentFailedException("timeout", "the implementation gave no result within " + timeout);
        } catch (IllegalAccessException | RuntimeException e) {
            throw method.failure(e);
        }
    }

    private @Nullable Object await(CompletionStage<?> stage)
            throws InterruptedException, ExecutionException, TimeoutException {
        return stage.toCompletableFuture().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Errors are not the peer's to know. */
    private static IntentFailedException failure(IntentMethod method, Throwable thrown) throws InterruptedException {
        if (thrown instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        return method.failure(thrown);
    }

    @Override
    public String toString() {
        return "IntentAgent[" + intents.type().getSimpleName() + ", " + List.copyOf(intents.names()) + "]";
    }
}
