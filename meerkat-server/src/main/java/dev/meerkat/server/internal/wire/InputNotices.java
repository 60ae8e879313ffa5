package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.WireJson;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How inputs show: all but prompts as notices. The wire takes local input for an external event. */
final class InputNotices {
    private final SessionId session;
    /** Whether a notice names where it came from, and an event without content has a payload all the same. */
    private final boolean origins;

    private final CommsNotices comms;

    InputNotices(ContractLine line, SessionId session) {
        this.session = session;
        this.origins = line.namesOrigins();
        this.comms = new CommsNotices(origins);
    }

    CommsNotices comms() {
        return comms;
    }

    /** The notice of an input, unless it is a prompt. */
    Optional<Notice> of(AdmittedInput input) {
        return input.body()
                .match(
                        prompt -> Optional.empty(),
                        local -> Optional.of(local(local.command())),
                        event -> Optional.of(event(event.event())),
                        peer -> Optional.of(comms.received(input.id(), peer)));
    }

    private Notice event(ExternalEvent event) {
        Payload payload = new Payload(
                ContentWriter.bodyOf(event.payload()),
                WireJson.tree(event.payload()),
                PrettyJson.of(event.payload()),
                event.payload().equals(Json.NULL));
        return notice(event.source(), event.eventType(), payload, event.blocks());
    }

    private Notice local(CommsCommand.Input input) {
        // No value of the API: with a body at its limit, the object around it is over the limit.
        ObjectNode tree = WireJson.object().put("body", input.body());
        Optional<String> body = Optional.of(input.body()).filter(text -> !text.isEmpty());
        Payload payload = new Payload(body, tree, PrettyJson.of(tree), false);
        return notice(input.source(), input.source(), payload, input.blocks());
    }

    /** What an event says: the text of its own in it, the whole, the whole as it is shown, and whether it is nothing. */
    private record Payload(Optional<String> body, JsonNode tree, String shown, boolean none) {}

    private Notice notice(String source, String type, Payload payload, List<ContentBlock> blocks) {
        Optional<String> body = payload.body();
        String headline = body.orElse("External event via " + source);
        ObjectNode block = WireJson.object();
        block.put("type", "external_event");
        block.put("source", source);
        block.put("event_type", type);
        block.put("summary", headline);
        body.ifPresent(text -> block.put("body", text));
        if (origins || !payload.none()) {
            block.set("payload", payload.tree());
        }
        StringBuilder shown = new StringBuilder("External event via " + source + ": " + body.orElse(type));
        if (!blocks.isEmpty()) {
            block.set("content", ContentWriter.blocks(blocks));
            shown.append('\n').append(ContentWriter.shown(blocks));
        }
        shown.append("\nPayload: ").append(payload.shown());
        return new Notice("external_event", headline, block, shown.toString());
    }

    /** Where a notice came from: a turn and its input. */
    void addOrigin(ObjectNode row, TurnId turn, AdmittedInput input) {
        if (origins) {
            ObjectNode origin = WireJson.object();
            origin.put("session_id", session.toString());
            origin.put("run_id", turn.toString());
            origin.put("input_id", input.id().toString());
            row.set("runtime_origin", origin.put("append_ordinal", 0));
        }
    }

    /** The rows of inputs that joined a turn. */
    ArrayNode rows(TurnId turn, List<AdmittedInput> inputs) {
        ArrayNode rows = ContentWriter.array();
        for (AdmittedInput input : inputs) {
            of(input).ifPresent(notice -> {
                ObjectNode row = WireJson.object().put("kind", notice.kind());
                addOrigin(row, turn, input);
                rows.add(fill(row, notice, input.at()));
            });
        }
        return rows;
    }

    /** What every row of a notice has, after its origin. */
    static ObjectNode fill(ObjectNode row, Notice notice, Instant at) {
        row.put("body", notice.headline());
        row.set("blocks", ContentWriter.array().add(notice.block()));
        return row.put("created_at", ContentWriter.time(at));
    }
}
