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
record Ask(
        String method,
        Function<Dialect, ObjectNode> params,
        boolean changes,
        boolean keyed,
        boolean runsTurn,
        Consumer<JsonNode> onResult) {

    /** A call that changes nothing. */
    static Ask reading(String method, ObjectNode params) {
        return new Ask(method, dialect -> params, false, false, false, PendingCall.NOTHING);
    }

    /** A call that changes something. */
    static Ask changing(String method, Function<Dialect, ObjectNode> params) {
        return new Ask(method, params, true, false, false, PendingCall.NOTHING);
    }

    Ask withKey(boolean keyed) {
        return new Ask(method, params, changes, keyed, runsTurn, onResult);
    }

    Ask withTurn(boolean runsTurn) {
        return new Ask(method, params, changes, keyed, runsTurn, onResult);
    }

    Ask withOnResult(Consumer<JsonNode> onResult) {
        return new Ask(method, params, changes, keyed, runsTurn, onResult);
    }
}
