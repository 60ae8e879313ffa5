package dev.meerkat.langchain4j;

class OpenAiTest extends ProviderContract {
    OpenAiTest() throws Exception {
        super(new Dialect.OpenAi());
    }
}
