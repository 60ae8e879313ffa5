package dev.meerkat.core.internal.codec;

import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.ToolCall;
import java.util.List;

/** The stored form of the parts that messages share. */
final class ContentForm {
    private ContentForm() {}

    static void write(Out out, ContentBlock block) {
        if (block instanceof ContentBlock.Text text) {
            out.text("type", "text").text("text", text.text());
        } else if (block instanceof ContentBlock.Image image) {
            out.text("type", "image").text("media_type", image.mediaType()).text("data", image.data());
        } else if (block instanceof ContentBlock.Unrecognized unknown) {
            out.text("type", "unrecognized").text("of", unknown.type()).json("raw", unknown.raw());
        } else {
            throw new IllegalArgumentException("no stored form of " + block.getClass());
        }
    }

    static ContentBlock block(Node in) {
        String type = in.text("type");
        return switch (type) {
            case "text" -> new ContentBlock.Text(in.text("text"));
            case "image" -> new ContentBlock.Image(in.text("media_type"), in.text("data"));
            case "unrecognized" -> new ContentBlock.Unrecognized(in.text("of"), in.json("raw"));
            default -> new ContentBlock.Unrecognized(type, in.json());
        };
    }

    static List<ContentBlock> blocks(Node in) {
        return in.list("blocks", ContentForm::block);
    }

    static void write(Out out, PeerRef ref) {
        if (ref instanceof PeerRef.ByName name) {
            out.text("name", name.name());
        } else if (ref instanceof PeerRef.ById id) {
            out.id("id", id.id());
        } else {
            throw new IllegalArgumentException("no stored form of " + ref.getClass());
        }
    }

    static PeerRef ref(Node in) {
        return in.has("name") ? PeerRef.named(in.text("name")) : PeerRef.id(PeerId.of(in.text("id")));
    }

    static void write(Out out, PeerSender sender) {
        out.id("id", sender.id()).text("name", sender.name());
    }

    static PeerSender sender(Node in) {
        return new PeerSender(PeerId.of(in.text("id")), in.text("name"));
    }

    static void write(Out out, ToolCall call) {
        out.text("key", call.key())
                .text("name", call.name())
                .json("arguments", call.arguments())
                .json("result", call.result())
                .flag("failed", call.failed());
    }

    static ToolCall toolCall(Node in) {
        Json arguments = in.json("arguments");
        return new ToolCall(in.text("key"), in.text("name"), arguments, in.json("result"), in.flag("failed"));
    }
}
