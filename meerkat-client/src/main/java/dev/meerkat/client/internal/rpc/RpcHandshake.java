package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.client.CallbackTool;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.client.internal.calls.ServerFacts;
import dev.meerkat.client.internal.wire.Answers;
import dev.meerkat.client.internal.wire.Dialect;
import dev.meerkat.client.internal.wire.Fault;
import dev.meerkat.wire.ContractVersion;
import dev.meerkat.wire.internal.CapabilityForm;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.ErrorCode;
import dev.meerkat.wire.internal.form.ApiCall;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** What is asked on a new connection before anything else. It changes nothing at the server but the tools. */
final class RpcHandshake {
    private static final String UNAUTHORIZED = "unauthorized";

    private final RpcSetup setup;
    private final RpcConnection connection;

    RpcHandshake(RpcSetup setup, RpcConnection connection) {
        this.setup = setup;
        this.connection = connection;
    }

    /**
     * Asks who the server is and tells it the tools.
     *
     * @throws dev.meerkat.client.ContractMismatchException if its contract line is not known
     * @throws NotDoneException if it asks for another token
     * @throws ServerUnreachableException if it does not answer
     */
    Hello run() throws InterruptedException {
        JsonNode answer = ask("initialize", introduction());
        ContractVersion version = version(answer);
        Set<String> methods = new HashSet<>();
        answer.path("methods").forEach(method -> methods.add(method.asText()));
        JsonNode features = features(methods);
        Dialect dialect = Dialect.of(version, CapabilityForm.ofFeatures(features));
        boolean replay = features.path("event_replay").asBoolean(false);
        boolean api = features.path(ApiCall.FEATURE).asBoolean(false);
        if (api) {
            Stream.of(ApiCall.values()).map(ApiCall::method).forEach(methods::add);
        }
        registerTools();
        String name = answer.path("server_info").path("name").asText("meerkat-rpc");
        Capabilities capabilities =
                new Capabilities(name, version.toString(), dialect.rpcCapabilities(Set.copyOf(methods), replay));
        ServerFacts facts = new ServerFacts(version, capabilities, dialect.takesNames(), dialect.liveBesideLog(), api);
        return new Hello(dialect, Set.copyOf(methods), replay, facts);
    }

    private ObjectNode introduction() {
        ObjectNode params = JsonNodeFactory.instance.objectNode();
        return setup.token() == null ? params : params.put("token", setup.token());
    }

    private ContractVersion version(JsonNode answer) {
        try {
            return Answers.version(answer);
        } catch (UnknownOutcomeException e) {
            throw new ServerUnreachableException(
                    connection.name() + " does not say which contract it speaks: " + e.getMessage(), e);
        }
    }

    /** The methods are listed whether or not there is a log, which only the features tell. */
    private JsonNode features(Set<String> methods) throws InterruptedException {
        return methods.contains("runtime/capabilities")
                ? ask("runtime/capabilities", JsonNodeFactory.instance.objectNode())
                        .path("features")
                : MissingNode.getInstance();
    }

    /** Asked for whether or not the method is listed: servers of the line 0.6 have it and do not say so. */
    private void registerTools() throws InterruptedException {
        if (setup.tools().isEmpty()) {
            return;
        }
        ObjectNode params = JsonNodeFactory.instance.objectNode();
        ArrayNode tools = params.putArray("tools");
        for (CallbackTool tool : setup.tools()) {
            tools.addObject()
                    .put("name", tool.name())
                    .put("description", tool.description())
                    .set("input_schema", WireJson.tree(tool.inputSchema()));
        }
        JsonNode unused = ask("tools/register", params);
    }

    private JsonNode ask(String method, ObjectNode params) throws InterruptedException {
        OpenCall call = connection.call(method, params, OpenCall.NOTHING);
        RpcAnswer answer = await(call, setup.timeouts().connect());
        if (answer instanceof RpcAnswer.Result result) {
            return result.value();
        }
        if (answer instanceof RpcAnswer.Refused refused) {
            throw refusal(method, refused.fault());
        }
        RpcAnswer.Lost lost = (RpcAnswer.Lost) answer;
        throw new ServerUnreachableException(method + ": " + lost.message(), lost.cause());
    }

    private NotDoneException refusal(String method, Fault fault) {
        return switch (ErrorCode.numbered(fault.rpcCode()).orElse(ErrorCode.INTERNAL_ERROR)) {
            case METHOD_NOT_FOUND -> new NotSupportedException("the server has no method " + method);
            // Without what the server says: it may say what it was sent.
            case SCOPE_DENIED ->
                new NotDoneException(
                        UNAUTHORIZED,
                        connection.name()
                                + (setup.token() == null
                                        ? " asks for a token: give it one with token(...) of the connector"
                                        : " does not take the token that was given"));
            default ->
                new ServerUnreachableException(
                        connection.name() + " refuses " + method + ": " + withoutToken(fault.message()), null);
        };
    }

    private String withoutToken(String said) {
        return setup.token() == null ? said : said.replace(setup.token(), "(hidden)");
    }

    private RpcAnswer await(OpenCall call, Duration timeout) throws InterruptedException {
        try {
            return call.answer().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            connection.giveUp(call, false);
            throw new ServerUnreachableException(
                    connection.name() + " does not answer " + call.method() + " within " + timeout
                            + connection.lastWords(),
                    e);
        }
    }
}
