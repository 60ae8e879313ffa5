package dev.meerkat.cli;

import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import java.util.List;

/** What is said of inputs, in one line each. */
final class Texts {
    private Texts() {}

    static String of(InputBody body) {
        if (body instanceof InputBody.Prompt prompt) {
            return "prompt: " + prompt.text() + blocks(prompt.blocks());
        }
        if (body instanceof InputBody.Local local) {
            return "input from " + local.command().source() + ": "
                    + local.command().body() + blocks(local.command().blocks());
        }
        if (body instanceof InputBody.External external) {
            return "event " + external.event().eventType() + " from "
                    + external.event().source() + ": " + external.event().payload()
                    + blocks(external.event().blocks());
        }
        return peer(body);
    }

    private static String peer(InputBody body) {
        if (body instanceof InputBody.PeerMessage message) {
            return "message from " + message.from().name() + ": "
                    + message.command().body() + blocks(message.command().blocks());
        }
        if (body instanceof InputBody.PeerRequest request) {
            return "request " + request.command().intent() + " from "
                    + request.from().name() + ": " + request.command().params()
                    + blocks(request.command().blocks());
        }
        if (body instanceof InputBody.PeerResponse response) {
            return "response " + response.command().status() + " from "
                    + response.from().name() + ": " + response.command().result()
                    + blocks(response.command().blocks());
        }
        if (body instanceof InputBody.PeerLifecycle lifecycle) {
            return "notice " + lifecycle.command().lifecycleKind() + " from "
                    + lifecycle.from().name() + json(lifecycle.command().params());
        }
        throw new IllegalArgumentException("no text for " + body.getClass());
    }

    private static String json(Json json) {
        return json.equals(Json.NULL) ? "" : ": " + json;
    }

    private static String blocks(List<ContentBlock> blocks) {
        StringBuilder text = new StringBuilder();
        for (ContentBlock block : blocks) {
            if (block instanceof ContentBlock.Text words) {
                text.append(" | ").append(words.text());
            } else if (block instanceof ContentBlock.Image image) {
                text.append(" | ").append(image.mediaType());
            } else {
                text.append(" | ").append(block);
            }
        }
        return text.toString();
    }
}
