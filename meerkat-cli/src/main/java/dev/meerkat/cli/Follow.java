package dev.meerkat.cli;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSnapshot;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Prints the answers of a session as they come. */
final class Follow {
    private static final Duration POLL = Duration.ofMillis(50);

    private final Surroundings surroundings;
    private final Output output;
    private final Session session;
    private final EventStream events;
    /** What turns have taken up and is neither done nor left for later, such as the inputs of a turn that is tried again. */
    private final Set<InputId> open = new HashSet<>();
    /** The turns that have committed a step and are not at their end, such as one that is tried again from there. */
    private final Set<TurnId> begun = new HashSet<>();

    private int code = ExitCode.OK;
    private boolean toldParked;

    Follow(Surroundings surroundings, Output output, Session session, EventStream events) {
        this.surroundings = surroundings;
        this.output = output;
        this.session = session;
        this.events = events;
    }

    /**
     * Goes on until nothing more will come and the session is idle, or it is archived.
     *
     * @param complete whether nothing more will come
     * @param failure what went wrong with what came
     * @return the exit code
     */
    int until(BooleanSupplier complete, Supplier<Optional<Integer>> failure) throws InterruptedException {
        while (!events.ended() && !output.isClosed()) {
            Optional<SessionEvent> event = events.next(POLL);
            if (event.isPresent()) {
                print(event.get());
            } else if (complete.getAsBoolean() && isIdle(session.snapshot())) {
                break;
            }
        }
        return failure.get().orElse(code);
    }

    /** Whether all that was admitted is done, or waits for a session that is parked, and all that was done is printed. */
    private boolean isIdle(SessionSnapshot now) {
        boolean isDone = open.isEmpty()
                && begun.isEmpty()
                && now.state() != SessionSnapshot.State.RUNNING
                && events.position().compareTo(now.lastCursor().orElse(Cursor.START)) >= 0;
        if (isDone && now.parked().isPresent()) {
            parked(now.parked().get().message());
            return true;
        }
        return isDone && Documents.waiting(now).orElse(0) == 0;
    }

    /** Says once why nothing goes on: the session may have been parked before. */
    private void parked(String why) {
        code = ExitCode.AGENT_FAILED;
        if (!toldParked) {
            toldParked = true;
            surroundings.err().println("meerkat: parked: " + why);
        }
    }

    private void print(SessionEvent event) {
        if (event instanceof SessionEvent.TurnCompleted completed) {
            begun.remove(completed.turnId());
            output.row(completed::text, () -> json(completed.outcome()));
        } else if (event instanceof SessionEvent.TurnInterrupted interrupted) {
            code = ExitCode.INTERRUPTED;
            begun.remove(interrupted.turnId());
            output.row(
                    interrupted::text,
                    () -> json(new TurnOutcome.Interrupted(Optional.of(interrupted.turnId()), interrupted.text())));
        } else if (event instanceof SessionEvent.TurnFailed failed) {
            if (failed.retryAt().isEmpty()) {
                code = ExitCode.AGENT_FAILED;
                begun.remove(failed.turnId());
            }
            surroundings.err().println("meerkat: " + Texts.failure(failed));
            output.note(
                    () -> json(new TurnOutcome.Failed(Optional.of(failed.turnId()), failed.code(), failed.message())));
        } else {
            count(event);
        }
    }

    private void count(SessionEvent event) {
        if (event instanceof SessionEvent.InputStaged staged) {
            open.addAll(staged.inputs());
        } else if (event instanceof SessionEvent.InputConsumed consumed) {
            open.removeAll(consumed.inputs());
            begun.add(consumed.turnId());
        } else if (event instanceof SessionEvent.InputSetAside aside) {
            open.removeAll(aside.inputs());
            begun.remove(aside.turnId());
            code = ExitCode.AGENT_FAILED;
            surroundings.err().println("meerkat: set aside until " + aside.retryAt());
        } else if (event instanceof SessionEvent.InputDeadLettered dead) {
            open.removeAll(dead.inputs());
            begun.remove(dead.turnId());
        } else if (event instanceof SessionEvent.SessionParked parked) {
            open.clear();
            begun.remove(parked.turnId());
            parked(parked.message());
        }
    }

    private static String json(TurnOutcome outcome) {
        return outcome.toJson().text();
    }
}
