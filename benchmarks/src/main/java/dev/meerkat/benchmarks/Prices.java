package dev.meerkat.benchmarks;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.api.Json;

/** The tool that agents of all sides use: it costs as good as no time. Thread-safe. */
public final class Prices {
    static final String NAME = "price";
    static final String ARGUMENTS = "{\"name\":\"tea\"}";
    static final String SYSTEM_PROMPT = "You tell prices.";
    static final String QUESTION = "How much is the tea?";
    static final String ANSWER = "It costs 3.";
    static final String DESCRIPTION = "Tells the price of a thing.";

    Prices() {}

    /**
     * The tool.
     *
     * @param name of what
     * @return its price
     */
    @Tool(DESCRIPTION)
    public int price(@P("what it is called") String name) {
        return name.length();
    }

    /** The same without LangChain4j. */
    static ChatTool tool() {
        Prices prices = new Prices();
        return new ChatTool(
                NAME,
                DESCRIPTION,
                Json.parse("""
                        {"type":"object","properties":{"name":{"type":"string","description":"what it is called"}},
                        "required":["name"]}"""),
                (arguments, key) ->
                        Json.of(prices.price(arguments.at("/name").orElseThrow().as(String.class))));
    }

    static void check(String answer) {
        if (!answer.equals(ANSWER)) {
            throw new IllegalStateException("not the answer: " + answer);
        }
    }
}
