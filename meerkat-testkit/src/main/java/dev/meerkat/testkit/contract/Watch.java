package dev.meerkat.testkit.contract;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.TurnId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Waits for events of one session, whether they have happened already or not. Not thread-safe. */
final class Watch implements AutoCloseable {
    private static final int MOST_EVENTS = 10_000;

    private final EventStream stream;
    private final List<SessionEvent> seen = new ArrayList<>();

    Watch(Session session) throws InterruptedException {
        stream = session.events(Cursor.START);
    }

    /** The first event of a type that fits. */
    <E extends SessionEvent> E await(Class<E> type, Predicate<? super E> fits) throws InterruptedException {
        return type.cast(until(type.getSimpleName(), event -> type.isInstance(event) && fits.test(type.cast(event))));
    }

    /** The first event of a type. */
    <E extends SessionEvent> E await(Class<E> type) throws InterruptedException {
        return await(type, event -> true);
    }

    /** The commit of the step that handled an input. */
    SessionEvent.InputConsumed consumed(InputId input) throws InterruptedException {
        return await(SessionEvent.InputConsumed.class, event -> event.inputs().contains(input));
    }

    /** The answer of the turn that handled an input. */
    SessionEvent.TurnCompleted completed(InputId input) throws InterruptedException {
        TurnId turn = consumed(input).turnId();
        return await(SessionEvent.TurnCompleted.class, event -> event.turnId().equals(turn));
    }

    /** The first input of a session that reads like this. */
    SessionEvent.InputAdmitted admitted(String text) throws InterruptedException {
        return await(
                SessionEvent.InputAdmitted.class,
                event -> Seen.text(event.input()).equals(text));
    }

    /** Every event up to one that fits, live ones too. */
    List<SessionEvent> seen() {
        return List.copyOf(seen);
    }

    /** The event at a place among all that this watch sees, live ones too. */
    SessionEvent at(int index) throws InterruptedException {
        while (seen.size() <= index) {
            seen.add(stream.next(Seen.PATIENCE).orElseThrow(() -> missing("further event")));
        }
        return seen.get(index);
    }

    private SessionEvent until(String what, Predicate<SessionEvent> fits) throws InterruptedException {
        for (SessionEvent event : seen) {
            if (fits.test(event)) {
                return event;
            }
        }
        while (seen.size() < MOST_EVENTS) {
            Optional<SessionEvent> next = stream.next(Seen.PATIENCE);
            if (next.isEmpty()) {
                break;
            }
            seen.add(next.get());
            if (fits.test(next.get())) {
                return next.get();
            }
        }
        throw missing(what);
    }

    private AssertionError missing(String what) {
        return new AssertionError("no " + what + " as wanted among " + seen.size() + " events:\n"
                + String.join("\n", seen.stream().map(Object::toString).toList()));
    }

    @Override
    public void close() {
        stream.close();
    }
}
