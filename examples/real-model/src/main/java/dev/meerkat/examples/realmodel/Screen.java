package dev.meerkat.examples.realmodel;

import dev.meerkat.api.EventStream;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.SessionEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** Prints what happens in sessions, and lets the scene wait for it. Pieces of answers are shown with bars between. */
final class Screen {
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Longest wait for the model. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final List<Seen> seen = new ArrayList<>();
    private final StringBuilder speech = new StringBuilder();
    private String speaker = "";

    /** An event of a session. */
    record Seen(String name, SessionEvent event) {}

    /** Shows the events of a session until they end. */
    void watch(String name, EventStream events) {
        Thread thread = new Thread(() -> read(name, events), "watch-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void read(String name, EventStream events) {
        try (events) {
            while (!events.ended()) {
                Optional<SessionEvent> event = events.next(LOOK);
                event.ifPresent(next -> see(name, next));
            }
        } catch (InterruptedException | MeerkatClosedException e) {
            say("(" + name + " is no longer watched)");
        }
    }

    private void see(String name, SessionEvent event) {
        lock.lock();
        try {
            if (event instanceof SessionEvent.TextDelta delta) {
                if (!speaker.equals(name)) {
                    flush();
                    speaker = name;
                }
                speech.append(delta.delta().replace("\n", " ")).append('|');
            } else {
                String text = text(event);
                if (!text.isEmpty()) {
                    flush();
                    System.out.println("  " + name + " " + text);
                }
            }
            seen.add(new Seen(name, event));
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void flush() {
        if (speech.length() > 0) {
            System.out.println("  " + speaker + " says: " + speech);
            speech.setLength(0);
        }
        speaker = "";
    }

    void say(String line) {
        lock.lock();
        try {
            flush();
            System.out.println(line);
        } finally {
            lock.unlock();
        }
    }

    /** How much was seen so far. */
    int mark() {
        lock.lock();
        try {
            return seen.size();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until so many such events of a session were seen since the mark. */
    void await(int mark, String name, int count, Predicate<SessionEvent> what)
            throws InterruptedException, TimeoutException {
        lock.lockInterruptibly();
        try {
            long nanos = PATIENCE.toNanos();
            while (seen.subList(mark, seen.size()).stream()
                            .filter(one -> one.name().equals(name) && what.test(one.event()))
                            .count()
                    < count) {
                if (nanos <= 0) {
                    throw new TimeoutException("the model takes longer than " + PATIENCE);
                }
                nanos = more.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    private static String text(SessionEvent event) {
        if (event instanceof SessionEvent.InputAdmitted admitted) {
            return "gets " + text(admitted.input().body());
        } else if (event instanceof SessionEvent.TurnStarted started) {
            return started.attempt() == 1 ? "wakes" : "goes on, attempt " + started.attempt();
        } else if (event instanceof SessionEvent.ToolCalled called) {
            return "calls " + called.call().name() + " " + called.call().arguments() + " -> "
                    + called.call().result();
        } else if (event instanceof SessionEvent.PeerSent sent) {
            return "has sent " + sent.to().name() + " a " + sent.kind();
        } else if (event instanceof SessionEvent.TurnCompleted) {
            return "has answered, and sleeps";
        } else if (event instanceof SessionEvent.TurnInterrupted) {
            return "is interrupted";
        } else if (event instanceof SessionEvent.TurnFailed failed) {
            return "fails: " + failed.code() + ": " + failed.message();
        } else {
            return "";
        }
    }

    private static String text(InputBody body) {
        if (body instanceof InputBody.Prompt prompt) {
            return "the prompt: " + prompt.text();
        } else if (body instanceof InputBody.External external) {
            return "the event " + external.event().eventType() + ": "
                    + external.event().payload();
        } else if (body instanceof InputBody.PeerMessage message) {
            return "a message from " + message.from().name() + ": "
                    + message.command().body();
        } else if (body instanceof InputBody.Local local) {
            return "an input, as a steer: " + local.command().body();
        } else {
            return "an input";
        }
    }
}
