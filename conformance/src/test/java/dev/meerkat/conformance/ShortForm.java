package dev.meerkat.conformance;

import java.util.Set;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Leaves chapters of the contract out, unless all are asked for. */
final class ShortForm implements ExecutionCondition {
    /** The property that asks for all chapters, with the value true or none. */
    static final String FULL = "conformance.full";

    /** What a host does with a server first, and where servers differed most from what is written of them. */
    private static final Set<String> CHAPTERS = Set.of("KeepAlive", "CommsInput", "Archive");

    private static boolean full() {
        String value = System.getProperty(FULL, "false");
        return value.isEmpty() || Boolean.parseBoolean(value);
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Class<?> type = context.getRequiredTestClass();
        boolean chapter = type.getEnclosingClass() != null;
        if (full() || !chapter || CHAPTERS.contains(type.getSimpleName())) {
            return ConditionEvaluationResult.enabled("part of this run");
        }
        Tally.RUN.leftOut(type.getSimpleName());
        return ConditionEvaluationResult.disabled("not part of the short form; -D" + FULL + " runs it");
    }
}
