package dev.meerkat.server.internal.wire;

import dev.meerkat.api.SessionEvent;
import dev.meerkat.server.internal.calls.WireEvent;
import java.util.List;

/** Says what the events of one reader become on the wire. */
public interface EventTeller {
    /** What the next event becomes. */
    List<WireEvent> write(SessionEvent event) throws InterruptedException;

    /** Whether a new input is told before a turn takes it up. */
    boolean tells(SessionEvent.InputAdmitted admitted);
}
