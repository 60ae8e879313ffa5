package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.TraceContext;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.internal.rpc.RpcAnswer.Lost;
import dev.meerkat.client.internal.wire.AnsweredFaults;
import dev.meerkat.client.internal.wire.Dialect;
import dev.meerkat.client.internal.wire.Fault;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Makes calls and waits for their answers. Thread-safe. */
final class Asker {
    private final Link link;
    private final ClientTimeouts timeouts;

    Asker(Link link, ClientTimeouts timeouts) {
        this.link = link;
        this.timeouts = timeouts;
    }

    /**
     * Makes a call and waits for its answer. What is lost is tried once more, on a new connection, if that
     * cannot do it twice.
     *
     * @param read reads the result
     * @param refused what an error answer gives, or throws
     */
    <T> T ask(RpcAsk ask, Function<JsonNode, T> read, Function<Fault, T> refused) throws InterruptedException {
        RpcAnswer answer = once(link.get(), ask);
        if (answer instanceof Lost lost && mayAskAgain(ask, lost)) {
            answer = again(ask, lost);
        }
        if (answer instanceof Lost lost) {
            throw lost.of(ask.changes(), ask.method());
        }
        try {
            return answer instanceof RpcAnswer.Result result
                    ? read.apply(result.value())
                    : refused.apply(((RpcAnswer.Refused) answer).fault());
        } catch (UnknownOutcomeException e) {
            throw ask.changes() ? e : AnsweredFaults.ofRead(e, ask.method());
        }
    }

    /** Whether a call that was lost can be made on a new connection without being done twice. */
    boolean mayAskAgain(RpcAsk ask, Lost lost) {
        boolean harmless = ask.changes() ? ask.keyed() : lost.untouched();
        return link.renewable() && harmless && lost.code().equals(Lost.CONNECTION_LOST);
    }

    private RpcAnswer again(RpcAsk ask, Lost lost) throws InterruptedException {
        try {
            return once(link.get(), ask);
        } catch (NotDoneException e) {
            if (!ask.changes()) {
                throw e;
            }
            // The second try did nothing, but the first may have.
            return new Lost(lost.code(), lost.message() + "; and then: " + e.getMessage(), e, false);
        }
    }

    /** Makes a call on one connection. */
    RpcAnswer once(Link.Established at, RpcAsk ask) throws InterruptedException {
        OpenCall call = send(at, ask);
        Duration timeout = ask.runsTurn() ? timeouts.turn() : timeouts.call();
        try {
            return call.answer().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            at.connection().giveUp(call, ask.runsTurn());
            return call.answer().getNow(timedOut(timeout));
        } catch (InterruptedException e) {
            at.connection().giveUp(call, ask.runsTurn());
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException("answers never complete like this", e);
        }
    }

    /** Writes a call; what the server does not take is refused before. */
    static OpenCall send(Link.Established at, RpcAsk ask) throws InterruptedException {
        at.hello().check(ask.method());
        Dialect dialect = at.hello().dialect();
        ObjectNode params = ask.params().apply(dialect);
        if (dialect.takesMeta()) {
            TraceContext.current().ifPresent(trace -> {
                ObjectNode meta = params.withObject("/_meta").put("traceparent", trace.traceParent());
                trace.traceState().ifPresent(state -> meta.put("tracestate", state));
            });
        }
        return at.connection().call(ask.method(), params, ask.onResult());
    }

    static Lost timedOut(Duration timeout) {
        return new Lost(Lost.CALL_TIMEOUT, "no answer within " + timeout, null, false);
    }
}
