package dev.meerkat.webhooks;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Meerkat;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Tells other systems what happens in sessions: thin notifications, signed as Standard Webhooks say, with the type of an
 * event, its session and its cursor. What was said stays in the session, where the receiver reads it from the cursor.
 *
 * <p>Each target gets each event of its types at least once, from its start on, in the order of each
 * session, also after a restart if its positions are kept. A repeated event has the same {@code webhook-id}.
 * What the receiver does not take with 2xx is sent again after 1 s, then after pauses that double up to 5 min, and holds back
 * what comes after it. A receiver that answers 410 gets nothing more until the next start. Not told is what happens
 * in a session that is created and archived between two looks.
 *
 * <p>Processes that share their sessions share the positions, too: of those one at a time tells each target, and another goes
 * on when it ends, see {@link PostgresPositions}.
 *
 * <p>The logs of the sessions are what waits, so nothing else grows while a receiver is away. One thread per target looks for
 * news. Thread-safe.
 */
public final class Notifications implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration END = Duration.ofSeconds(25);

    private final List<NotificationRun> runs = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private Notifications() {}

    /**
     * Begins to tell what happens from now on, and looks for news once a second.
     *
     * @param meerkat where the sessions are; it is not closed
     * @param targets the targets, each with a name of its own
     * @param positions how far each was told
     * @return to be closed before the Meerkat
     * @throws InvalidFieldException if two targets have the same name, or the Meerkat keeps no log
     * @throws dev.meerkat.api.MeerkatException if the sessions cannot be listed
     * @throws InterruptedException if interrupted while waiting
     */
    public static Notifications start(
            Meerkat meerkat, Collection<NotificationTarget> targets, NotificationPositions positions)
            throws InterruptedException {
        return start(meerkat, targets, positions, LOOK);
    }

    /**
     * Begins to tell what happens from now on, or, where a target has positions, from those on.
     *
     * @param meerkat where the sessions are; it is not closed
     * @param targets the targets, each with a name of its own
     * @param positions how far each was told
     * @param look time between two looks for news; a look lists all live sessions
     * @return to be closed before the Meerkat
     * @throws InvalidFieldException if two targets have the same name, the time is not positive, or the
     *     Meerkat keeps no log
     * @throws dev.meerkat.api.MeerkatException if the sessions cannot be listed
     * @throws InterruptedException if interrupted while waiting
     */
    public static Notifications start(
            Meerkat meerkat, Collection<NotificationTarget> targets, NotificationPositions positions, Duration look)
            throws InterruptedException {
        Objects.requireNonNull(meerkat, "meerkat");
        Objects.requireNonNull(positions, "positions");
        if (look.isZero() || look.isNegative()) {
            throw new InvalidFieldException("look", look.toString(), "must be positive");
        }
        if (!targets.isEmpty() && !meerkat.capabilities().has(Capability.EVENT_REPLAY)) {
            throw new InvalidFieldException(
                    "meerkat", meerkat.capabilities().name(), "keeps no log of events that can be read again");
        }
        Set<String> names = new HashSet<>();
        for (NotificationTarget target : targets) {
            if (!names.add(target.name())) {
                throw new InvalidFieldException("name", target.name(), "is there more than once");
            }
        }
        Notifications started = new Notifications();
        NotificationSender sender = new NotificationSender(Clock.systemUTC());
        for (NotificationTarget target : targets) {
            NotificationRun run = new NotificationRun(meerkat, target, positions, sender, look);
            run.begin();
            Thread thread = new Thread(run, "meerkat-notify-" + target.name());
            thread.setDaemon(true);
            started.runs.add(run);
            started.threads.add(thread);
        }
        started.threads.forEach(Thread::start);
        return started;
    }

    /** Ends; a notification that is on its way is waited for, at most 25 s. What was not told is told by the next start. */
    @Override
    public void close() {
        runs.forEach(NotificationRun::end);
        try {
            long deadline = END.toNanos();
            for (Thread thread : threads) {
                TimeUnit.NANOSECONDS.timedJoin(thread, deadline);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
