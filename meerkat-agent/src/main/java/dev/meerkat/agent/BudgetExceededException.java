package dev.meerkat.agent;

import dev.meerkat.core.agent.ParkSessionException;

/**
 * A turn or a session asked for more than its {@link Budget} has. It parks the session, with the code {@code
 * budget_exceeded}.
 */
public final class BudgetExceededException extends ParkSessionException {
    private static final long serialVersionUID = 1L;

    BudgetExceededException(String whose, String what, Object spent, Object most) {
        super("budget_exceeded", "the budget of the " + whose + " is used up: " + spent + " of " + most + " " + what);
    }
}
