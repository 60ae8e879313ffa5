package dev.meerkat.core.internal;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.Limits;
import dev.meerkat.api.Retention;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.internal.events.EventSizes;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.TurnRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/**
 * How much of a session's past its rules let go.
 *
 * @param store has the session
 * @param session as it is stored
 * @param now the time
 */
record RetentionPlan(SessionStore store, StoredSession session, Instant now) {
    private static final int PAGE = 128;

    /** What can be read of the past, page by page: after a number, so many. */
    @FunctionalInterface
    private interface Pages<T> {
        List<T> read(long after, int limit);
    }

    /** The last place of the log that goes. */
    Cursor events(Retention.Keep keep, Cut begin) {
        long first = begin.events().sequence();
        long last = session.log().last().sequence();
        long goes = goes(
                keep,
                first,
                last,
                place -> eventTime(place, last),
                (after, limit) -> store.events(session.id(), new Cursor(after), limit),
                EventSizes::of);
        return new Cursor(Math.max(first, Math.min(goes, last - 1)));
    }

    /** The number of the last one, of those between two numbers, that a rule lets go, or of the first. */
    private <T> long goes(
            Retention.Keep keep,
            long first,
            long last,
            LongFunction<Instant> time,
            Pages<T> pages,
            ToLongFunction<T> size) {
        long goes = first;
        if (keep.count().isPresent()) {
            goes = Math.max(goes, last - keep.count().getAsLong());
        }
        if (keep.age().isPresent()) {
            goes = Math.max(goes, older(first, last, time, keep));
        }
        return keep.bytes().isPresent() ? beyond(goes, last, keep.bytes().getAsLong(), pages, size) : goes;
    }

    private static <T> long beyond(long from, long last, long bytes, Pages<T> pages, ToLongFunction<T> size) {
        long left = bytes;
        for (long end = last; end > from; end -= PAGE) {
            long begin = Math.max(from, end - PAGE);
            List<T> page = pages.read(begin, (int) (end - begin));
            for (int i = page.size() - 1; i >= 0; i--) {
                left -= size.applyAsLong(page.get(i));
                if (left < 0) {
                    return begin + i + 1;
                }
            }
        }
        return from;
    }

    /** The time of the first event behind a place that says its time. */
    private Instant eventTime(long place, long last) {
        for (long at = place; at < last; at += PAGE) {
            for (SessionEvent event : store.events(session.id(), new Cursor(at), at == place ? 1 : PAGE)) {
                if (event instanceof SessionEvent.Logged logged) {
                    return logged.at();
                }
            }
        }
        return now;
    }

    /** How many first entries of the transcript go. What a turn needs that runs, or may go on, stays. */
    long entries(Retention.Keep keep, Cut begin) {
        long first = begin.entries();
        long count = session.log().messageCount();
        if (keep.equals(Retention.Keep.FOREVER) || session.inbox().retries()) {
            return first;
        }
        long goes = goes(
                keep,
                first,
                count,
                this::entryTime,
                (after, limit) -> store.transcript(session.id(), after, limit),
                entry -> entry.toJson().text().length());
        goes = Math.min(goes, Math.min(count - 1, neededByTurns()));
        return Math.max(first, wholeTurns(first, goes));
    }

    private Instant entryTime(long index) {
        List<TranscriptEntry> page = store.transcript(session.id(), index, 1);
        return page.isEmpty() ? now : page.get(0).at();
    }

    /** Open turns, and those of dead letters, go on from their first entries. */
    private long neededByTurns() {
        TurnRecord open = session.standing().progress().turn();
        long needed = open == null ? Long.MAX_VALUE : open.firstEntry();
        List<DeadLetter> letters = store.deadLetters(session.id(), 0, Limits.PAGE_ROWS);
        if (letters.size() == Limits.PAGE_ROWS) {
            return 0;
        }
        for (DeadLetter letter : letters) {
            FailedInput failed = store.place(session.id(), letter.input().id())
                    .flatMap(InputPlace::failed)
                    .orElse(null);
            if (failed != null && failed.turn().step() > 0) {
                needed = Math.min(needed, failed.turn().firstEntry());
            }
        }
        return needed;
    }

    /** A transcript begins with an input, so that no answer is without what it answers, as far as one is near. */
    private long wholeTurns(long first, long goes) {
        for (long end = goes; end > first; end -= PAGE) {
            long begin = Math.max(first, end - PAGE);
            List<TranscriptEntry> page = store.transcript(session.id(), begin, (int) (end - begin) + 1);
            for (int i = page.size() - 1; i > 0; i--) {
                if (page.get(i) instanceof TranscriptEntry.Input
                        && !(page.get(i - 1) instanceof TranscriptEntry.Input)) {
                    return begin + i;
                }
            }
        }
        return first;
    }

    /** The number of the last one, counted from 1, that is too old; they are in the order of their times. */
    private long older(long first, long last, LongFunction<Instant> time, Retention.Keep keep) {
        Optional<Instant> oldest = keep.age().map(now::minus);
        long low = first;
        long high = last;
        while (oldest.isPresent() && low < high) {
            long middle = low + (high - low) / 2;
            if (time.apply(middle).isBefore(oldest.get())) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
