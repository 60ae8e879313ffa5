package dev.meerkat.server.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meerkat.api.FailedException;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.wire.internal.WireJson;

/** Reads a client's answer to a call of a tool. */
final class ToolAnswer {
    private static final int MESSAGE_CHARS = 4 << 10;

    private ToolAnswer() {}

    /**
     * The answer.
     *
     * @return a text, or a list of content blocks
     * @throws FailedException if the tool failed, or the answer is none
     */
    static Json read(String tool, JsonNode body) {
        JsonNode error = body.path("error");
        if (!error.isMissingNode() && !error.isNull()) {
            throw failed(tool, error.path("message").asText("an error without a message"));
        }
        JsonNode result = body.path("result");
        JsonNode content = result.path("content");
        if (!result.isObject() || !(content.isMissingNode() || content.isTextual() || content.isArray())) {
            throw failed(tool, "its answer has no content");
        }
        if (result.path("is_error").asBoolean(false)) {
            throw failed(tool, content.isTextual() ? content.textValue() : content.toString());
        }
        try {
            return content.isMissingNode() ? Json.of("") : WireJson.json(content);
        } catch (InvalidFieldException e) {
            throw failed(tool, "its answer is over the limits of JSON");
        }
    }

    private static FailedException failed(String tool, String why) {
        String text = "tool " + tool + " failed: " + why;
        return new FailedException(
                "tool_failed", text.length() <= MESSAGE_CHARS ? text : text.substring(0, MESSAGE_CHARS), null);
    }
}
