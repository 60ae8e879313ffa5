package dev.meerkat.agent;

import dev.meerkat.core.agent.Spent;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * How much a turn, or all turns of a session together, may use. What is committed counts, also after a failure or a
 * crash, so neither starts the count anew.
 *
 * @param tokens most tokens of models, read and written together; the call that goes over it is the last
 * @param modelCalls most calls of models, at least 1
 * @param toolCalls most calls of tools
 * @param time how long turns may run, waits included
 */
public record Budget(OptionalLong tokens, OptionalLong modelCalls, OptionalLong toolCalls, Optional<Duration> time) {
    /** No bound at all. */
    public static final Budget UNLIMITED =
            new Budget(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), Optional.empty());

    /** What a turn may use unless its agent says something else: 25 calls of the model and 100 of tools. */
    public static final Budget TURN_DEFAULT = UNLIMITED.withModelCalls(25).withToolCalls(100);

    /** Checks the bounds. */
    public Budget {
        if (tokens.orElse(1) < 1 || modelCalls.orElse(1) < 1 || toolCalls.orElse(0) < 0) {
            throw new IllegalArgumentException("tokens and modelCalls must be at least 1, and toolCalls not negative: "
                    + tokens + ", " + modelCalls + ", " + toolCalls);
        }
        if (time.filter(bound -> bound.isZero() || bound.isNegative()).isPresent()) {
            throw new IllegalArgumentException("time must be more than zero: " + time.get());
        }
    }

    /**
     * With a bound on tokens.
     *
     * @param most the bound, at least 1
     * @return a changed copy
     */
    public Budget withTokens(long most) {
        return new Budget(OptionalLong.of(most), modelCalls, toolCalls, time);
    }

    /**
     * With a bound on calls of models.
     *
     * @param most the bound, at least 1
     * @return a changed copy
     */
    public Budget withModelCalls(long most) {
        return new Budget(tokens, OptionalLong.of(most), toolCalls, time);
    }

    /**
     * With a bound on calls of tools.
     *
     * @param most the bound
     * @return a changed copy
     */
    public Budget withToolCalls(long most) {
        return new Budget(tokens, modelCalls, OptionalLong.of(most), time);
    }

    /**
     * With a bound on time.
     *
     * @param most the bound, more than zero
     * @return a changed copy
     */
    public Budget withTime(Duration most) {
        return new Budget(tokens, modelCalls, toolCalls, Optional.of(most));
    }

    /** Refuses to go on; {@code counted} counts what is about to be done. */
    void check(String whose, Supplier<Spent> counted) {
        if (equals(UNLIMITED)) {
            return;
        }
        Spent spent = counted.get();
        long used = spent.tokens().inputTokens() + spent.tokens().outputTokens();
        if (tokens.isPresent() && used >= tokens.getAsLong()) {
            throw new BudgetExceededException(whose, "tokens", used, tokens.getAsLong());
        }
        if (modelCalls.isPresent() && spent.modelCalls() > modelCalls.getAsLong()) {
            throw new BudgetExceededException(whose, "calls of the model", spent.modelCalls(), modelCalls.getAsLong());
        }
        if (toolCalls.isPresent() && spent.toolCalls() > toolCalls.getAsLong()) {
            throw new BudgetExceededException(whose, "calls of tools", spent.toolCalls(), toolCalls.getAsLong());
        }
        if (time.isPresent() && spent.time().compareTo(time.get()) >= 0) {
            throw new BudgetExceededException(whose, "time", spent.time(), time.get());
        }
    }

    /** How long may still be run; empty for any time. */
    Optional<Duration> left(Supplier<Spent> counted) {
        return time.map(most -> most.minus(counted.get().time()));
    }
}
