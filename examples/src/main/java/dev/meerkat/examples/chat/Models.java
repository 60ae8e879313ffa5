package dev.meerkat.examples.chat;

import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.langchain4j.CancellableHttp;
import dev.meerkat.langchain4j.LangChain4jModel;
import java.util.Map;
import java.util.function.Supplier;

/** The models of the examples. */
final class Models {
    private Models() {}

    // snippet: examples-model
    /** A scripted model, unless the environment names a real one that speaks OpenAI's protocol. */
    static ChatModel of(Map<String, String> environment, Supplier<? extends ChatModel> scripted) {
        String name = environment.getOrDefault("MODEL", "");
        if (name.isEmpty()) {
            return scripted.get();
        }
        return LangChain4jModel.of(OpenAiStreamingChatModel.builder()
                .httpClientBuilder(CancellableHttp.create())
                .baseUrl(environment.getOrDefault("BASE_URL", "https://api.openai.com/v1"))
                .apiKey(environment.getOrDefault("OPENAI_API_KEY", "none"))
                .modelName(name)
                .build());
    }
    // end
}
