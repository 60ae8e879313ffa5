package dev.meerkat.examples.embed;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;

/** Prints the events of one session: first the end of its history, then each event as it happens. */
final class Narrator implements AutoCloseable {
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final long SHOWN_EVENTS = 24;

    private final String name;
    private final EventStream stream;
    private final Progress progress;
    private final PrintStream out;

    private Narrator(String name, EventStream stream, Progress progress, PrintStream out) {
        this.name = name;
        this.stream = stream;
        this.progress = progress;
        this.out = out;
    }

    static Narrator of(String name, Session session, Progress progress, PrintStream out) throws InterruptedException {
        return new Narrator(name, session.events(Cursor.START), progress, out);
    }

    /** Reads the history up to a cursor and prints its newest lines. */
    void recap(Cursor last) throws InterruptedException {
        while (stream.position().compareTo(last) < 0) {
            SessionEvent event = stream.next(WAIT).orElseThrow(() -> new IllegalStateException("the log ends early"));
            progress.see(event);
            if (event.cursor().sequence() > last.sequence() - SHOWN_EVENTS) {
                print("  | ", event);
            }
        }
    }

    /** Goes on on a thread of its own until closed. */
    void start() {
        Thread thread = new Thread(this::run, "demo-narrator-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!stream.ended()) {
                Optional<SessionEvent> event = stream.next(WAIT);
                event.ifPresent(e -> print("  ", e));
                // Seen after it is printed, so that what waits for it prints later.
                event.ifPresent(progress::see);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (MeerkatClosedException e) {
            // The demo is over.
        }
    }

    private void print(String indent, SessionEvent event) {
        EventLine.of(event).ifPresent(line -> out.println(indent + name + " " + line));
    }

    @Override
    public void close() {
        stream.close();
    }
}
