package dev.meerkat.core.store;

import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import org.jspecify.annotations.Nullable;

/**
 * An input to be appended to a session's inbox, with all that becomes visible together with it.
 *
 * @param session the receiving session
 * @param input the input
 * @param correlation what it means for the table of requests
 * @param note an event for the sender's log, or null if there is no sender or its log has it already
 */
public record InputAppend(
        SessionId session,
        NewInput input,
        Correlation correlation,
        @Nullable Note note) {
    /** Of an input that is neither request nor response. */
    public static final Correlation NO_CORRELATION = new Correlation.None();

    /**
     * An input without a sender.
     *
     * @param session the receiving session
     * @param input the input
     * @return the append
     */
    public static InputAppend local(SessionId session, NewInput input) {
        return new InputAppend(session, input, NO_CORRELATION, null);
    }

    /**
     * An event for the sender's log.
     *
     * @param sender the sending session
     * @param event the event, which the store gives its cursor
     */
    public record Note(SessionId sender, SessionEvent event) {}
}
