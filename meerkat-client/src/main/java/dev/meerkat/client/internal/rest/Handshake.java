package dev.meerkat.client.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.meerkat.api.Capabilities;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.client.internal.calls.ServerFacts;
import dev.meerkat.client.internal.wire.Answers;
import dev.meerkat.client.internal.wire.Dialect;
import java.time.Duration;

/**
 * What a server says of itself when a client connects.
 *
 * @param dialect what it speaks
 * @param facts what can be done through it
 */
record Handshake(Dialect dialect, ServerFacts facts) {
    private static final String WHAT = "connect";
    private static final String USUAL_NAME = "rkat-rest";

    /** Asks a server. */
    static Handshake with(Asks asks, Caller caller, Duration timeout) throws InterruptedException {
        Ask ask = asks.get(WHAT, asks.route("capabilities"), timeout);
        Dialect dialect = Dialect.of(caller.call(ask, null, Answers::version));
        JsonNode host = host(asks, caller, timeout);
        Capabilities capabilities = new Capabilities(
                host.path("process_name").asText(USUAL_NAME),
                host.path("process_version").asText(dialect.version().toString()),
                dialect.restCapabilities());
        return new Handshake(dialect, new ServerFacts(dialect.version(), capabilities));
    }

    /** What the server calls itself, if it does. Names decide nothing, so that no error of it is one. */
    private static JsonNode host(Asks asks, Caller caller, Duration timeout) throws InterruptedException {
        try {
            return caller.call(asks.get(WHAT, asks.route("runtime", "host_info"), timeout), null, info -> info);
        } catch (MeerkatException e) {
            return MissingNode.getInstance();
        }
    }
}
