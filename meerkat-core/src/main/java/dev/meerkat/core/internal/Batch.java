package dev.meerkat.core.internal;

import dev.meerkat.api.Lane;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Waiting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which waiting inputs a turn takes up, in order of admission. */
final class Batch {
    private static final Track[] TRACKS = Track.values();
    private static final Comparator<Waiting> BY_ADMISSION =
            Comparator.comparingLong(w -> w.input().position().sequence());

    private Batch() {}

    /** What a new turn takes up: up to a bound of each lane, so that neither lane waits for the other. */
    static List<Waiting> forTurn(SessionLoop loop) {
        SessionProgress progress = loop.progress();
        Marks solo = progress.soloUpTo();
        int bound = solo == null ? loop.kernel.limits.turnInputs() : 1;
        List<Waiting> comms = new ArrayList<>();
        List<Waiting> external = new ArrayList<>();
        for (Track track : TRACKS) {
            (track.lane() == Lane.COMMS ? comms : external).addAll(read(loop, track, bound, solo));
        }
        List<Waiting> batch = merge(comms, bound);
        batch.addAll(external);
        batch.sort(BY_ADMISSION);
        return solo == null || batch.isEmpty() ? withoutCancelled(loop, batch) : batch.subList(0, 1);
    }

    /** A cancelled prompt gets a turn of its own, which ends at once, so that it takes nothing with it. */
    private static List<Waiting> withoutCancelled(SessionLoop loop, List<Waiting> batch) {
        for (int i = 0; i < batch.size(); i++) {
            if (loop.kernel.cancelled.contains(batch.get(i).input().id())) {
                return batch.subList(0, Math.max(1, i));
            }
        }
        return batch;
    }

    private static List<Waiting> read(SessionLoop loop, Track track, int bound, @Nullable Marks upTo) {
        if (loop.waiting(track) == 0) {
            return List.of();
        }
        long after = loop.progress().consumed().get(track);
        List<Waiting> read = loop.kernel.store.waiting(loop.id, track, after, bound);
        return upTo == null
                ? read
                : read.stream().filter(w -> w.number() <= upTo.get(track)).toList();
    }

    private static List<Waiting> merge(List<Waiting> inputs, int bound) {
        inputs.sort(BY_ADMISSION);
        return inputs.size() <= bound ? inputs : new ArrayList<>(inputs.subList(0, bound));
    }

    /** Steered inputs that wait beyond what the turn has taken up. */
    static List<Waiting> steered(SessionLoop loop, Marks staged) {
        if (loop.waiting(Track.STEERED) == 0) {
            return List.of();
        }
        return loop.kernel.store.waiting(loop.id, Track.STEERED, staged.steered(), loop.kernel.limits.turnInputs());
    }

    /** What a turn had taken up and not consumed when it stopped. */
    static List<Waiting> staged(SessionLoop loop, Marks staged) {
        List<Waiting> batch = new ArrayList<>();
        for (Track track : TRACKS) {
            long consumed = loop.progress().consumed().get(track);
            int count = (int) (staged.get(track) - consumed);
            if (count > 0) {
                batch.addAll(loop.kernel.store.waiting(loop.id, track, consumed, count));
            }
        }
        batch.sort(BY_ADMISSION);
        return batch;
    }

    /** The marks up to and with these inputs. */
    static Marks marks(Marks from, List<Waiting> inputs) {
        Marks marks = from;
        for (Waiting input : inputs) {
            if (input.number() > marks.get(input.track())) {
                marks = marks.with(input.track(), input.number());
            }
        }
        return marks;
    }
}
