package dev.meerkat.core.internal;

import dev.meerkat.api.Lane;
import dev.meerkat.core.Workload;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.session.SessionLoop;
import dev.meerkat.core.internal.session.SessionState;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.TurnRecord;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts what the sessions of a runtime have to do. Confined to its caller. */
final class Workloads {
    private static final int MOST_READS = 1_000;

    private final Kernel kernel;
    private final Map<Lane, Integer> waiting = new EnumMap<>(Map.of(Lane.COMMS, 0, Lane.EXTERNAL, 0));
    private int sessions;
    private int running;
    private int parked;
    private int reads;
    private @Nullable Instant oldest;

    Workloads(Kernel kernel) {
        this.kernel = kernel;
    }

    Workload.Numbers of(Collection<SessionLoop> loops) {
        for (SessionLoop loop : loops) {
            if (!kernel.activity.closed() && !loop.state.isArchived()) {
                add(loop.state);
            }
        }
        Optional<Duration> age = Optional.ofNullable(oldest).map(kernel.listeners::since);
        return new Workload.Numbers(waiting, age, sessions, running, parked);
    }

    private void add(SessionState session) {
        SessionProgress progress = session.progress();
        TurnRecord turn = progress.turn();
        Marks taken = turn == null ? progress.consumed() : progress.consumed().max(turn.staged());
        sessions++;
        running += session.running().isPresent() ? 1 : 0;
        parked += progress.parked() == null ? 0 : 1;
        boolean wakes = session.hasNewWork() && progress.parked() == null;
        for (Track track : Track.values()) {
            int count = session.waiting(track)
                    - (int) (taken.get(track) - progress.consumed().get(track));
            if (count > 0) {
                waiting.merge(track.lane(), count, Integer::sum);
            }
            if (count > 0 && wakes && track != Track.PASSIVE && reads < MOST_READS) {
                reads++;
                kernel.store.waiting(session.id, track, taken.get(track), 1).forEach(this::oldest);
            }
        }
    }

    private void oldest(Waiting first) {
        Instant at = first.input().at();
        oldest = oldest == null || at.isBefore(oldest) ? at : oldest;
    }
}
