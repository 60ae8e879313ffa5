package dev.meerkat.core.internal.turn;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Lane;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.internal.session.Step;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.TurnRecord;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Inputs that are too old for a turn. They are looked at lane by lane and in order: what is taken up does not expire any
 * more, and nothing overtakes what comes before it in its lane.
 */
final class Expiry {
    private Expiry() {}

    static boolean isExpired(Waiting waiting, Instant now) {
        return waiting.input().deadline().filter(time -> !time.isAfter(now)).isPresent();
    }

    /** The expired inputs of each lane before the first one that is not. */
    static List<Waiting> ofFirst(List<Waiting> batch, Instant now) {
        return ofLanes(batch, waiting -> isExpired(waiting, now));
    }

    /** A batch without the first expired input of each lane, and without those after it, which the next turn gets. */
    static List<Waiting> upTo(List<Waiting> batch, Instant now) {
        return ofLanes(batch, waiting -> !isExpired(waiting, now));
    }

    /** The beginning of each lane, as far as all are of a kind, in order of admission. */
    private static List<Waiting> ofLanes(List<Waiting> batch, Predicate<Waiting> wanted) {
        Set<Lane> over = EnumSet.noneOf(Lane.class);
        List<Waiting> first = new ArrayList<>();
        for (Waiting waiting : batch) {
            Lane lane = waiting.track().lane();
            if (!over.contains(lane) && wanted.test(waiting)) {
                first.add(waiting);
            } else {
                over.add(lane);
            }
        }
        return first;
    }

    /** What becomes of expired inputs. */
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
            if (waiting.input().body() instanceof InputBody.External external) {
                step.consumedBytes += external.event().sizeBytes();
            }
        }
        return step;
    }
}
