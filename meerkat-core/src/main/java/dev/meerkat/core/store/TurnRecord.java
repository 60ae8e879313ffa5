package dev.meerkat.core.store;

import dev.meerkat.api.TurnId;
import dev.meerkat.api.Usage;
import dev.meerkat.core.agent.Spent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An open turn, as needed to go on with it after a crash.
 *
 * @param id the turn
 * @param attempt the attempt that runs, from 1
 * @param step how many steps are committed
 * @param firstEntry the transcript entry at which the agent's current call began
 * @param staged the inputs that the turn has taken up, consumed or not: all up to these marks
 * @param notBefore when the attempt may begin, or null for at once
 * @param used what the turn has used of models so far, in attempts that failed too, or null if it has told nothing
 * @param spent what it has spent so far, in attempts that failed too, or since its session was unparked
 */
public record TurnRecord(
        TurnId id,
        int attempt,
        int step,
        long firstEntry,
        Marks staged,
        @Nullable Instant notBefore,
        @Nullable Usage used,
        Spent spent) {
    /**
     * A turn that has spent nothing.
     *
     * @param id the turn
     * @param attempt the attempt that runs, from 1
     * @param step how many steps are committed
     * @param firstEntry the transcript entry at which the agent's current call began
     * @param staged the inputs that the turn has taken up
     * @param notBefore when the attempt may begin, or null for at once
     */
    public TurnRecord(TurnId id, int attempt, int step, long firstEntry, Marks staged, @Nullable Instant notBefore) {
        this(id, attempt, step, firstEntry, staged, notBefore, null, Spent.NOTHING);
    }

    /**
     * The same attempt, to be begun anew at any time: it was cut by an orderly close, which is no crash.
     *
     * @param usedByNow what the turn has used of models, or null
     * @param spentByNow what it has spent
     * @return a changed copy
     */
    public TurnRecord putAside(@Nullable Usage usedByNow, Spent spentByNow) {
        return withNotBefore(Instant.EPOCH).withSpent(usedByNow, spentByNow);
    }

    /**
     * Another attempt.
     *
     * @param number from 1
     * @return a changed copy
     */
    public TurnRecord withAttempt(int number) {
        return new TurnRecord(id, number, step, firstEntry, staged, notBefore, used, spent);
    }

    /**
     * {@return a copy with other inputs}
     *
     * @param marks the inputs that the turn has taken up
     */
    public TurnRecord withStaged(Marks marks) {
        return new TurnRecord(id, attempt, step, firstEntry, marks, notBefore, used, spent);
    }

    /**
     * To be begun at another time.
     *
     * @param when when the attempt may begin, or null for at once
     * @return a changed copy
     */
    public TurnRecord withNotBefore(@Nullable Instant when) {
        return new TurnRecord(id, attempt, step, firstEntry, staged, when, used, spent);
    }

    /**
     * Having spent more.
     *
     * @param usedByNow what the turn has used of models, or null
     * @param spentByNow what it has spent
     * @return a changed copy
     */
    public TurnRecord withSpent(@Nullable Usage usedByNow, Spent spentByNow) {
        return new TurnRecord(id, attempt, step, firstEntry, staged, notBefore, usedByNow, spentByNow);
    }
}
