package dev.meerkat.client.internal.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.meerkat.api.Capabilities;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.client.internal.calls.ServerFacts;
import dev.meerkat.client.internal.wire.Answers;
import dev.meerkat.client.internal.wire.Dialect;
import dev.meerkat.wire.ContractVersion;
import dev.meerkat.wire.internal.CapabilityForm;
import dev.meerkat.wire.internal.form.ApiCall;
import java.time.Duration;

/**
 * What a server says of itself when a client connects.
 *
 * @param dialect what it speaks
 * @param facts what can be done through it
 */
record RestHandshake(Dialect dialect, ServerFacts facts) {
    private static final String WHAT = "connect";
    private static final String USUAL_NAME = "rkat-rest";

    /** Asks a server. */
    static RestHandshake with(Asks asks, RestHttp http, Duration timeout) throws InterruptedException {
        HttpAsk ask = asks.get(WHAT, asks.route("capabilities"), timeout);
        Said said = http.call(ask, null, answer -> new Said(Answers.version(answer), answer));
        Dialect dialect = Dialect.of(said.version(), CapabilityForm.ofListed(said.answer()));
        JsonNode host = host(asks, http, timeout);
        Capabilities capabilities = new Capabilities(
                host.path("process_name").asText(USUAL_NAME),
                host.path("process_version").asText(dialect.version().toString()),
                dialect.restCapabilities());
        return new RestHandshake(
                dialect,
                new ServerFacts(
                        dialect.version(),
                        capabilities,
                        dialect.takesNames(),
                        dialect.liveBesideLog(),
                        CapabilityForm.lists(said.answer(), ApiCall.FEATURE)));
    }

    /** The answer of {@code GET /capabilities}. */
    private record Said(ContractVersion version, JsonNode answer) {}

    /** What the server calls itself, if it does. Names decide nothing, so that no error of it is one. */
    private static JsonNode host(Asks asks, RestHttp http, Duration timeout) throws InterruptedException {
        try {
            return http.call(asks.get(WHAT, asks.route("runtime", "host_info"), timeout), null, info -> info);
        } catch (MeerkatException e) {
            return MissingNode.getInstance();
        }
    }
}
