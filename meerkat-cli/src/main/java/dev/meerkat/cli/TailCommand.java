package dev.meerkat.cli;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints events. */
@Command(name = "tail", description = "Prints the events of a session, each with its cursor.")
final class TailCommand extends SessionCommand {
    private static final Duration WAIT = Duration.ofMillis(500);

    @Option(
            names = "--from",
            paramLabel = "CURSOR",
            defaultValue = "0",
            description =
                    "Begin behind this cursor; now for what comes next (default: ${DEFAULT-VALUE}, the first event).")
    String from = "0";

    @Option(names = "--follow", description = "Go on with what comes, until SIGINT or the session is archived.")
    boolean follow;

    TailCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Place place, Session opened, Output output) throws InterruptedException {
        if (follow && !place.live()) {
            throw new InvalidFieldException("--follow", "true", "needs --server: nothing happens in a store at rest");
        }
        Cursor last = opened.snapshot().lastCursor().orElse(Cursor.START);
        boolean now = from.equals("now");
        try (EventStream events = now ? opened.eventsFromNow() : opened.events(cursor())) {
            while (!events.ended() && !output.isClosed()) {
                if (!follow && (now || events.position().compareTo(last) >= 0)) {
                    return ExitCode.OK;
                }
                Optional<SessionEvent> event = events.next(WAIT);
                event.ifPresent(
                        e -> output.row(() -> Texts.of(e), () -> e.toJson().text()));
            }
        } catch (InterruptedException e) {
            if (!follow) {
                throw e;
            }
        }
        return ExitCode.OK;
    }

    private Cursor cursor() {
        try {
            return new Cursor(Long.parseLong(from));
        } catch (NumberFormatException e) {
            throw new InvalidFieldException("--from", from, "must be a cursor's number, or now", e);
        }
    }
}
