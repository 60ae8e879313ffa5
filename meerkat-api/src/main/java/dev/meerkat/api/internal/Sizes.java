package dev.meerkat.api.internal;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContentBlock;
import dev.meerkat.api.InputBody;
import java.util.List;

/** About how large values are in memory, in characters: their texts, JSON and blocks. */
public final class Sizes {
    private Sizes() {}

    /**
     * The size of what an input says.
     *
     * @param body the input
     * @return the size, in characters
     */
    public static long of(InputBody body) {
        return body.match(
                prompt -> prompt.text().length() + of(prompt.blocks()),
                local -> of(local.command()),
                external -> (long) external.event().sizeBytes(),
                peer -> of(peer.command()));
    }

    private static long of(CommsCommand<?> command) {
        return command.match(
                input -> input.body().length() + of(input.blocks()),
                message -> message.body().length() + of(message.blocks()),
                lifecycle -> (long) lifecycle.params().text().length(),
                request -> request.params().text().length() + of(request.blocks()),
                response -> response.result().text().length() + of(response.blocks()));
    }

    /**
     * The size of what blocks say.
     *
     * @param blocks the blocks
     * @return the size, in characters
     */
    public static long of(List<ContentBlock> blocks) {
        return blocks.stream().mapToLong(ContentBlock::sizeBytes).sum();
    }
}
