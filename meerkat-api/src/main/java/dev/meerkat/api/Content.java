package dev.meerkat.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The check that every message shares: its parts are whole, and together within the limit. */
final class Content {
    private Content() {}

    /**
     * Checks body, blocks and JSON of one message.
     *
     * @param body the body, or null for a kind of message that has none
     * @return a copy of the blocks
     */
    static List<ContentBlock> check(@Nullable String body, List<ContentBlock> blocks, Json json) {
        List<ContentBlock> copy = Check.list(blocks, "blocks");
        long bytes = json.equals(Json.NULL) ? 0 : json.sizeBytes();
        for (ContentBlock block : copy) {
            bytes += block.sizeBytes();
        }
        if (body != null) {
            Check.text(body, "body", Limits.MESSAGE_BYTES);
            bytes += copy.isEmpty() ? 0 : Check.utf8Bytes(body, "body");
        }
        Limits.message("message", bytes);
        return copy;
    }

    /** {@return a checked copy of the instructions of one prompt; a text may be blank} */
    static List<String> instructions(List<String> instructions) {
        List<String> copy = Check.list(instructions, "instructions");
        long bytes = 0;
        for (String text : copy) {
            Check.wellFormed(text, "instructions", Limits.MESSAGE_BYTES);
            bytes += Check.utf8Bytes(text, "instructions");
        }
        Limits.message("instructions", bytes);
        return copy;
    }
}
