package dev.meerkat.wire.internal.form;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The stored form of comms commands: the field names are those of the wire. */
public final class StoredCommandForm {
    private StoredCommandForm() {}

    /** The one text that all commands with the same content share; never stored, but what is stored is made of it. */
    public static String canonicalText(CommsCommand<?> command) {
        return new String(Out.canonicalObject(out -> write(out, command)), StandardCharsets.UTF_8);
    }

    public static void write(Out out, CommsCommand<?> command) {
        out.text("kind", command.kind());
        Out unused = command.match(
                input -> content(
                        out.text("body", input.body()).text("source", input.source()),
                        input.blocks(),
                        null,
                        input.handlingMode(),
                        input.timeToLive()),
                message -> content(
                        to(out, message.to()).text("body", message.body()),
                        message.blocks(),
                        message.contentTaint(),
                        message.handlingMode(),
                        message.timeToLive()),
                lifecycle -> to(out, lifecycle.to())
                        .text("lifecycle_kind", lifecycle.lifecycleKind().value())
                        .json("params", lifecycle.params()),
                request -> content(
                        to(out, request.to()).text("intent", request.intent()).json("params", request.params()),
                        request.blocks(),
                        request.contentTaint(),
                        request.handlingMode(),
                        request.timeToLive()),
                response -> content(
                        to(out, response.to())
                                .id("in_reply_to", response.inReplyTo())
                                .constant("status", response.status())
                                .json("result", response.result()),
                        response.blocks(),
                        response.contentTaint(),
                        response.handlingMode().orElse(null),
                        Optional.empty()));
    }

    private static Out to(Out out, PeerRef to) {
        return out.object("to", to, ContentForm::write);
    }

    private static Out content(
            Out out,
            List<ContentBlock> blocks,
            @Nullable ContentTaint taint,
            @Nullable HandlingMode mode,
            Optional<Duration> timeToLive) {
        out.list("blocks", blocks, ContentForm::write)
                .constant("content_taint", taint)
                .constant("handling_mode", mode);
        return InputForm.timeToLive(out, timeToLive);
    }

    public static CommsCommand<?> read(Node in) {
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

    public static CommsCommand.Input input(Node in) {
        return new CommsCommand.Input(
                in.text("body"), ContentForm.blocks(in), in.text("source"), mode(in), InputForm.timeToLive(in));
    }

    private static CommsCommand.PeerMessage message(Node in) {
        return new CommsCommand.PeerMessage(
                ContentForm.ref(in.object("to")),
                in.text("body"),
                ContentForm.blocks(in),
                taint(in),
                mode(in),
                InputForm.timeToLive(in));
    }

    private static CommsCommand.PeerLifecycle lifecycle(Node in) {
        return new CommsCommand.PeerLifecycle(
                ContentForm.ref(in.object("to")), new LifecycleKind(in.text("lifecycle_kind")), in.json("params"));
    }

    public static CommsCommand.PeerRequest request(Node in) {
        return new CommsCommand.PeerRequest(
                ContentForm.ref(in.object("to")),
                in.text("intent"),
                in.json("params"),
                ContentForm.blocks(in),
                taint(in),
                mode(in),
                InputForm.timeToLive(in));
    }

    private static CommsCommand.PeerResponse response(Node in) {
        return new CommsCommand.PeerResponse(
                ContentForm.ref(in.object("to")),
                RequestId.of(in.text("in_reply_to")),
                in.constant("status", ResponseStatus.class),
                in.json("result"),
                ContentForm.blocks(in),
                taint(in),
                in.has("handling_mode") ? Optional.of(mode(in)) : Optional.empty());
    }

    private static ContentTaint taint(Node in) {
        return in.constant("content_taint", ContentTaint.class);
    }

    private static HandlingMode mode(Node in) {
        return in.constant("handling_mode", HandlingMode.class);
    }
}
