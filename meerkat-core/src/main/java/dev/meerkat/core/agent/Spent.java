package dev.meerkat.core.agent;

import dev.meerkat.api.Usage;
import java.time.Duration;
import java.util.Objects;

/**
 * What turns have spent, as counted against budgets. It is committed with each step, so a crash does not reset it.
 *
 * @param tokens what they used of models
 * @param modelCalls calls of models
 * @param toolCalls calls of tools
 * @param time how long they ran, waits included
 */
public record Spent(Usage tokens, long modelCalls, long toolCalls, Duration time) {
    /** Nothing. */
    public static final Spent NOTHING = new Spent(new Usage(0, 0), 0, 0, Duration.ZERO);

    /** Checks that nothing is missing. */
    public Spent {
        Objects.requireNonNull(tokens, "tokens");
        Objects.requireNonNull(time, "time");
    }

    /**
     * The sum of this and more.
     *
     * @param more what else was spent
     * @return the sum
     */
    public Spent plus(Spent more) {
        return new Spent(
                tokens.plus(more.tokens),
                modelCalls + more.modelCalls,
                toolCalls + more.toolCalls,
                time.plus(more.time));
    }
}
