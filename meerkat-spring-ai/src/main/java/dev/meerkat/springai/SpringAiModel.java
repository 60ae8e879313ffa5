package dev.meerkat.springai;

import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatRequest;
import dev.meerkat.agent.ModelException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/**
 * A model of Spring AI 2.0, behind the port of {@code meerkat-agent}. It is asked to stream; a cancel disposes the stream,
 * which closes the connection if the provider's client does so. Its options are those of the model, with the agent's tools in
 * place of the model's own: the agent calls the tools.
 *
 * <p>Immutable and thread-safe, as models of Spring AI are.
 */
public final class SpringAiModel implements ChatModel {
    private final org.springframework.ai.chat.model.ChatModel model;
    private final Function<Throwable, ModelException> failures;

    private SpringAiModel(
            org.springframework.ai.chat.model.ChatModel model, Function<Throwable, ModelException> failures) {
        this.model = model;
        this.failures = failures;
    }

    /**
     * A model.
     *
     * @param model the model
     * @return the model, for an agent
     */
    public static SpringAiModel of(org.springframework.ai.chat.model.ChatModel model) {
        return new SpringAiModel(Objects.requireNonNull(model, "model"), SpringAiFailures::of);
    }

    /**
     * Sets which kind a failure has, for clients of providers whose exceptions say more than can be known here. Without it
     * the kind comes from the HTTP status with which the provider answered, or else from an I/O failure, a timeout or a
     * {@code TransientAiException} among the causes.
     *
     * @param failures makes a failure of the port of one of the client
     * @return a changed copy
     */
    public SpringAiModel failures(Function<Throwable, ModelException> failures) {
        return new SpringAiModel(model, Objects.requireNonNull(failures, "failures"));
    }

    @Override
    public Optional<String> name() {
        return Optional.ofNullable(model.getOptions()).map(ChatOptions::getModel);
    }

    @Override
    public Call start(ChatRequest request, Listener listener) {
        ChatOptions options = Prompts.options(model.getOptions(), request.tools());
        Prompt prompt = new Prompt(Prompts.messages(request.messages()), options);
        SpringAiAnswer answer = new SpringAiAnswer(listener);
        // On a thread of Reactor's: some models do all their work on the thread that subscribes.
        Disposable stream = model.stream(prompt)
                .subscribeOn(Schedulers.boundedElastic())
                .subscribe(answer::add, failure -> listener.onError(failures.apply(failure)), listener::onComplete);
        return stream::dispose;
    }
}
