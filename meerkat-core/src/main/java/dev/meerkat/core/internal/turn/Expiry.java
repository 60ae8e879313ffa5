package dev.meerkat.core.internal.turn;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.internal.session.Step;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.TurnRecord;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Events that are too old for a turn. They are looked at in order: what is taken up does not expire any more. */
final class Expiry {
    private Expiry() {}

    private static boolean isExpired(Waiting waiting, Instant now) {
        return waiting.input().body() instanceof InputBody.External external
                && external.event()
                        .timeToLive()
                        .filter(time -> !waiting.input().at().plus(time).isAfter(now))
                        .isPresent();
    }

    private static boolean isEvent(Waiting waiting) {
        return waiting.track() == Track.EXTERNAL;
    }

    /** The expired events before the first one that is not; empty if that is the first. */
    static List<Waiting> ofFirst(List<Waiting> batch, Instant now) {
        return batch.stream()
                .filter(Expiry::isEvent)
                .takeWhile(waiting -> isExpired(waiting, now))
                .toList();
    }

    /** A batch without the first expired event, and without the events after it, which the next turn gets. */
    static List<Waiting> upTo(List<Waiting> batch, Instant now) {
        List<Waiting> events = batch.stream()
                .filter(Expiry::isEvent)
                .takeWhile(waiting -> !isExpired(waiting, now))
                .toList();
        return batch.stream()
                .filter(waiting -> !isEvent(waiting) || events.contains(waiting))
                .toList();
    }

    /** What becomes of expired events. */
    static Step step(List<Waiting> expired, Instant now) {
        Step step = new Step();
        step.event(new SessionEvent.InputExpired(Cursor.START, now, Step.ids(expired)));
        for (Waiting waiting : expired) {
            TurnRecord none = new TurnRecord(new TurnId(waiting.input().id().value()), 0, 0, 0, Marks.ZERO, null);
            step.failed.add(new FailedInput(
                    waiting.input(),
                    FailedInput.State.EXPIRED,
                    none,
                    now,
                    Duration.ZERO,
                    Duration.ZERO,
                    "input_expired",
                    "no turn took it up in time"));
            step.consumedBytes +=
                    ((InputBody.External) waiting.input().body()).event().sizeBytes();
        }
        return step;
    }
}
