package dev.meerkat.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ModelException;
import dev.meerkat.api.Usage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The end of an answer: what it used and why it ended. */
final class Endings {
    private Endings() {}

    /** Tells a call of the end of a streamed answer. Without a reason it is not whole. */
    static void tell(ModelCall call, ChatResponse response) {
        FinishReason known = response.metadata().finishReason();
        Optional<dev.meerkat.api.FinishReason> reason = known != null && known != FinishReason.OTHER
                ? Optional.of(reason(known))
                : call.endMark()
                        .map(Endings::reason)
                        .or(() -> Optional.ofNullable(known).map(Endings::reason));
        if (reason.isPresent()) {
            tell(call, response, reason.get());
        } else {
            used(call, response);
            call.streamEnded();
        }
    }

    /** Tells a call of the end of an answer that is known to be whole. */
    static void tellWhole(ModelCall call, ChatResponse response) {
        FinishReason reason = response.metadata().finishReason();
        if (reason == null) {
            boolean asks = response.aiMessage().hasToolExecutionRequests();
            reason = asks ? FinishReason.TOOL_EXECUTION : FinishReason.STOP;
        }
        tell(call, response, reason(reason));
    }

    private static void tell(ModelCall call, ChatResponse response, dev.meerkat.api.FinishReason reason) {
        used(call, response);
        boolean isEmpty =
                isBlank(response.aiMessage().text()) && !response.aiMessage().hasToolExecutionRequests();
        if (reason.equals(dev.meerkat.api.FinishReason.CONTENT_FILTER) && isEmpty) {
            call.fail(new ModelException(ModelException.Kind.REFUSED, "the provider held the answer back", null));
            return;
        }
        call.delta(new ChatDelta.Finished(reason));
        call.complete();
    }

    private static void used(ModelCall call, ChatResponse response) {
        TokenUsage usage = response.metadata().tokenUsage();
        if (usage != null) {
            call.delta(new ChatDelta.Used(new Usage(count(usage.inputTokenCount()), count(usage.outputTokenCount()))));
        }
    }

    private static long count(@Nullable Integer tokens) {
        return tokens == null ? 0 : Math.max(0, tokens);
    }

    private static dev.meerkat.api.FinishReason reason(FinishReason reason) {
        return switch (reason) {
            case STOP -> dev.meerkat.api.FinishReason.STOP;
            case LENGTH -> dev.meerkat.api.FinishReason.LENGTH;
            case TOOL_EXECUTION -> dev.meerkat.api.FinishReason.TOOL_CALLS;
            case CONTENT_FILTER -> dev.meerkat.api.FinishReason.CONTENT_FILTER;
            case OTHER -> new dev.meerkat.api.FinishReason("other");
        };
    }

    /** A word that LangChain4j does not know. */
    private static dev.meerkat.api.FinishReason reason(String word) {
        return word.equals("refusal")
                ? dev.meerkat.api.FinishReason.CONTENT_FILTER
                : new dev.meerkat.api.FinishReason(word);
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isBlank();
    }
}
