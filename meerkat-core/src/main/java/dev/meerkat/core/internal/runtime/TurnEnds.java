package dev.meerkat.core.internal.runtime;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Tells callers how their turns have ended when another runtime has run them, by what the logs of their sessions say.
 * Thread-safe.
 */
public final class TurnEnds {
    private static final int PAGE = 256;

    private final Kernel kernel;
    private final Map<SessionId, Reading> readings = new ConcurrentHashMap<>();

    TurnEnds(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Somebody waits for the turn of this prompt, whose end is in the log after this position. */
    public void expect(SessionId session, InputId prompt, Cursor before) {
        readings.compute(session, (id, known) -> {
            Reading reading = known == null ? new Reading(before) : known;
            reading.add(prompt, before);
            return reading;
        });
    }

    /** The sessions whose logs are read. */
    public Set<SessionId> sessions() {
        return readings.keySet();
    }

    /** Reads on in the log of a session. */
    public void look(SessionId session) {
        Reading reading = readings.get(session);
        if (reading != null) {
            reading.on(session);
            readings.computeIfPresent(session, (id, known) -> known.isEmpty() ? null : known);
        }
    }

    /** How far one log was read, and for whom. Guarded by its monitor, which is never held while the store is read. */
    private final class Reading {
        private final ReentrantLock reads = new ReentrantLock();
        /** The prompts that somebody waits for, with the positions after which their ends are. */
        private final Map<InputId, Cursor> prompts = new HashMap<>(2);

        private final Map<InputId, TurnId> staged = new HashMap<>(2);
        private Cursor position;

        Reading(Cursor position) {
            this.position = position;
        }

        synchronized void add(InputId prompt, Cursor before) {
            prompts.put(prompt, before);
            position = before.compareTo(position) < 0 ? before : position;
        }

        synchronized boolean isEmpty() {
            prompts.keySet().removeIf(prompt -> !kernel.turns.expects(prompt));
            staged.keySet().retainAll(prompts.keySet());
            return prompts.isEmpty();
        }

        private synchronized Cursor position() {
            return position;
        }

        void on(SessionId session) {
            reads.lock();
            try {
                List<SessionEvent> page;
                do {
                    Cursor from = position();
                    page = kernel.store.events(session, from, PAGE);
                    take(from, page);
                } while (page.size() == PAGE);
            } finally {
                reads.unlock();
            }
        }

        private synchronized void take(Cursor from, List<SessionEvent> page) {
            for (SessionEvent event : page) {
                take(event);
            }
            // Unless somebody came meanwhile who needs earlier events.
            if (!page.isEmpty() && position.equals(from)) {
                position = page.get(page.size() - 1).cursor();
            }
        }

        private void take(SessionEvent event) {
            if (event instanceof SessionEvent.InputStaged inputs) {
                inputs.inputs().stream().filter(prompts::containsKey).forEach(id -> staged.put(id, inputs.turnId()));
            } else if (event instanceof SessionEvent.TurnCompleted end) {
                ended(event, isOf(end.turnId()), end.outcome());
            } else if (event instanceof SessionEvent.TurnInterrupted end) {
                ended(event, isOf(end.turnId()), new TurnOutcome.Interrupted(Optional.of(end.turnId()), end.text()));
            } else if (event instanceof SessionEvent.InputDeadLettered dead) {
                ended(
                        event,
                        dead.inputs()::contains,
                        new TurnOutcome.Failed(Optional.of(dead.turnId()), dead.code(), dead.message()));
            } else if (event instanceof SessionEvent.SessionParked parked) {
                ended(
                        event,
                        prompt -> true,
                        new TurnOutcome.Parked(Optional.of(parked.turnId()), parked.code(), parked.message()));
            }
        }

        private Predicate<InputId> isOf(TurnId turn) {
            return prompt -> turn.equals(staged.get(prompt));
        }

        private void ended(SessionEvent event, Predicate<InputId> which, TurnOutcome outcome) {
            prompts.forEach((prompt, before) -> {
                if (which.test(prompt) && event.cursor().compareTo(before) > 0) {
                    kernel.turns.complete(prompt, outcome);
                }
            });
        }
    }
}
