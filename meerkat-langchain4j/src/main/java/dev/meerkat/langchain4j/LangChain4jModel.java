package dev.meerkat.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ModelException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A model of LangChain4j, behind the port of {@code meerkat-agent}. Build it with {@link CancellableHttp}, so that a call
 * can be cancelled before the first byte of its answer.
 *
 * <p>Immutable and thread-safe, as models of LangChain4j are.
 */
public final class LangChain4jModel implements ChatModel {
    private final Requests requests = new Requests();
    private final BiConsumer<ChatRequest, ModelCall> starter;

    private final @Nullable ModelProvider provider;
    private final @Nullable ChatRequestParameters parameters;

    private LangChain4jModel(
            BiConsumer<ChatRequest, ModelCall> starter,
            @Nullable ModelProvider provider,
            @Nullable ChatRequestParameters parameters) {
        this.starter = starter;
        this.provider = provider;
        this.parameters = parameters;
    }

    /**
     * A model that streams its answers.
     *
     * @param model the model
     * @return the model, for an agent
     */
    public static LangChain4jModel of(StreamingChatModel model) {
        Objects.requireNonNull(model, "model");
        return new LangChain4jModel(
                (request, call) -> call.during(() -> model.chat(request, new StreamedAnswer(call))),
                model.provider(),
                model.defaultRequestParameters());
    }

    /**
     * A model that gives its answers as a whole. At most 64 of its calls, and those of others like it, run at once, each on
     * a thread of its own; 1,024 more wait, and more than that are {@link ModelException.Kind#OVERLOADED}.
     *
     * @param model the model
     * @return the model, for an agent
     */
    public static LangChain4jModel of(dev.langchain4j.model.chat.ChatModel model) {
        Objects.requireNonNull(model, "model");
        return new LangChain4jModel(
                (request, call) -> Blocking.start(model, request, call),
                model.provider(),
                model.defaultRequestParameters());
    }

    @Override
    public Optional<String> provider() {
        return provider == null || provider == ModelProvider.OTHER
                ? Optional.empty()
                : Optional.of(
                        switch (provider) {
                            case OPEN_AI -> "openai";
                            case AZURE_OPEN_AI -> "azure.ai.openai";
                            case AMAZON_BEDROCK -> "aws.bedrock";
                            case GOOGLE_AI_GEMINI -> "gcp.gemini";
                            case GOOGLE_VERTEX_AI_GEMINI -> "gcp.vertex_ai";
                            default -> provider.name().toLowerCase(Locale.ROOT);
                        });
    }

    @Override
    public Optional<String> name() {
        return Optional.ofNullable(parameters).map(ChatRequestParameters::modelName);
    }

    @Override
    public Call start(dev.meerkat.agent.ChatRequest request, Listener listener) {
        ModelCall call = new ModelCall(listener);
        try {
            starter.accept(requests.of(request), call);
            return call;
        } catch (RuntimeException e) {
            call.cancel();
            throw ProviderFailures.of(e);
        }
    }

    /** Calls that block. */
    private static final class Blocking {
        private static final int MOST_CALLS = 64;
        private static final int MOST_WAITING = 1024;
        private static final ThreadPoolExecutor THREADS = threads();

        private static ThreadPoolExecutor threads() {
            ThreadPoolExecutor threads = new ThreadPoolExecutor(
                    MOST_CALLS,
                    MOST_CALLS,
                    1,
                    TimeUnit.MINUTES,
                    new LinkedBlockingQueue<>(MOST_WAITING),
                    SharedHttp.daemons("meerkat-model-call-"));
            threads.allowCoreThreadTimeOut(true);
            return threads;
        }

        static void start(dev.langchain4j.model.chat.ChatModel model, ChatRequest request, ModelCall call) {
            try {
                FutureTask<Boolean> running = new FutureTask<>(() -> answer(model, request, call), true);
                THREADS.execute(running);
                // An interrupt ends the call, and the wait between the attempts that LangChain4j makes.
                call.whenCancelled(() -> {
                    running.cancel(true);
                    THREADS.remove(running);
                });
            } catch (RejectedExecutionException e) {
                throw new ModelException(
                        ModelException.Kind.OVERLOADED,
                        "not started: " + MOST_CALLS + " calls run and " + MOST_WAITING + " wait",
                        e);
            }
        }

        private static void answer(dev.langchain4j.model.chat.ChatModel model, ChatRequest request, ModelCall call) {
            try {
                ChatResponse response = model.chat(request);
                new StreamedAnswer(call).onWholeResponse(response);
            } catch (RuntimeException | Error e) {
                call.fail(ProviderFailures.of(e));
            }
        }
    }
}
