package dev.meerkat.langchain4j;

class AnthropicTest extends ProviderContract {
    AnthropicTest() throws Exception {
        super(new Dialect.Anthropic());
    }
}
