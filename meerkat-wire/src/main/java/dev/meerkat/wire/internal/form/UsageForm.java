package dev.meerkat.wire.internal.form;

import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Usage;
import java.util.Optional;

/** The JSON of what a turn tells of its model. */
final class UsageForm {
    private UsageForm() {}

    static void write(Out out, Optional<Usage> usage, Optional<FinishReason> finishReason) {
        out.object(
                        "usage",
                        usage.orElse(null),
                        (o, used) -> o.number("input_tokens", used.inputTokens())
                                .number("output_tokens", used.outputTokens()))
                .text("finish_reason", finishReason.map(FinishReason::word).orElse(null));
    }

    static Optional<Usage> usage(Node in) {
        if (!in.has("usage")) {
            return Optional.empty();
        }
        Node used = in.object("usage");
        return Optional.of(new Usage(used.number("input_tokens"), used.number("output_tokens")));
    }

    static Optional<FinishReason> finishReason(Node in) {
        return in.optionalText("finish_reason").map(FinishReason::new);
    }
}
