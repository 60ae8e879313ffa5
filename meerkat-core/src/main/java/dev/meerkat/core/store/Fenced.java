package dev.meerkat.core.store;

/**
 * Nothing was stored, for the session belongs to another owner now. Unlike {@link StepResult.Stale}, reading the session
 * again does not help: the caller must do nothing more for the session.
 *
 * @param epoch the owner's epoch: each change of the owner has a higher one
 * @param holder how the owner is known in messages
 */
public record Fenced(long epoch, String holder)
        implements CreateResult, AppendResult, StepResult, ChangeResult, ScheduleResult {}
