package dev.meerkat.core.internal.turn;

import dev.meerkat.api.Usage;
import dev.meerkat.core.agent.Spent;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.store.TurnRecord;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a turn uses of models and spends, counted up to the next commit. Confined to the loop's thread. */
final class Account {
    private static final Usage NO_TOKENS = new Usage(0, 0);

    private final Kernel kernel;
    private Instant counted;
    private @Nullable Usage used;
    private Spent turn;
    /** What the session's sum does not hold yet. */
    private Spent fresh = Spent.NOTHING;
    /** Counted, and in neither sum yet. */
    private long modelCalls;

    private long toolCalls;

    Account(Kernel kernel, TurnRecord record) {
        this.kernel = kernel;
        this.counted = kernel.now();
        this.used = record.used();
        this.turn = record.spent();
    }

    void used(Usage more) {
        used = used == null ? more : used.plus(more);
        add(more);
    }

    void modelCalled() {
        modelCalls++;
    }

    void toolsCalled(int calls) {
        toolCalls += calls;
    }

    /** In all attempts, or null if the turn has told nothing. */
    @Nullable
    Usage used() {
        return used;
    }

    /** Of the turn, up to now. */
    Spent turn() {
        add(NO_TOKENS);
        return turn;
    }

    /** Of the session, up to now. */
    Spent session(Spent committed) {
        add(NO_TOKENS);
        return committed.plus(fresh);
    }

    /** The session's sum is stored. */
    void committed() {
        fresh = Spent.NOTHING;
    }

    /** Counts what there is up to now. A clock that is set back counts nothing. */
    private void add(Usage tokens) {
        Instant now = kernel.now();
        Duration time = now.isAfter(counted) ? Duration.between(counted, now) : Duration.ZERO;
        counted = now;
        Spent more = new Spent(tokens, modelCalls, toolCalls, time);
        modelCalls = 0;
        toolCalls = 0;
        turn = turn.plus(more);
        fresh = fresh.plus(more);
    }
}
