package dev.meerkat.core.internal.turn;

import dev.meerkat.api.Lane;
import dev.meerkat.core.agent.Backlog;
import dev.meerkat.core.internal.session.SessionState;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which waiting inputs a turn takes up, in order of admission. */
final class Batch {
    private static final Track[] TRACKS = Track.values();
    /** What goes on while a failed input is held. */
    private static final Track[] PROMPTS = {Track.PROMPT};

    private static final Comparator<Waiting> BY_ADMISSION =
            Comparator.comparingLong(w -> w.input().position().sequence());

    private Batch() {}

    /**
     * What a new turn takes up: up to a bound of each lane, so that neither lane waits for the other, and
     * the prompt of one caller at most, so that each caller has an answer of its own.
     */
    static List<Waiting> forTurn(SessionState session) {
        session.catchUp();
        SessionProgress progress = session.progress();
        Marks solo = session.held() ? null : progress.soloUpTo();
        int bound = solo == null ? session.kernel.limits.turnInputs() : 1;
        List<Waiting> comms = new ArrayList<>();
        List<Waiting> external = new ArrayList<>();
        for (Track track : session.held() ? PROMPTS : TRACKS) {
            (track.lane() == Lane.COMMS ? comms : external).addAll(read(session, track, bound, solo));
        }
        comms.sort(BY_ADMISSION);
        if (solo != null) {
            comms.addAll(external);
            comms.sort(BY_ADMISSION);
            return comms.subList(0, Math.min(1, comms.size()));
        }
        List<Waiting> batch = new ArrayList<>();
        boolean prompted = false;
        for (Waiting waiting : comms) {
            boolean prompt = waiting.track() == Track.PROMPT;
            if (batch.size() == bound || (prompt && prompted)) {
                break;
            }
            if (prompt && session.kernel.cancelled.contains(waiting.input().id())) {
                // A turn of its own, which ends at once and takes nothing with it.
                return List.of(waiting);
            }
            prompted |= prompt;
            batch.add(waiting);
        }
        batch.addAll(external);
        batch.sort(BY_ADMISSION);
        return batch;
    }

    private static List<Waiting> read(SessionState session, Track track, int bound, @Nullable Marks upTo) {
        if (session.waiting(track) == 0) {
            return List.of();
        }
        long after = session.progress().consumed().get(track);
        List<Waiting> read = session.kernel.store.waiting(session.id, track, after, bound);
        return upTo == null
                ? read
                : read.stream().filter(w -> w.number() <= upTo.get(track)).toList();
    }

    /** Steered inputs that wait beyond what the turn has taken up, up to one that has expired. */
    static List<Waiting> steered(SessionState session, Marks staged) {
        // Where others append too, only the store knows whether there are any.
        boolean none = !session.kernel.shared() && session.waiting(Track.STEERED) == 0;
        if (none || session.held()) {
            return List.of();
        }
        Instant now = session.kernel.now();
        return session
                .kernel
                .store
                .waiting(session.id, Track.STEERED, staged.steered(), session.kernel.limits.turnInputs())
                .stream()
                .takeWhile(waiting -> !Expiry.isExpired(waiting, now))
                .toList();
    }

    /** What waits beyond what a turn has taken up. */
    static Backlog backlog(SessionState session, Marks staged) {
        Marks admitted =
                session.kernel.store.load(session.id).orElseThrow().inbox().admitted();
        ToIntFunction<Track> count = track -> (int) (admitted.get(track) - staged.get(track));
        Instant now = session.kernel.now();
        Optional<Duration> oldest = Stream.of(TRACKS)
                .filter(track -> count.applyAsInt(track) > 0)
                .flatMap(track -> session.kernel.store.waiting(session.id, track, staged.get(track), 1).stream())
                .map(first -> Duration.between(first.input().at(), now))
                .map(age -> age.isNegative() ? Duration.ZERO : age)
                .max(Comparator.naturalOrder());
        return new Backlog(
                count.applyAsInt(Track.PROMPT),
                count.applyAsInt(Track.STEERED),
                count.applyAsInt(Track.QUEUED),
                count.applyAsInt(Track.PASSIVE),
                count.applyAsInt(Track.EXTERNAL),
                oldest);
    }

    /** What a turn had taken up and not consumed when it stopped. */
    static List<Waiting> staged(SessionState session, Marks staged) {
        List<Waiting> batch = new ArrayList<>();
        for (Track track : TRACKS) {
            long consumed = session.progress().consumed().get(track);
            int count = (int) (staged.get(track) - consumed);
            if (count > 0) {
                batch.addAll(session.kernel.store.waiting(session.id, track, consumed, count));
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
