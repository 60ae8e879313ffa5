package dev.meerkat.benchmarks;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** {@link Prices} with a time limit, as {@code ChatAgent} gives one to each tool. Thread-safe. */
public final class LimitedPrices {
    private final ExecutorService threads;
    private final Prices prices = new Prices();

    LimitedPrices(ExecutorService threads) {
        this.threads = threads;
    }

    /**
     * The tool.
     *
     * @param name of what
     * @return its price
     * @throws Exception if there is none in time
     */
    @Tool(name = Prices.NAME, value = Prices.DESCRIPTION)
    public int price(@P("what it is called") String name) throws Exception {
        return threads.submit(() -> prices.price(name)).get(1, TimeUnit.MINUTES);
    }
}
