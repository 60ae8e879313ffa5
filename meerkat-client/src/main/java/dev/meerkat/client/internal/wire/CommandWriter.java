package dev.meerkat.client.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.SessionId;
import dev.meerkat.json.internal.WireJson;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes commands. It refuses here what a server cannot read: servers answer that with an error
 * without the call's id.
 */
final class CommandWriter {
    private static final Set<String> SOURCES = Set.of("tcp", "uds", "stdin", "webhook", "rpc");
    private static final String CHECKSUM = "checksum_token";
    private static final String BRIDGE = "supervisor.bridge";

    private final Dialect line;

    CommandWriter(Dialect line) {
        this.line = line;
    }

    ObjectNode write(SessionId session, CommsCommand<?> command, @Nullable PeerId to) {
        ObjectNode params = WireJson.object();
        params.put("session_id", session.toString());
        params.put("kind", command.kind());
        if (command instanceof CommsCommand.Input input) {
            return input(params, input);
        }
        params.put("to", to == null ? unresolved(command) : to.toString());
        if (command instanceof CommsCommand.PeerMessage message) {
            return message(params, message);
        }
        if (command instanceof CommsCommand.PeerRequest request) {
            return request(params, request);
        }
        if (command instanceof CommsCommand.PeerResponse response) {
            return response(params, response);
        }
        return lifecycle(params, (CommsCommand.PeerLifecycle) command);
    }

    /** Names are for the server to resolve if it says that it does. */
    private String unresolved(CommsCommand<?> command) {
        return command.recipient()
                .filter(ref -> line.takesNames() && ref instanceof PeerRef.ByName)
                .map(ref -> ((PeerRef.ByName) ref).name())
                .orElseThrow(() -> new InvalidFieldException("to", "null", "must be a resolved peer"));
    }

    private ObjectNode input(ObjectNode params, CommsCommand.Input input) {
        if (!SOURCES.contains(input.source())) {
            throw new NotSupportedException("source \"" + input.source() + "\" cannot be sent: servers take tcp, uds,"
                    + " stdin, webhook or rpc");
        }
        addContent(params, input.body(), input.blocks());
        params.put("source", input.source());
        line.addMode(params, input.handlingMode());
        // Without it a server refuses what a session is told through its own inbox.
        params.put("allow_self_session", true);
        return params;
    }

    private ObjectNode message(ObjectNode params, CommsCommand.PeerMessage message) {
        if (message.blocks().isEmpty()) {
            line.checkBody(message.body());
        }
        addContent(params, message.body(), message.blocks());
        line.addTaint(params, message.contentTaint());
        line.addMode(params, message.handlingMode());
        return params;
    }

    private ObjectNode request(ObjectNode params, CommsCommand.PeerRequest request) {
        if (!line.told(Capability.FREE_INTENTS)) {
            checkRequest(request);
        }
        params.put("intent", request.intent());
        params.set("params", WireJson.tree(request.params()));
        addBlocks(params, request.blocks());
        line.addTaint(params, request.contentTaint());
        line.addMode(params, request.handlingMode());
        return params;
    }

    private static void checkRequest(CommsCommand.PeerRequest request) {
        String needed = switch (request.intent()) {
            case CHECKSUM -> "subject";
            case BRIDGE -> "command";
            default ->
                throw new NotSupportedException("intent \"" + request.intent() + "\" cannot be sent: servers take only "
                        + CHECKSUM + " and " + BRIDGE);
        };
        if (text(request.params(), needed).isEmpty()) {
            throw new InvalidFieldException(
                    "params", request.params().text(), "must have a text " + needed + " for this intent");
        }
    }

    private ObjectNode response(ObjectNode params, CommsCommand.PeerResponse response) {
        params.put("in_reply_to", response.inReplyTo().toString());
        params.put("status", Dialect.wireName(response.status()));
        Json result = response.result();
        if (line.told(Capability.FREE_INTENTS)) {
            params.set("result", WireJson.tree(result));
        } else if (!result.equals(Json.NULL)) {
            boolean checksum = text(result, "request_intent").equals(Optional.of(CHECKSUM));
            if (!checksum && text(result, "result").isEmpty()) {
                throw new NotSupportedException("result cannot be sent: servers take only the answers to " + CHECKSUM
                        + " and " + BRIDGE + ", not " + abbreviated(result.text()));
            }
            params.set("result", WireJson.tree(result));
        }
        addBlocks(params, response.blocks());
        line.addTaint(params, response.contentTaint());
        if (response.handlingMode() != null) {
            line.addMode(params, response.handlingMode());
        }
        return params;
    }

    private ObjectNode lifecycle(ObjectNode params, CommsCommand.PeerLifecycle notice) {
        if (!line.has(notice.lifecycleKind())) {
            throw new NotSupportedException("lifecycle_kind \"" + notice.lifecycleKind()
                    + "\" cannot be sent to a server that speaks " + line.version());
        }
        if (text(notice.params(), "peer").isEmpty()) {
            throw new InvalidFieldException("params", notice.params().text(), "must have a text peer");
        }
        params.put("lifecycle_kind", notice.lifecycleKind().value());
        params.set("params", WireJson.tree(notice.params()));
        return params;
    }

    private static void addContent(ObjectNode params, String body, List<ContentBlock> blocks) {
        params.put("body", body);
        if (blocks.isEmpty()) {
            return;
        }
        addBlocks(params, Blocks.textAndMore(body, blocks));
    }

    private static void addBlocks(ObjectNode params, List<ContentBlock> blocks) {
        if (!blocks.isEmpty()) {
            params.set("blocks", Blocks.write(blocks));
        }
    }

    private static Optional<String> text(Json object, String field) {
        return object.at("/" + field)
                .filter(value -> value.text().startsWith("\""))
                .map(value -> value.as(String.class));
    }

    private static String abbreviated(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "...";
    }
}
