package dev.meerkat.core.internal;

import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Limits;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.TurnRecord;
import java.util.List;
import java.util.Optional;

/** Reads what a session looks like. */
final class Snapshots {
    /** How far back the newest answer is looked for; what one turn usually adds is far less. */
    private static final int ANSWER_LOOKBACK = 64;

    private Snapshots() {}

    static SessionSnapshot of(SessionLoop loop, StoredSession stored) {
        // From the store as all else, so that whoever has read of an input's end does not find it waiting.
        LaneCounters waiting = new LaneCounters(stored);
        return new SessionSnapshot(
                loop.id,
                loop.spec.realm(),
                loop.spec.commsName(),
                loop.spec.commsName().map(name -> loop.links.self().id()),
                stored.spec().keepAlive(),
                state(loop, stored),
                runningTurn(loop, stored),
                stored.createdAt(),
                loop.spec.labels(),
                loop.spec.model(),
                waiting.comms(),
                waiting.external(),
                stored.last(),
                stored.messageCount(),
                lastAnswer(loop, stored.messageCount()));
    }

    private static SessionSnapshot.State state(SessionLoop loop, StoredSession stored) {
        if (stored.archived()) {
            return SessionSnapshot.State.ARCHIVED;
        }
        return loop.isActive() ? SessionSnapshot.State.RUNNING : SessionSnapshot.State.IDLE;
    }

    /** Of those that the store has as open, so that whoever has read of a turn's end does not find it running. */
    private static Optional<TurnId> runningTurn(SessionLoop loop, StoredSession stored) {
        TurnRecord open = stored.progress().turn();
        return open == null ? Optional.empty() : loop.runningTurn().filter(open.id()::equals);
    }

    private static Optional<String> lastAnswer(SessionLoop loop, long messageCount) {
        List<TranscriptEntry> tail =
                loop.kernel.store.transcript(loop.id, Math.max(0, messageCount - ANSWER_LOOKBACK), ANSWER_LOOKBACK);
        for (int i = tail.size() - 1; i >= 0; i--) {
            if (tail.get(i) instanceof TranscriptEntry.Answer answer) {
                return Optional.of(answer.text());
            }
        }
        return Optional.empty();
    }

    static HistoryPage history(SessionLoop loop, long offset, int limit) {
        if (offset < 0) {
            throw new InvalidFieldException("offset", Long.toString(offset), "must not be negative");
        }
        if (limit < 1 || limit > Limits.PAGE_ROWS) {
            throw new InvalidFieldException(
                    "limit", Integer.toString(limit), "must be between 1 and " + Limits.PAGE_ROWS);
        }
        List<TranscriptEntry> page = loop.kernel.store.transcript(loop.id, offset, limit);
        long count = loop.kernel.store.load(loop.id).orElseThrow().messageCount();
        return new HistoryPage(page, offset, count);
    }
}
