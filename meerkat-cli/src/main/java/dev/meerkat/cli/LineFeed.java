package dev.meerkat.cli;

import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.Limits;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.api.Session;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Turns the lines of standard input into external events, on a thread of its own, since reading cannot be interrupted. */
final class LineFeed {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final Surroundings surroundings;
    private final Output output;
    private final Session session;
    private final Format format;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable Integer failure;

    /** What a line is. */
    enum Format {
        /** A text. */
        TEXT,
        /** JSON, or a text if it is none. */
        JSON
    }

    LineFeed(Surroundings surroundings, Output output, Session session, Format format) {
        this.surroundings = surroundings;
        this.output = output;
        this.session = session;
        this.format = format;
    }

    void start() {
        Thread thread = new Thread(this::run, "meerkat-stdin");
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether standard input has ended and all of it is admitted. */
    boolean isDone() {
        return done.getCount() == 0;
    }

    /** The exit code if a line was not admitted. */
    Optional<Integer> failure() {
        return Optional.ofNullable(failure);
    }

    private void run() {
        try (InputStream in = new BufferedInputStream(surroundings.in())) {
            LineInput lines = new LineInput(in, Limits.MESSAGE_BYTES);
            for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
                if (lines.problem().isPresent()) {
                    failed(new InvalidFieldException(
                            "line " + lines.number(),
                            line.get(),
                            lines.problem().get()));
                } else if (!line.get().isBlank()) {
                    send(line.get());
                }
            }
        } catch (IOException e) {
            failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            done.countDown();
        }
    }

    private void send(String line) throws InterruptedException {
        try {
            ExternalEvent event = ExternalEvent.genericJson("stdin", Json.of(Map.of("body", body(line))));
            EventOutcome outcome = session.sendExternalEvent(event);
            while (outcome instanceof EventOutcome.Refused refused) {
                // Standard input can wait until there is room.
                Duration wait = refused.reason().retryAfter();
                pause(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
                outcome = session.sendExternalEvent(event);
            }
            if (outcome instanceof EventOutcome.Accepted accepted) {
                output.note(() -> accepted.toJson().text());
            }
        } catch (MeerkatException e) {
            failed(e);
        }
    }

    private void pause(Duration wait) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(wait.toNanos());
    }

    private Object body(String line) {
        if (format == Format.TEXT) {
            return line;
        }
        try {
            return Json.parse(line);
        } catch (InvalidFieldException e) {
            return line;
        }
    }

    private void failed(Exception e) {
        surroundings.err().println("meerkat: " + Failures.describe(e));
        failure = ExitCode.of(e);
    }
}
