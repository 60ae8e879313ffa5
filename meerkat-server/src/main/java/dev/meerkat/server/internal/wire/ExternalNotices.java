package dev.meerkat.server.internal.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.json.internal.WireJson;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Notices of what came from outside: external events, and local input, which the wire takes for one. */
final class ExternalNotices {
    private ExternalNotices() {}

    static Notice event(ExternalEvent event) {
        return notice(event.source(), event.eventType(), event.payload(), event.blocks());
    }

    static Notice local(CommsCommand.Input input) {
        Json payload = Json.of(Map.of("body", input.body()));
        return notice(input.source(), input.source(), payload, input.blocks());
    }

    private static Notice notice(String source, String type, Json payload, List<ContentBlock> blocks) {
        Optional<String> body = ContentWriter.bodyOf(payload);
        String headline = body.orElse("External event via " + source);
        ObjectNode block = WireJson.object();
        block.put("type", "external_event");
        block.put("source", source);
        block.put("event_type", type);
        block.put("summary", headline);
        body.ifPresent(text -> block.put("body", text));
        block.set("payload", WireJson.tree(payload));
        StringBuilder shown = new StringBuilder("External event via " + source + ": " + body.orElse(type));
        if (!blocks.isEmpty()) {
            block.set("content", ContentWriter.blocks(blocks));
            shown.append('\n').append(ContentWriter.shown(blocks));
        }
        shown.append("\nPayload: ").append(PrettyJson.of(payload));
        return new Notice("external_event", headline, block, shown.toString());
    }
}
