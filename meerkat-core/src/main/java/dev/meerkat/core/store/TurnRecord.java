package dev.meerkat.core.store;

import dev.meerkat.api.TurnId;
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
 */
public record TurnRecord(
        TurnId id,
        int attempt,
        int step,
        long firstEntry,
        Marks staged,
        @Nullable Instant notBefore) {}
