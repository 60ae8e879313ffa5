package dev.meerkat.core.store;

import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import java.util.Optional;

/**
 * An input to be appended to a session's inbox, with all that becomes visible together with it.
 *
 * @param session the receiving session
 * @param input the input
 * @param correlation what it means for the table of requests
 * @param note an event for the sender's log, or empty if there is no sender or its log has it already
 * @param room the bounds of its lane, or empty if the caller knows that there is room
 */
public record InputAppend(
        SessionId session, NewInput input, Correlation correlation, Optional<Note> note, Optional<Room> room) {
    /** Of an input that is neither request nor response. */
    public static final Correlation NO_CORRELATION = new Correlation.None();

    /**
     * An input for which there is room.
     *
     * @param session the receiving session
     * @param input the input
     * @param correlation what it means for the table of requests
     * @param note an event for the sender's log, or empty
     */
    public InputAppend(SessionId session, NewInput input, Correlation correlation, Optional<Note> note) {
        this(session, input, correlation, note, Optional.empty());
    }

    /**
     * An input without a sender.
     *
     * @param session the receiving session
     * @param input the input
     * @return the append
     */
    public static InputAppend local(SessionId session, NewInput input) {
        return new InputAppend(session, input, NO_CORRELATION, Optional.empty());
    }

    /**
     * The same, to be refused if its lane has no room.
     *
     * @param bounds the bounds of its lane
     * @return a changed copy
     */
    public InputAppend within(Room bounds) {
        return new InputAppend(session, input, correlation, note, Optional.of(bounds));
    }

    /**
     * How much may wait in the lane of an input: prompts, other comms inputs and external events are counted apart.
     *
     * @param inputs how many inputs
     * @param bytes how many bytes of external events
     */
    public record Room(int inputs, long bytes) {}

    /**
     * An event for the sender's log.
     *
     * @param sender the sending session
     * @param event the event, which the store gives its cursor
     */
    public record Note(SessionId sender, SessionEvent event) {}
}
