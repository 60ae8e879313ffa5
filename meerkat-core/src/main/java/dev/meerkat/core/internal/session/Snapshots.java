package dev.meerkat.core.internal.session;

import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Schedule;
import dev.meerkat.api.SessionNotFoundException;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.internal.runtime.LaneCounters;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.TurnRecord;
import java.util.List;
import java.util.Optional;

/** Reads what a session looks like. */
public final class Snapshots {
    /** How far back the newest answer is looked for; what one turn usually adds is far less. */
    private static final int ANSWER_LOOKBACK = 64;

    private static final int ANSWER_STEP = 4;

    private Snapshots() {}

    public static SessionSnapshot of(SessionState session, StoredSession stored) {
        // From the store as all else, so that whoever has read of an input's end does not find it waiting.
        LaneCounters waiting = new LaneCounters(stored);
        return new SessionSnapshot(
                session.id,
                new SessionSnapshot.Name(
                        session.spec.realm(),
                        session.spec.commsName(),
                        session.spec.commsName().map(name -> session.self().id())),
                new SessionSnapshot.About(stored.createdAt(), session.spec.labels(), session.spec.model()),
                new SessionSnapshot.Activity(
                        state(session, stored),
                        stored.spec().keepAlive(),
                        runningTurn(session, stored),
                        Optional.ofNullable(stored.standing().progress().parked())),
                Optional.of(new SessionSnapshot.Waiting(waiting.comms(), waiting.external())),
                Optional.of(schedules(session)),
                new SessionSnapshot.Log(
                        Optional.of(stored.log().last()),
                        stored.log().messageCount(),
                        lastAnswer(session, stored.log().messageCount())));
    }

    private static SessionSnapshot.Schedules schedules(SessionState session) {
        List<Schedule> all = new SessionSchedules(session).all();
        return new SessionSnapshot.Schedules(
                all.size(), all.stream().map(Schedule::next).findFirst());
    }

    private static SessionSnapshot.State state(SessionState session, StoredSession stored) {
        if (stored.standing().archived()) {
            return SessionSnapshot.State.ARCHIVED;
        }
        if (!session.kernel.owns(session.id)) {
            return openTurn(stored).isPresent() ? SessionSnapshot.State.RUNNING : SessionSnapshot.State.IDLE;
        }
        return session.isBusy() ? SessionSnapshot.State.RUNNING : SessionSnapshot.State.IDLE;
    }

    /** Of those that the store has as open, so that whoever has read of a turn's end does not find it running. */
    private static Optional<TurnId> runningTurn(SessionState session, StoredSession stored) {
        if (!session.kernel.owns(session.id)) {
            return openTurn(stored);
        }
        TurnRecord open = stored.standing().progress().turn();
        return open == null
                ? Optional.empty()
                : session.running().map(RunningTurn::id).filter(open.id()::equals);
    }

    /** The turn that its owner runs, as far as the store tells. */
    private static Optional<TurnId> openTurn(StoredSession stored) {
        TurnRecord open = stored.standing().progress().turn();
        return open == null
                        || stored.standing().archived()
                        || stored.standing().progress().parked() != null
                ? Optional.empty()
                : Optional.of(open.id());
    }

    /** Entries may be large, and the answer is mostly the newest of them: few are read at first. */
    private static Optional<String> lastAnswer(SessionState session, long messageCount) {
        long first = Math.max(0, messageCount - ANSWER_LOOKBACK);
        long begin = messageCount;
        // The first read also finds what has come since the count was read.
        int limit = ANSWER_LOOKBACK;
        for (int step = 1; begin > first; step *= ANSWER_STEP) {
            long end = begin;
            begin = Math.max(first, end - step);
            List<TranscriptEntry> tail = session.kernel.store.transcript(session.id, begin, limit);
            for (int i = tail.size() - 1; i >= 0; i--) {
                if (tail.get(i) instanceof TranscriptEntry.Answer answer) {
                    return Optional.of(answer.text());
                }
            }
            limit = (int) Math.min(begin - first, (long) step * ANSWER_STEP);
        }
        return Optional.empty();
    }

    public static HistoryPage history(SessionState session, long offset, int limit) {
        if (offset < 0) {
            throw new InvalidFieldException("offset", Long.toString(offset), "must not be negative");
        }
        if (limit < 1 || limit > Limits.PAGE_ROWS) {
            throw new InvalidFieldException(
                    "limit", Integer.toString(limit), "must be between 1 and " + Limits.PAGE_ROWS);
        }
        long first = Math.max(offset, session.kernel.store.cut(session.id).entries());
        List<TranscriptEntry> page = session.kernel.store.transcript(session.id, first, limit);
        long count = session.kernel
                .store
                .load(session.id)
                .orElseThrow(() -> new SessionNotFoundException(session.id.toString()))
                .log()
                .messageCount();
        return new HistoryPage(page, first, count);
    }
}
