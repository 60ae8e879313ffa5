package dev.meerkat.server.internal.wire;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentTaint;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads the parameters of {@code comms/send}, of which each kind takes its own. Wider than other servers: {@code to} may
 * be a name, and intents, params and results are free.
 */
public final class CommandReader {
    private static final Set<String> KINDS =
            Set.of("input", "peer_message", "peer_lifecycle", "peer_request", "peer_response");
    private static final Set<String> MODES = Set.of("queue", "steer");
    private static final Set<String> SOURCES = Set.of("tcp", "uds", "stdin", "webhook", "rpc");
    private static final Set<String> STREAMS = Set.of("none", "reserve_interaction");
    private static final Set<String> STATUSES = Set.of("accepted", "completed", "failed");

    private final Dialect dialect;

    /** In a dialect. */
    public CommandReader(Dialect dialect) {
        this.dialect = dialect;
    }

    /**
     * What is to be sent.
     *
     * @param command the command
     * @param reserved whether the receipt is to say that its interaction is reserved
     * @param selfAllowed whether local input is meant
     */
    public record Read(CommsCommand<?> command, boolean reserved, boolean selfAllowed) {}

    /**
     * Reads a command.
     *
     * @throws dev.meerkat.server.internal.calls.WireFault if a parameter does not have the shape it needs
     * @throws InvalidFieldException if a value is refused for what it says
     */
    public Read read(Params params) {
        String kind = params.oneOf("kind", KINDS).orElseThrow(() -> params.missing("kind"));
        CommsCommand<?> command = switch (kind) {
            case "input" -> input(params);
            case "peer_message" -> message(params);
            case "peer_lifecycle" -> lifecycle(params);
            case "peer_request" -> request(params);
            default -> response(params);
        };
        boolean reserved = params.optionalText("stream").orElse("none").equals("reserve_interaction");
        return new Read(command, reserved, params.flag("allow_self_session"));
    }

    private CommsCommand<?> input(Params params) {
        checkFields(params, Set.of("body", "blocks", "source", "stream", "handling_mode", "allow_self_session"), false);
        checkStream(params);
        String body = params.text("body");
        return new CommsCommand.Input(
                body,
                BlockReader.blocksBeside(params, body),
                params.oneOf("source", SOURCES).orElse("rpc"),
                mode(params));
    }

    private CommsCommand<?> message(Params params) {
        checkFields(params, Set.of("to", "body", "blocks", "handling_mode"), true);
        PeerRef to = to(params);
        String body = params.text("body");
        return new CommsCommand.PeerMessage(
                to, body, BlockReader.blocksBeside(params, body), taint(params), mode(params));
    }

    private CommsCommand<?> lifecycle(Params params) {
        checkFields(params, Set.of("to", "lifecycle_kind", "params"), false);
        PeerRef to = to(params);
        String kind = params.oneOf("lifecycle_kind", dialect.lifecycleKinds())
                .orElseThrow(() -> params.missing("lifecycle_kind"));
        String named = params.object("params").text("peer");
        if (named.isBlank()) {
            throw new InvalidFieldException("params.peer", named, "must not be blank");
        }
        return new CommsCommand.PeerLifecycle(to, new LifecycleKind(kind), params.json("params"));
    }

    private CommsCommand<?> request(Params params) {
        checkFields(params, Set.of("to", "intent", "params", "blocks", "handling_mode", "stream"), true);
        checkStream(params);
        return new CommsCommand.PeerRequest(
                to(params),
                params.text("intent"),
                params.json("params"),
                BlockReader.blocks(params, "blocks"),
                taint(params),
                mode(params));
    }

    private CommsCommand<?> response(Params params) {
        checkFields(params, Set.of("to", "in_reply_to", "status", "result", "blocks", "handling_mode"), true);
        String status = params.oneOf("status", STATUSES).orElseThrow(() -> params.missing("status"));
        return new CommsCommand.PeerResponse(
                to(params),
                RequestId.of(params.text("in_reply_to")),
                ResponseStatus.valueOf(status.toUpperCase(Locale.ROOT)),
                params.optionalJson("result"),
                BlockReader.blocks(params, "blocks"),
                taint(params),
                params.has("handling_mode") ? mode(params) : null);
    }

    private void checkFields(Params params, Set<String> own, boolean tainted) {
        Set<String> known = new HashSet<>(own);
        known.addAll(List.of("session_id", "kind"));
        if (tainted && dialect.takesTaint()) {
            known.add("content_taint");
        }
        params.only(known);
    }

    private static void checkStream(Params params) {
        params.oneOf("stream", STREAMS);
    }

    private static HandlingMode mode(Params params) {
        String mode = params.oneOf("handling_mode", MODES).orElse("queue");
        return mode.equals("steer") ? HandlingMode.STEER : HandlingMode.QUEUE;
    }

    /** Declared as an object, or not at all. */
    private static ContentTaint taint(Params params) {
        if (params.node("content_taint").isTextual() || !params.has("content_taint")) {
            params.oneOf("content_taint", Set.of("undeclared"));
            return ContentTaint.UNDECLARED;
        }
        Params declared = params.object("content_taint").only(Set.of("declare"));
        String taint =
                declared.oneOf("declare", Set.of("clean", "tainted")).orElseThrow(() -> declared.missing("declare"));
        return taint.equals("clean") ? ContentTaint.CLEAN : ContentTaint.TAINTED;
    }

    /** What reads as an id is one; everything else is a name. */
    private static PeerRef to(Params params) {
        String to = params.text("to");
        try {
            return PeerRef.id(PeerId.of(to));
        } catch (InvalidFieldException e) {
            return PeerRef.named(to);
        }
    }
}
