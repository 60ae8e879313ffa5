package dev.meerkat.core.internal.events;

import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.internal.Sizes;

/** About how many bytes an event takes, by what can be large in it. */
public final class EventSizes {
    /** More than the objects around it take. */
    private static final long OVERHEAD = 512;

    private EventSizes() {}

    /** Of one event. */
    public static long of(SessionEvent event) {
        return OVERHEAD + content(event);
    }

    private static long content(SessionEvent event) {
        if (event instanceof SessionEvent.InputAdmitted admitted) {
            return Sizes.of(admitted.input().body());
        }
        if (event instanceof SessionEvent.TurnCompleted completed) {
            return completed.text().length();
        }
        if (event instanceof SessionEvent.TurnInterrupted interrupted) {
            return interrupted.text().length();
        }
        if (event instanceof SessionEvent.ReplyReceived replied) {
            return replied.reply().result().text().length()
                    + Sizes.of(replied.reply().blocks());
        }
        if (event instanceof SessionEvent.ToolCalled called) {
            return (long) called.call().arguments().text().length()
                    + called.call().result().text().length();
        }
        return event instanceof SessionEvent.Unrecognized other
                ? other.raw().text().length()
                : 0;
    }
}
