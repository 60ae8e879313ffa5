package dev.meerkat.cli;

import dev.meerkat.agent.Budget;
import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ContextPolicy;
import dev.meerkat.api.InvalidFieldException;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the agent {@code chat} uses its model: budgets, long conversations and steering. */
final class ChatOptions {
    @Option(
            names = "--turn-budget",
            paramLabel = "LIMITS",
            description = {
                "What a turn of --agent chat may use, such as tokens=50000,time=5m;",
                "of tokens, model-calls (default: 25), tool-calls (default: 100) and time."
            })
    @Nullable
    String turnBudget;

    @Option(
            names = "--session-budget",
            paramLabel = "LIMITS",
            description = "What all turns of a session may use together, in the same form (default: no limit).")
    @Nullable
    String sessionBudget;

    @Option(
            names = "--context",
            paramLabel = "POLICY",
            description = {
                "What happens when a conversation grows too long (default: refuse):",
                "  refuse             the turn fails when the model's provider refuses it",
                "  drop-oldest:CHARS  above so many characters the oldest half is left out",
                "  compact:CHARS      above so many characters the model sums up the oldest half"
            })
    @Nullable
    String context;

    @Option(
            names = "--steering",
            paramLabel = "finish-answer|give-up-call",
            description = "What a steer does that comes while the model speaks (default: finish-answer).")
    @Nullable
    String steering;

    ChatOptions() {}

    /** Gives each option that was given, with its value. */
    void given(BiConsumer<String, @Nullable Object> options) {
        options.accept("--turn-budget", turnBudget);
        options.accept("--session-budget", sessionBudget);
        options.accept("--context", context);
        options.accept("--steering", steering);
    }

    ChatAgent applyTo(ChatAgent agent) {
        ChatAgent applied = agent;
        if (turnBudget != null) {
            applied = applied.budget(budget("--turn-budget", turnBudget, Budget.TURN_DEFAULT));
        }
        if (sessionBudget != null) {
            applied = applied.sessionBudget(budget("--session-budget", sessionBudget, Budget.UNLIMITED));
        }
        if (context != null) {
            applied = applied.context(policy(context));
        }
        return steering == null ? applied : applied.steering(steering(steering));
    }

    private static Budget budget(String option, String limits, Budget start) {
        Budget budget = start;
        for (String limit : limits.split(",", -1)) {
            int equals = limit.indexOf('=');
            String name = equals < 0 ? limit : limit.substring(0, equals);
            String value = equals < 0 ? "" : limit.substring(equals + 1);
            String field = option + " " + name;
            budget = switch (name) {
                case "tokens" -> budget.withTokens(count(field, value));
                case "model-calls" -> budget.withModelCalls(count(field, value));
                case "tool-calls" -> budget.withToolCalls(count(field, value));
                case "time" -> budget.withTime(time(field, value));
                default ->
                    throw new InvalidFieldException(
                            option, limit, "must be tokens=N, model-calls=N, tool-calls=N or time=N with s, m, h or d");
            };
        }
        return budget;
    }

    private static long count(String field, String value) {
        if (value.matches("\\d{1,18}") && Long.parseLong(value) > 0) {
            return Long.parseLong(value);
        }
        throw new InvalidFieldException(field, value, "must be a whole number of at least 1");
    }

    private static Duration time(String field, String value) {
        Duration time = Times.duration(field, value);
        if (time.isNegative() || time.isZero()) {
            throw new InvalidFieldException(field, value, "must be more than zero");
        }
        return time;
    }

    private static ContextPolicy policy(String text) {
        int colon = text.indexOf(':');
        String size = colon < 0 ? "" : text.substring(colon + 1);
        try {
            switch (colon < 0 ? text : text.substring(0, colon)) {
                case "refuse" -> {
                    if (colon < 0) {
                        return new ContextPolicy.Refuse();
                    }
                }
                case "drop-oldest" -> {
                    return new ContextPolicy.DropOldest(Integer.parseInt(size));
                }
                case "compact" -> {
                    return new ContextPolicy.Compact(Integer.parseInt(size));
                }
                default -> {}
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidFieldException("--context", text, "must have a number of characters of at least 1000");
        }
        throw new InvalidFieldException("--context", text, "must be refuse, drop-oldest:CHARS or compact:CHARS");
    }

    private static ChatAgent.Steering steering(String text) {
        return switch (text) {
            case "finish-answer" -> ChatAgent.Steering.FINISH_ANSWER;
            case "give-up-call" -> ChatAgent.Steering.GIVE_UP_CALL;
            default -> throw new InvalidFieldException("--steering", text, "must be finish-answer or give-up-call");
        };
    }
}
