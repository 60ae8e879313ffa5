package dev.meerkat.client.internal.wire;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.wire.internal.comms.CommandForm;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Refuses, typed, what a server cannot read in a command: servers answer that with an error without the call's id.
 */
final class CommandChecks {
    private static final String CHECKSUM = "checksum_token";
    private static final String BRIDGE = "supervisor.bridge";

    private final Dialect line;

    CommandChecks(Dialect line) {
        this.line = line;
    }

    /** How the recipient is written: its id, or its name for the server to resolve if it says that it does. */
    String recipient(CommsCommand<?> command, @Nullable PeerId to) {
        if (to != null) {
            return to.toString();
        }
        if (command.recipient().isEmpty()) {
            return "";
        }
        return command.recipient()
                .filter(ref -> line.takesNames() && ref instanceof PeerRef.ByName)
                .map(ref -> ((PeerRef.ByName) ref).name())
                .orElseThrow(() -> new InvalidFieldException("to", "null", "must be a resolved peer"));
    }

    /** The command, if it can be sent. */
    CommsCommand<?> checked(CommsCommand<?> command) {
        return command.match(this::input, this::message, this::lifecycle, this::request, this::response);
    }

    private CommsCommand<?> input(CommsCommand.Input input) {
        if (!CommandForm.SOURCES.contains(input.source())) {
            throw new NotSupportedException("source \"" + input.source() + "\" cannot be sent: servers take tcp, uds,"
                    + " stdin, webhook or rpc");
        }
        line.checkMode(input.handlingMode());
        return input;
    }

    private CommsCommand<?> message(CommsCommand.PeerMessage message) {
        if (message.blocks().isEmpty()) {
            line.checkBody(message.body());
        }
        line.checkTaint(message.contentTaint());
        line.checkMode(message.handlingMode());
        return message;
    }

    private CommsCommand<?> request(CommsCommand.PeerRequest request) {
        if (!line.told(Capability.FREE_INTENTS)) {
            checkIntent(request);
        }
        line.checkTaint(request.contentTaint());
        line.checkMode(request.handlingMode());
        return request;
    }

    private static void checkIntent(CommsCommand.PeerRequest request) {
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

    private CommsCommand<?> response(CommsCommand.PeerResponse response) {
        Json result = response.result();
        if (!line.told(Capability.FREE_INTENTS) && !result.equals(Json.NULL)) {
            boolean checksum = text(result, "request_intent").equals(Optional.of(CHECKSUM));
            if (!checksum && text(result, "result").isEmpty()) {
                throw new NotSupportedException("result cannot be sent: servers take only the answers to " + CHECKSUM
                        + " and " + BRIDGE + ", not " + abbreviated(result.text()));
            }
        }
        line.checkTaint(response.contentTaint());
        response.handlingMode().ifPresent(line::checkMode);
        return response;
    }

    private CommsCommand<?> lifecycle(CommsCommand.PeerLifecycle notice) {
        if (!line.has(notice.lifecycleKind())) {
            throw new NotSupportedException("lifecycle_kind \"" + notice.lifecycleKind()
                    + "\" cannot be sent to a server that speaks " + line.version());
        }
        if (text(notice.params(), "peer").isEmpty()) {
            throw new InvalidFieldException("params", notice.params().text(), "must have a text peer");
        }
        return notice;
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
