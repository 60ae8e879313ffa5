package dev.meerkat.wire.internal.comms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.SessionId;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.WireJson;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A command, the parameters of {@code comms/send}, of which each kind takes its own. What is read is wider than what
 * other servers take: {@code to} may be a name, and intents, params and results are free.
 */
public final class CommandForm {
    /** Where local input comes from. */
    public static final Set<String> SOURCES = Set.of("tcp", "uds", "stdin", "webhook", "rpc");

    private static final String SESSION = "session_id";
    private static final String KIND = "kind";
    private static final String TO = "to";
    private static final String BODY = "body";
    private static final String BLOCKS = "blocks";
    private static final String SOURCE = "source";
    private static final String MODE = "handling_mode";
    private static final String TAINT = "content_taint";
    private static final String DECLARE = "declare";
    private static final String INTENT = "intent";
    private static final String PARAMS = "params";
    private static final String ANSWERED = "in_reply_to";
    private static final String STATUS = "status";
    private static final String RESULT = "result";
    private static final String LIFECYCLE = "lifecycle_kind";
    private static final String STREAM = "stream";
    private static final String SELF = "allow_self_session";

    private static final Set<String> KINDS =
            Set.of("input", "peer_message", "peer_lifecycle", "peer_request", "peer_response");
    private static final Set<String> MODES = Set.of("queue", "steer");
    private static final Set<String> STREAMS = Set.of("none", "reserve_interaction");
    private static final Set<String> STATUSES = Set.of("accepted", "completed", "failed");

    private CommandForm() {}

    /**
     * What is to be sent.
     *
     * @param command the command
     * @param reserved whether the receipt is to say that its interaction is reserved
     * @param selfAllowed whether local input is meant
     */
    public record Read(CommsCommand<?> command, boolean reserved, boolean selfAllowed) {}

    /** The parameters that send a command of a session; recipient: how the peer is written, empty for an input. */
    public static ObjectNode write(SessionId session, CommsCommand<?> command, String recipient) {
        ObjectNode to = WireJson.object().put(SESSION, session.toString()).put(KIND, command.kind());
        if (command.recipient().isPresent()) {
            to.put(TO, recipient);
        }
        return command.match(
                input -> {
                    body(to, input.body(), input.blocks()).put(SOURCE, input.source());
                    // Without it a server refuses what a session is told through its own inbox.
                    return common(to, ContentTaint.UNDECLARED, input.handlingMode())
                            .put(SELF, true);
                },
                message -> common(
                        body(to, message.body(), message.blocks()), message.contentTaint(), message.handlingMode()),
                lifecycle -> {
                    to.put(LIFECYCLE, lifecycle.lifecycleKind().value());
                    return to.set(PARAMS, WireJson.tree(lifecycle.params()));
                },
                request -> {
                    to.put(INTENT, request.intent()).set(PARAMS, WireJson.tree(request.params()));
                    return common(blocks(to, request.blocks()), request.contentTaint(), request.handlingMode());
                },
                response -> {
                    to.put(ANSWERED, response.inReplyTo().toString());
                    to.put(STATUS, lower(response.status()));
                    if (!response.result().equals(Json.NULL)) {
                        to.set(RESULT, WireJson.tree(response.result()));
                    }
                    return common(
                            blocks(to, response.blocks()),
                            response.contentTaint(),
                            response.handlingMode().orElse(null));
                });
    }

    private static ObjectNode body(ObjectNode to, String body, List<ContentBlock> blocks) {
        to.put(BODY, body);
        return blocks.isEmpty() ? to : blocks(to, BlockForm.textAndMore(body, blocks));
    }

    private static ObjectNode blocks(ObjectNode to, List<ContentBlock> blocks) {
        return blocks.isEmpty() ? to : to.set(BLOCKS, BlockForm.write(blocks));
    }

