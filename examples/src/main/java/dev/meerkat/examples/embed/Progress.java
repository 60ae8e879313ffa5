package dev.meerkat.examples.embed;

import dev.meerkat.api.SessionEvent;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Knows from the event streams of all sessions whether any work is open: an input that is not
 * handled, or a turn that runs. Thread-safe. It remembers every id it saw, which is enough for a demo.
 */
final class Progress {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<UUID> open = new HashSet<>();
    private final Set<UUID> closed = new HashSet<>();

    /** Takes an event of any session into account. */
    void see(SessionEvent event) {
        if (event instanceof SessionEvent.InputAdmitted admitted) {
            opened(admitted.input().id().value());
        } else if (event instanceof SessionEvent.PeerSent sent && !sent.kind().equals("peer_response")) {
            opened(sent.envelopeId().value());
        } else if (event instanceof SessionEvent.PeerSendFailed failed) {
            closed(failed.envelopeId().value());
        } else if (event instanceof SessionEvent.InputConsumed consumed) {
            consumed.inputs().forEach(input -> closed(input.value()));
        } else if (event instanceof SessionEvent.InputDeadLettered dead) {
            dead.inputs().forEach(input -> closed(input.value()));
        } else if (event instanceof SessionEvent.TurnStarted started) {
            opened(started.turnId().value());
        } else if (event instanceof SessionEvent.TurnCompleted completed) {
            closed(completed.turnId().value());
        } else if (event instanceof SessionEvent.TurnInterrupted interrupted) {
            closed(interrupted.turnId().value());
        } else if (event instanceof SessionEvent.TurnFailed failed
                && failed.retryAt().isEmpty()) {
            closed(failed.turnId().value());
        }
    }

    /** Says that there is work, which its events may already have shown to be done. */
    void opened(UUID work) {
        lock.lock();
        try {
            if (!closed.contains(work)) {
                open.add(work);
            }
        } finally {
            lock.unlock();
        }
    }

    private void closed(UUID work) {
        lock.lock();
        try {
            closed.add(work);
            open.remove(work);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no work is open; false if the timeout passes first. */
    boolean awaitQuiet(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long left = timeout.toNanos();
            while (!open.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return open.isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
