package dev.meerkat.store.postgres;

import dev.meerkat.core.store.ChangeResult;
import dev.meerkat.core.store.DeadLetterChange;
import dev.meerkat.core.store.StoredNumbers;

/** Redrives or discards a dead letter. */
final class DeadLetterWrite extends GroupWrite<ChangeResult> {
    private final DeadLetterChange change;

    DeadLetterWrite(DeadLetterChange change) {
        StoredNumbers.check(change.at());
        this.change = change;
    }

    @Override
    long payloadBytes() {
        return 0;
    }

    @Override
    void wants(Wanted wanted) {
        wanted.session(change.session());
        wanted.deadLetter(change.session(), change.input());
    }

    @Override
    ChangeResult apply(Known known) {
        Hot session = known.sessions.get(change.session());
        if (session == null || session.archived) {
            return new ChangeResult.Absent();
        }
        boolean there = switch (change.kind()) {
            case REDRIVE -> known.redrive(session, change.input(), change.at());
            case DISCARD -> known.discard(session, change.input(), change.at());
        };
        return there ? new ChangeResult.Done() : new ChangeResult.Absent();
    }
}
