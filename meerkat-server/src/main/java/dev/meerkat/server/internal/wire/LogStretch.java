package dev.meerkat.server.internal.wire;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** Reads a stretch of a session's log as it is. */
public final class LogStretch {
    private LogStretch() {}

    /**
     * What the first event makes of itself that is looked for. Waits for no event.
     *
     * @param after the stretch begins behind this
     * @param last where it ends
     * @param wanted empty for events that are passed over
     */
    public static <T> Optional<T> first(
            Session session, Cursor after, Cursor last, Function<SessionEvent, Optional<T>> wanted)
            throws InterruptedException {
        try (EventStream log = session.events(after)) {
            while (log.position().compareTo(last) < 0) {
                Optional<SessionEvent> next = log.next(Duration.ZERO);
                if (next.isEmpty()) {
                    break;
                }
                Optional<T> found =
                        next.get() instanceof SessionEvent.Live ? Optional.empty() : wanted.apply(next.get());
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }
    }
}
