package dev.meerkat.store.sqlite;

import dev.meerkat.core.store.ChangeResult;
import dev.meerkat.core.store.DeadLetterChange;
import dev.meerkat.core.store.StoredNumbers;
import java.sql.SQLException;

/** Redrives or discards a dead letter. */
final class ChangeDeadLetter extends Write<ChangeResult> {
    private final DeadLetterChange change;

    ChangeDeadLetter(DeadLetterChange change) {
        StoredNumbers.check(change.at());
        this.change = change;
    }

    @Override
    long payloadBytes() {
        return 0;
    }

    @Override
    ChangeResult apply(Tables tables) throws SQLException {
        HotSession session = tables.sessions.get(change.session());
        if (session == null || session.archived()) {
            return new ChangeResult.Absent();
        }
        boolean there = switch (change.kind()) {
            case REDRIVE -> tables.failed.redrive(session, change.input(), change.at());
            case DISCARD -> tables.failed.discard(session, change.input(), change.at());
        };
        return there ? new ChangeResult.Done() : new ChangeResult.Absent();
    }
}
