package dev.meerkat.examples.realmodel;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaIterator;
import de.kherud.llama.ModelParameters;
import dev.meerkat.agent.ChatDelta;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.agent.ModelException;
import dev.meerkat.api.FinishReason;
import dev.meerkat.api.Json;
import dev.meerkat.api.Usage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * A GGUF model behind the port of chat models, on llama.cpp in this JVM. It has one thread: calls wait for each other.
 *
 * <p>So small a model does not decide by itself when to call a tool. So a {@link ToolChoice} says which tools it must
 * choose from, and a grammar made of their schemas lets it write nothing but a call of one of them.
 */
final class LlamaModel implements ChatModel {
    private static final int CONTEXT = 2048;
    private static final int ANSWER = 96;

    private final de.kherud.llama.LlamaModel engine;
    private final Function<ChatRequest, ToolChoice> choices;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread engineThread = new Thread(work, "llama");
        engineThread.setDaemon(true);
        return engineThread;
    });

    private LlamaModel(de.kherud.llama.LlamaModel engine, Function<ChatRequest, ToolChoice> choices) {
        this.engine = engine;
        this.choices = choices;
    }

    static LlamaModel load(Path gguf, Function<ChatRequest, ToolChoice> choices) {
        ModelParameters parameters = new ModelParameters()
                .setModel(gguf.toString())
                .setThreads(1)
                .setThreadsBatch(1)
                .setCtxSize(CONTEXT)
                .skipWarmup();
        return new LlamaModel(new de.kherud.llama.LlamaModel(parameters), choices);
    }

    @Override
    public Call start(ChatRequest request, Listener listener) {
        AtomicBoolean cancelled = new AtomicBoolean();
        thread.execute(() -> {
            try {
                answer(request, listener, cancelled);
            } catch (RuntimeException e) {
                listener.onError(e);
            }
        });
        return () -> cancelled.set(true);
    }

    private void answer(ChatRequest request, Listener listener, AtomicBoolean cancelled) {
        if (cancelled.get()) {
            return; // while it waited for the engine
        }
        ToolChoice choice = choices.apply(request);
        String prompt = ChatMl.prompt(request);
        int read = engine.encode(prompt).length;
        if (read + ANSWER > CONTEXT) {
            throw new ModelException(
                    ModelException.Kind.CONTEXT_TOO_LONG, read + " tokens are more than there is room for", null);
        }
        InferenceParameters parameters = new InferenceParameters(prompt)
                .setNPredict(ANSWER)
                .setTemperature(0)
                // A call repeats what the event says; a text must not run in circles.
                .setRepeatPenalty(choice.tools().isEmpty() ? 1.15f : 1f)
                .setCachePrompt(true)
                .setStopStrings(ChatMl.END)
                .setGrammar(choice.grammar(request.tools()));
        LlamaIterator pieces = engine.generate(parameters).iterator();
        StringBuilder call = new StringBuilder();
        int written = 0;
        while (pieces.hasNext()) {
            if (cancelled.get()) {
                pieces.cancel();
                return;
            }
            String piece = pieces.next().text;
            written++;
            if (choice.tools().isEmpty()) {
                listener.onDelta(new ChatDelta.Text(piece));
            } else {
                call.append(piece);
            }
        }
        listener.onDelta(new ChatDelta.Used(new Usage(read, written)));
        if (!choice.tools().isEmpty()) {
            Json json = Json.parse(call.toString());
            listener.onDelta(new ChatDelta.ToolCallPart(
                    0,
                    "call_" + read,
                    json.at("/tool").orElseThrow().as(String.class),
                    json.at("/arguments").orElseThrow().text()));
            listener.onDelta(new ChatDelta.Finished(FinishReason.TOOL_CALLS));
        } else {
            listener.onDelta(new ChatDelta.Finished(written < ANSWER ? FinishReason.STOP : FinishReason.LENGTH));
        }
        listener.onComplete();
    }
}
