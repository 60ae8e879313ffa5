package dev.meerkat.core.internal.session;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.Scheduler;
import dev.meerkat.core.internal.runtime.Activity;
import dev.meerkat.core.internal.runtime.Kernel;
import dev.meerkat.core.internal.runtime.Pages;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.RetryQueue;
import dev.meerkat.core.store.TurnRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When the failed inputs of one session are tried again: one timer for the one that is due next, however
 * many there are. Thread-safe; {@link #look} runs on the loop's thread.
 *
 * <p>A clock may be set back at any time. So a stored due time counts for at most the stored delay from now,
 * and once a timer has fired its input is due whatever the clock says.
 */
public final class Retries {
    private final Kernel kernel;
    private final SessionId session;
    private final Activity.Worker loop;
    /** Whether the store may have others than what is known here. */
    private boolean changed;

    private boolean held;
    private boolean due;
    private Scheduler.@Nullable Cancellation timer;
    /** Prompts that their callers have taken back, perhaps while they wait for their next attempts. */
    private List<InputId> takenBack = List.of();
    /** Counts the timers, so that one that could not be cancelled in time does nothing. */
    private int timers;

    /**
     * Of one session.
     *
     * @param some whether the store has failed inputs of it
     * @param loop is woken when one is due
     */
    Retries(Kernel kernel, SessionId session, boolean some, Activity.Worker loop) {
        this.kernel = kernel;
        this.session = session;
        this.loop = loop;
        this.changed = some;
    }

    /** Whether the loop must look, or try an input again. */
    synchronized boolean wakes() {
        return changed || due || !takenBack.isEmpty();
    }

    /** Whether later inputs other than prompts wait. */
    synchronized boolean held() {
        return held;
    }

    synchronized void changed() {
        changed = true;
    }

    /** The turn of this prompt need not wait for its next attempt, which only ends it. */
    synchronized void takeBack(InputId prompt) {
        takenBack = Stream.concat(takenBack.stream(), Stream.of(prompt)).toList();
    }

    /** A turn that waits for its next attempt although its prompt was taken back. */
    Optional<TurnRecord> takenBack() {
        while (true) {
            InputId prompt;
            synchronized (this) {
                if (takenBack.isEmpty()) {
                    return Optional.empty();
                }
                prompt = takenBack.get(0);
            }
            Optional<FailedInput> failed = kernel.store
                    .place(session, prompt)
                    .flatMap(InputPlace::failed)
                    .filter(found -> found.state().retried());
            synchronized (this) {
                takenBack = takenBack.stream().skip(1).toList();
            }
            if (failed.isPresent()) {
                return failed.map(FailedInput::turn);
            }
        }
    }

    /**
     * Looks into the store if need be; true if an input is to be tried again now.
     *
     * @param commit commits a change that leaves all else as it is
     */
    boolean look(Consumer<Step> commit) {
        synchronized (this) {
            if (!changed) {
                return due;
            }
            changed = false;
            due = false;
            timers++;
            if (timer != null) {
                timer.cancel();
                timer = null;
            }
        }
        Optional<RetryQueue> queue = read(commit);
        Duration wait = queue.map(q -> remaining(q.first())).orElse(Duration.ZERO);
        int number;
        synchronized (this) {
            held = queue.map(RetryQueue::held).orElse(false);
            due = queue.isPresent() && wait.isZero();
            number = timers;
        }
        if (!wait.isZero()) {
            Scheduler.Cancellation set = kernel.env.scheduler().schedule(wait, () -> fire(number));
            synchronized (this) {
                timer = set;
            }
        }
        return queue.isPresent() && wait.isZero();
    }

    /** What cannot be read now must be looked into again. */
    private Optional<RetryQueue> read(Consumer<Step> commit) {
        boolean done = false;
        try {
            Optional<RetryQueue> queue = inTime(commit);
            done = true;
            return queue;
        } finally {
            if (!done) {
                synchronized (this) {
                    changed = true;
                }
            }
        }
    }

    private void fire(int number) {
        synchronized (this) {
            due |= number == timers;
        }
        loop.wake();
    }

    private Duration remaining(FailedInput failed) {
        Duration wait = Duration.between(kernel.now(), dueAt(failed));
        return wait.isNegative() ? Duration.ZERO : wait.compareTo(failed.delay()) > 0 ? failed.delay() : wait;
    }

    /** What is stored, after due times that a clock set back has moved too far away are mended. */
    private Optional<RetryQueue> inTime(Consumer<Step> commit) {
        while (true) {
            Optional<RetryQueue> queue = kernel.store.retries(session);
            Instant latest = queue.map(q -> kernel.now().plus(q.last().delay())).orElse(Instant.MAX);
            if (queue.isEmpty() || !dueAt(queue.get().last()).isAfter(latest)) {
                return queue;
            }
            Step mended = new Step();
            List<FailedInput> together =
                    ofTurn(kernel, session, queue.get().last().turn().id());
            together.forEach(failed -> mended.failed.add(failed.dueAt(latest)));
            commit.accept(mended);
        }
    }

    /** The failed inputs of a turn that are tried again. */
    public static List<FailedInput> ofTurn(Kernel kernel, SessionId session, TurnId turn) {
        return Pages.all(
                (after, limit) -> kernel.store.retries(session, turn, after == null ? Cursor.START : after, limit),
                (FailedInput failed) -> failed.input().position());
    }

    private static Instant dueAt(FailedInput failed) {
        return Objects.requireNonNull(failed.turn().notBefore());
    }
}
