package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.client.internal.wire.Dialect;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A call to be made.
 *
 * @param method what is called
 * @param params its parameters
 * @param changes whether it changes something at the server, so that without an answer it may be done
 * @param keyed whether the server does it once, however often it is sent
 * @param runsTurn whether a turn is waited for, and taken back when nobody waits any more
 * @param onResult what the reading thread does with the result before it reads on
 */
record RpcAsk(
        String method,
        Function<Dialect, ObjectNode> params,
        boolean changes,
        boolean keyed,
        boolean runsTurn,
        Consumer<JsonNode> onResult) {

    /** A call that changes nothing. */
    static RpcAsk reading(String method, ObjectNode params) {
        return new RpcAsk(method, dialect -> params, false, false, false, OpenCall.NOTHING);
    }

    /** A call that changes something. */
    static RpcAsk changing(String method, Function<Dialect, ObjectNode> params) {
        return new RpcAsk(method, params, true, false, false, OpenCall.NOTHING);
    }

    RpcAsk withKey(boolean keyed) {
        return new RpcAsk(method, params, changes, keyed, runsTurn, onResult);
    }

    RpcAsk withTurn(boolean runsTurn) {
        return new RpcAsk(method, params, changes, keyed, runsTurn, onResult);
    }

    RpcAsk withOnResult(Consumer<JsonNode> onResult) {
        return new RpcAsk(method, params, changes, keyed, runsTurn, onResult);
    }
}