    private static ObjectNode common(ObjectNode to, ContentTaint taint, @Nullable HandlingMode mode) {
        if (taint != ContentTaint.UNDECLARED) {
            to.putObject(TAINT).put(DECLARE, lower(taint));
        }
        return mode == null ? to : to.put(MODE, lower(mode));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a command as a line has it.
     *
     * @throws dev.meerkat.wire.internal.fault.WireFault if a parameter does not have the shape it needs
     * @throws InvalidFieldException if a value is refused for what it says
     */
    public static Read read(Params params, ContractLine line) {
        String kind = params.oneOf(KIND, KINDS).orElseThrow(() -> params.missing(KIND));
        CommsCommand<?> command = switch (kind) {
            case "input" -> input(params, line);
            case "peer_message" -> message(params, line);
            case "peer_lifecycle" -> lifecycle(params, line);
            case "peer_request" -> request(params, line);
            case "peer_response" -> response(params, line);
            default -> throw new IllegalStateException("a kind that is listed and not read: " + kind);
        };
        boolean reserved = params.optionalText(STREAM).orElse("none").equals("reserve_interaction");
        return new Read(command, reserved, params.flag(SELF));
    }

    private static CommsCommand<?> input(Params params, ContractLine line) {
        checkFields(params, line, BODY, BLOCKS, SOURCE, STREAM, MODE, SELF);
        checkStream(params);
        String body = params.text(BODY);
        return new CommsCommand.Input(
                body,
                BlockForm.readBeside(params, body),
                params.oneOf(SOURCE, SOURCES).orElse("rpc"),
                mode(params),
                Optional.empty());
    }

    private static CommsCommand<?> message(Params params, ContractLine line) {
        checkFields(params, line, TO, BODY, BLOCKS, MODE, TAINT);
        PeerRef to = to(params);
        String body = params.text(BODY);
        return new CommsCommand.PeerMessage(
                to, body, BlockForm.readBeside(params, body), taint(params), mode(params), Optional.empty());
    }

    private static CommsCommand<?> lifecycle(Params params, ContractLine line) {
        checkFields(params, line, TO, LIFECYCLE, PARAMS);
        PeerRef to = to(params);
        String kind = params.oneOf(LIFECYCLE, line.lifecycleKinds()).orElseThrow(() -> params.missing(LIFECYCLE));
        String named = params.object(PARAMS).text("peer");
        if (named.isBlank()) {
            throw new InvalidFieldException("params.peer", named, "must not be blank");
        }
        return new CommsCommand.PeerLifecycle(to, new LifecycleKind(kind), params.json(PARAMS));
    }

    private static CommsCommand<?> request(Params params, ContractLine line) {
        checkFields(params, line, TO, INTENT, PARAMS, BLOCKS, MODE, STREAM, TAINT);
        checkStream(params);
        return new CommsCommand.PeerRequest(
                to(params),
                params.text(INTENT),
                params.json(PARAMS),
                BlockForm.read(params, BLOCKS),
                taint(params),
                mode(params),
                Optional.empty());
    }

    private static CommsCommand<?> response(Params params, ContractLine line) {
        checkFields(params, line, TO, ANSWERED, STATUS, RESULT, BLOCKS, MODE, TAINT);
        String status = params.oneOf(STATUS, STATUSES).orElseThrow(() -> params.missing(STATUS));
        return new CommsCommand.PeerResponse(
                to(params),
                RequestId.of(params.text(ANSWERED)),
                ResponseStatus.valueOf(status.toUpperCase(Locale.ROOT)),
                params.optionalJson(RESULT),
                BlockForm.read(params, BLOCKS),
                taint(params),
                params.has(MODE) ? Optional.of(mode(params)) : Optional.empty());
    }

    private static void checkFields(Params params, ContractLine line, String... own) {
        Set<String> known = new HashSet<>(List.of(own));
        known.addAll(List.of(SESSION, KIND));
        if (!line.takesTaint()) {
            known.remove(TAINT);
        }
        params.only(known);
    }

    private static void checkStream(Params params) {
        params.oneOf(STREAM, STREAMS);
    }

    private static HandlingMode mode(Params params) {
        String mode = params.oneOf(MODE, MODES).orElse("queue");
        return mode.equals("steer") ? HandlingMode.STEER : HandlingMode.QUEUE;
    }

    /** Declared as an object, or not at all. */
    private static ContentTaint taint(Params params) {
        if (params.node(TAINT).isTextual() || !params.has(TAINT)) {
            params.oneOf(TAINT, Set.of("undeclared"));
            return ContentTaint.UNDECLARED;
        }
        Params declared = params.object(TAINT).only(Set.of(DECLARE));
        String taint = declared.oneOf(DECLARE, Set.of("clean", "tainted")).orElseThrow(() -> declared.missing(DECLARE));
        return taint.equals("clean") ? ContentTaint.CLEAN : ContentTaint.TAINTED;
    }

    /** What reads as an id is one; everything else is a name. */
    private static PeerRef to(Params params) {
        String to = params.text(TO);
        try {
            return PeerRef.id(PeerId.of(to));
        } catch (InvalidFieldException e) {
            return PeerRef.named(to);
        }
    }
}
