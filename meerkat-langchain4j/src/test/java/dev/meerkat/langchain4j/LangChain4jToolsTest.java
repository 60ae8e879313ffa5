package dev.meerkat.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.invocation.InvocationParameters;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.Json;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LangChain4jToolsTest {
    /** Some tools. */
    public static final class Shop {
        @Tool("Tells the price of a thing.")
        public Price price(@P("what it is called") String name, InvocationParameters call) {
            return new Price(name, 3, call.<String>get(LangChain4jTools.KEY));
        }

        @Tool(name = "say_hello", value = "Says hello.")
        public String hello() {
            return "hello";
        }

        @Tool("Closes the shop.")
        public void close() {
            throw new IllegalStateException("it is closed");
        }

        public void isNoTool() {}
    }

    /** A price. */
    public record Price(String name, int euros, String key) {}

    private static ChatTool tool(String name) {
        return Stream.of(LangChain4jTools.of(new Shop()))
                .filter(tool -> tool.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void methodsAreToolsWithTheirSchemas() {
        assertThat(LangChain4jTools.of(new Shop()))
                .extracting(ChatTool::name, ChatTool::description)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("close", "Closes the shop."),
                        org.assertj.core.groups.Tuple.tuple("say_hello", "Says hello."),
                        org.assertj.core.groups.Tuple.tuple("price", "Tells the price of a thing."));
        Json schema = tool("price").parameters();
        assertThat(schema.at("/properties/name/type")).contains(Json.of("string"));
        assertThat(schema.at("/properties/name/description")).contains(Json.of("what it is called"));
        assertThat(schema.at("/required")).contains(Json.of(List.of("name")));
        assertThat(schema.at("/properties/call")).isEmpty();
        assertThat(tool("close").parameters().at("/type")).contains(Json.of("object"));
    }

    @Test
    void theModelReadsWhatAMethodReturns() throws Exception {
        assertThat(tool("price").work().run(Json.parse("{\"name\":\"tea\"}"), "key-1"))
                .isEqualTo(Json.parse("{\"name\":\"tea\",\"euros\":3,\"key\":\"key-1\"}"));
        assertThat(tool("say_hello").work().run(Json.EMPTY_OBJECT, "key-1")).isEqualTo(Json.of("hello"));
    }

    @Test
    void whatAMethodThrowsIsThrown() {
        assertThatThrownBy(() -> tool("close").work().run(Json.EMPTY_OBJECT, "key-1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("it is closed");
    }

    @Test
    void objectsWithoutToolsAndNamesThatAreThereTwiceAreRefused() {
        assertThatThrownBy(() -> LangChain4jTools.of("text")).hasMessageContaining("java.lang.String");
        assertThatThrownBy(() -> LangChain4jTools.of(new Shop(), new Shop())).hasMessageContaining("say_hello");
    }
}
