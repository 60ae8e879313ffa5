package dev.meerkat.core.internal;

import dev.meerkat.api.Usage;
import dev.meerkat.core.agent.Spent;
import dev.meerkat.core.store.TurnRecord;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a turn uses of models and spends, counted up to the next commit. Confined to the loop's thread. */
final class Account {
    private final Kernel kernel;
    private Instant counted;
    private @Nullable Usage used;
    private Spent turn;
    /** What the session's sum does not hold yet. */
    private Spent fresh = Spent.NOTHING;

    Account(Kernel kernel, TurnRecord record) {
        this.kernel = kernel;
        this.counted = kernel.now();
        this.used = record.used();
        this.turn = record.spent();
    }

    void used(Usage more) {
        used = used == null ? more : used.plus(more);
        add(new Spent(more, 0, 0, Duration.ZERO));
    }

    void modelCalled() {
        add(new Spent(new Usage(0, 0), 1, 0, Duration.ZERO));
    }

    void toolsCalled(int calls) {
        add(new Spent(new Usage(0, 0), 0, calls, Duration.ZERO));
    }

    private void add(Spent more) {
        turn = turn.plus(more);
        fresh = fresh.plus(more);
    }

    /** In all attempts, or null if the turn has told nothing. */
    @Nullable
    Usage used() {
        return used;
    }

    /** Of the turn, up to now. */
    Spent turn() {
        count();
        return turn;
    }

    /** Of the session, up to now. */
    Spent session(Spent committed) {
        count();
        return committed.plus(fresh);
    }

    /** The session's sum is stored. */
    void committed() {
        fresh = Spent.NOTHING;
    }

    /** A clock that is set back counts nothing. */
    private void count() {
        Instant now = kernel.now();
        if (now.isAfter(counted)) {
            add(new Spent(new Usage(0, 0), 0, 0, Duration.between(counted, now)));
        }
        counted = now;
    }
}
