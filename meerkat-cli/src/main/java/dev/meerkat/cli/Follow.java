package dev.meerkat.cli;

import dev.meerkat.api.EventStream;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSnapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Prints the answers of a session as they come. */
final class Follow {
    private static final Duration POLL = Duration.ofMillis(50);

    private final Surroundings surroundings;
    private final Output output;
    private final Session session;
    private final EventStream events;
    private int code = ExitCode.OK;

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
            } else if (complete.getAsBoolean() && isIdle()) {
                break;
            }
        }
        return failure.get().orElse(code);
    }

    /** Whether all that was admitted is done, and all that was done is printed. */
    private boolean isIdle() throws InterruptedException {
        SessionSnapshot now = session.snapshot();
        return now.state() != SessionSnapshot.State.RUNNING
                && now.waitingComms() + now.waitingExternal() == 0
                && events.position().compareTo(now.lastCursor()) >= 0;
    }

    private void print(SessionEvent event) {
        if (event instanceof SessionEvent.TurnCompleted completed) {
            output.row(
                    completed::text, () -> turn("completed", completed.turnId().toString(), completed.text()));
        } else if (event instanceof SessionEvent.TurnInterrupted interrupted) {
            code = ExitCode.INTERRUPTED;
            output.row(
                    interrupted::text,
                    () -> turn("interrupted", interrupted.turnId().toString(), interrupted.text()));
        } else if (event instanceof SessionEvent.TurnFailed failed) {
            if (failed.retryAt().isEmpty()) {
                code = ExitCode.AGENT_FAILED;
            }
            surroundings.err().println("meerkat: " + Events.failure(failed));
            output.note(() -> turn("failed", failed.turnId().toString(), failed.message()));
        }
    }

    private String turn(String outcome, String turnId, String text) {
        return Documents.object(
                "session_id", session.id().toString(), "turn_id", turnId, "outcome", outcome, "text", text);
    }
}
