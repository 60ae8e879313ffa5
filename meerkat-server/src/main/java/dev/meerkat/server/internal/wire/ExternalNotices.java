package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.wire.internal.WireJson;
import java.util.List;
import java.util.Optional;

/** Notices of what came from outside: external events, and local input, which the wire takes for one. */
final class ExternalNotices {
    /** Whether an event without content has a payload all the same. */
    private final boolean nulls;

    ExternalNotices(boolean nulls) {
        this.nulls = nulls;
    }

    Notice event(ExternalEvent event) {
        Payload payload = new Payload(
                ContentWriter.bodyOf(event.payload()),
                WireJson.tree(event.payload()),
                PrettyJson.of(event.payload()),
                event.payload().equals(Json.NULL));
        return notice(event.source(), event.eventType(), payload, event.blocks());
    }

    Notice local(CommsCommand.Input input) {
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
        if (nulls || !payload.none()) {
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
}
