package dev.meerkat.core.internal.codec;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stored form of comms commands: the field names are those of the wire. */
final class CommandForm {
    private CommandForm() {}

    static void write(Out out, CommsCommand<?> command) {
        out.text("kind", command.kind());
        if (command instanceof CommsCommand.Input input) {
            out.text("body", input.body()).text("source", input.source());
            content(out, input.blocks(), null, input.handlingMode());
        } else if (command instanceof CommsCommand.PeerMessage message) {
            out.object("to", message.to(), ContentForm::write).text("body", message.body());
            content(out, message.blocks(), message.contentTaint(), message.handlingMode());
        } else if (command instanceof CommsCommand.PeerLifecycle lifecycle) {
            out.object("to", lifecycle.to(), ContentForm::write)
                    .text("lifecycle_kind", lifecycle.lifecycleKind().value())
                    .json("params", lifecycle.params());
        } else if (command instanceof CommsCommand.PeerRequest request) {
            out.object("to", request.to(), ContentForm::write)
                    .text("intent", request.intent())
                    .json("params", request.params());
            content(out, request.blocks(), request.contentTaint(), request.handlingMode());
        } else if (command instanceof CommsCommand.PeerResponse response) {
            out.object("to", response.to(), ContentForm::write)
                    .id("in_reply_to", response.inReplyTo())
                    .constant("status", response.status())
                    .json("result", response.result());
            content(out, response.blocks(), response.contentTaint(), response.handlingMode());
        } else {
            throw new IllegalArgumentException("no stored form of " + command.getClass());
        }
    }

    private static void content(
            Out out, List<ContentBlock> blocks, @Nullable ContentTaint taint, @Nullable HandlingMode mode) {
        out.list("blocks", blocks, ContentForm::write)
                .constant("content_taint", taint)
                .constant("handling_mode", mode);
    }

    static CommsCommand<?> read(Node in) {
        String kind = in.text("kind");
        return switch (kind) {
            case "input" -> input(in);
            case "peer_message" -> message(in);
            case "peer_lifecycle" -> lifecycle(in);
            case "peer_request" -> request(in);
            case "peer_response" -> response(in);
            default -> throw new Node.Malformed("the command has the unknown kind " + kind);
        };
    }

    static CommsCommand.Input input(Node in) {
        return new CommsCommand.Input(in.text("body"), ContentForm.blocks(in), in.text("source"), mode(in));
    }

    static CommsCommand.PeerMessage message(Node in) {
        return new CommsCommand.PeerMessage(
                ContentForm.ref(in.object("to")), in.text("body"), ContentForm.blocks(in), taint(in), mode(in));
    }

    static CommsCommand.PeerLifecycle lifecycle(Node in) {
        return new CommsCommand.PeerLifecycle(
                ContentForm.ref(in.object("to")), new LifecycleKind(in.text("lifecycle_kind")), in.json("params"));
    }

    static CommsCommand.PeerRequest request(Node in) {
        return new CommsCommand.PeerRequest(
                ContentForm.ref(in.object("to")),
                in.text("intent"),
                in.json("params"),
                ContentForm.blocks(in),
                taint(in),
                mode(in));
    }

    static CommsCommand.PeerResponse response(Node in) {
        return new CommsCommand.PeerResponse(
                ContentForm.ref(in.object("to")),
                RequestId.of(in.text("in_reply_to")),
                in.constant("status", ResponseStatus.class),
                in.json("result"),
                ContentForm.blocks(in),
                taint(in),
                in.has("handling_mode") ? mode(in) : null);
    }

    private static ContentTaint taint(Node in) {
        return in.constant("content_taint", ContentTaint.class);
    }

    private static HandlingMode mode(Node in) {
        return in.constant("handling_mode", HandlingMode.class);
    }
}
