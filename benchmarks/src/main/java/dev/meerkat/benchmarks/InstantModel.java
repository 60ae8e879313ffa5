package dev.meerkat.benchmarks;

import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatMessage;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Usage;
import java.util.List;

/** Asks for the price, and answers with it, in the thread that calls it and without any delay. Thread-safe. */
final class InstantModel implements ChatModel {
    static final Usage USAGE = new Usage(20, 5);

    @Override
    public Call start(ChatRequest request, Listener listener) {
        List<ChatMessage> messages = request.messages();
        if (messages.get(messages.size() - 1) instanceof ChatMessage.ToolResult result) {
            listener.onDelta(new ChatDelta.Text("It costs " + result.text() + "."));
            listener.onDelta(new ChatDelta.Used(USAGE));
            listener.onDelta(new ChatDelta.Finished(FinishReason.STOP));
        } else {
            listener.onDelta(new ChatDelta.ToolCallPart(0, "call-1", Prices.NAME, Prices.ARGUMENTS));
            listener.onDelta(new ChatDelta.Used(USAGE));
            listener.onDelta(new ChatDelta.Finished(FinishReason.TOOL_CALLS));
        }
        listener.onComplete();
        return () -> {};
    }
}
