package dev.meerkat.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A live handle on a session.
 *
 * <p>Thread-safe. It holds nothing that must be closed: dropping it changes nothing. Each method
 * throws {@link MeerkatClosedException} after its {@link Meerkat} was closed, and all that admit
 * work throw {@link SessionArchivedException} once the session is archived, {@link StoreException}
 * if the store takes no more work, and {@link UnknownOutcomeException} if the work may have been
 * admitted. When an {@link InterruptedException} is thrown, the work may have been admitted.
 */
public interface Session {
    /** {@return its id, always the same} */
    SessionId id();

    /**
     * What it looks like now.
     *
     * @return a copy that does not change
     * @throws InterruptedException if interrupted while waiting
     */
    SessionSnapshot snapshot() throws InterruptedException;

    /** {@return the turn that {@link Meerkat#create} started; empty if it started none, and after {@code open}} */
    Optional<Turn> initialTurn();

    /**
     * Admits a text as prompt and starts a turn on it, as {@link #startTurn(InputBody.Prompt)} does.
     *
     * @param prompt the text, not blank
     * @return a handle on the turn
     * @throws InvalidFieldException if the prompt is null, blank or too large
     * @throws LaneFullException if as many prompts wait as the comms lane has room for
     * @throws InterruptedException if interrupted while waiting
     */
    default Turn startTurn(String prompt) throws InterruptedException {
        return startTurn(new InputBody.Prompt(prompt, List.of()));
    }

    /**
     * Admits a prompt and starts a turn on it, after the running one if there is one; {@code
     * turn/start} on the wire. Messages and events that wait may join the turn, another prompt may not.
     *
     * @param prompt text and more content
     * @return a handle on the turn
     * @throws InvalidFieldException if the prompt is null
     * @throws LaneFullException if as many prompts wait as the comms lane has room for
     * @throws InterruptedException if interrupted while waiting
     */
    Turn startTurn(InputBody.Prompt prompt) throws InterruptedException;

    /**
     * Sends a typed comms command from this session; {@code comms/send} on the wire. When this
     * returns, the receipt holds.
     *
     * @param <R> the command's receipt
     * @param command the command
     * @return its receipt
     * @throws PeerNotFoundException if the peer's name or id is not known or not trusted
     * @throws PeerAmbiguousException if several peers have the name
     * @throws SelfSendException if the peer is this session
     * @throws NotSupportedException if a peer command is sent by a session without comms name
     * @throws LaneFullException if the receiver's comms lane is full
     * @throws RequestNotFoundException if a response answers no request that this session received
     * @throws AlreadyAnsweredException if a response is the second terminal one
     * @throws InterruptedException if interrupted while waiting
     */
    <R extends Receipt> R send(CommsCommand<R> command) throws InterruptedException;

    /**
     * Sends a request whose terminal response goes to the returned handle instead of waking this
     * session's agent.
     *
     * @param request the request
     * @return a handle on the reply
     * @throws InterruptedException if interrupted while waiting; otherwise as {@link #send}
     */
    Reply request(CommsCommand.PeerRequest request) throws InterruptedException;

    /**
     * The handle of a request that {@link #request} sent earlier, also before a restart.
     *
     * @param requestId the request
     * @return a handle on the reply
     * @throws RequestNotFoundException if this session sent no such request that way
     * @throws InterruptedException if interrupted while waiting
     */
    Reply reply(RequestId requestId) throws InterruptedException;

    /**
     * The sessions that this one may address; {@code comms/peers} on the wire.
     *
     * @return its trusted peers, by name, without itself
     * @throws NotSupportedException if this session has no comms name
     * @throws InterruptedException if interrupted while waiting
     */
    List<Peer> peers() throws InterruptedException;

    /**
     * Appends an external event; {@code session/external_event} on the wire. When this returns
     * {@link EventOutcome.Accepted}, the event is as durable as the outcome says and takes effect
     * once; it wakes a keep-alive session.
     *
     * @param event the event
     * @return what became of it; a full lane is {@link EventOutcome.Refused}, where {@link #send} throws
     *     {@link LaneFullException}
     * @throws InterruptedException if interrupted while waiting
     */
    EventOutcome sendExternalEvent(ExternalEvent event) throws InterruptedException;

    /**
     * Adds a text to the transcript, as a {@link TranscriptEntry.SystemPrompt}, without running a turn;
     * {@code session/inject_context} on the wire. A turn that runs goes on, and its agent may find the
     * text in the transcript. Under a key, a text is added once for ever, also after a restart.
     *
     * @param note the text
     * @return false if the same key and text were added before
     * @throws NotDoneException with the code {@code input_idempotency_conflict} if the key was used for
     *     another text
     * @throws InterruptedException if interrupted while waiting
     */
    boolean injectContext(ContextNote note) throws InterruptedException;

    /**
     * Gives a request of this session its last answer on behalf of the peer that was asked, and wakes a
     * keep-alive session; {@code session/peer_response_terminal} on the wire. The answer of a request
     * that {@link #request} sent goes to its handle instead. An answer to a request that this session
     * never sent, or that was sent to another peer, is admitted all the same, and settles nothing.
     *
     * @param answer whose answer to what
     * @return what became of it
     * @throws AlreadyAnsweredException if the request has its terminal response
     * @throws InterruptedException if interrupted while waiting
     */
    EventOutcome deliverPeerAnswer(PeerAnswer answer) throws InterruptedException;

    /**
     * How far an input got; {@code session/input_status} on the wire.
     *
     * @param inputId the input's id, or an envelope's that was sent to this session
     * @return its status, or empty if this session never admitted it
     * @throws InterruptedException if interrupted while waiting
     */
    Optional<InputStatus> inputStatus(InputId inputId) throws InterruptedException;

    /**
     * A page of the inputs that this session gave up; {@code session/dead_letters} on the wire. Also of an
     * archived session.
     *
     * @param offset how many dead letters to pass over, at least 0
     * @param limit how many to return, from 1 to {@link Limits#PAGE_ROWS}
     * @return the page, in order of admission
     * @throws InvalidFieldException if a number is out of range
     * @throws NotSupportedException if a remote server keeps no dead letters
     * @throws InterruptedException if interrupted while waiting
     */
    DeadLetterPage deadLetters(int offset, int limit) throws InterruptedException;

    /**
     * Puts a dead letter back into its lane; {@code session/redrive} on the wire. A turn of its own tries
     * it at once. If that fails, it is retried as an input that has just been set aside. Inputs that failed together
     * in a turn that had committed a step are redriven together, for that turn goes on.
     *
     * @param inputId the dead letter
     * @throws NotDeadLetterException if the input is no dead letter of this session
     * @throws NotSupportedException if a remote server keeps no dead letters
     * @throws InterruptedException if interrupted while waiting
     */
    void redrive(InputId inputId) throws InterruptedException;

    /**
     * Discards a dead letter: it is no longer listed and is never handled; {@code session/discard} on the
     * wire. A redelivery of a discarded event stays a duplicate.
     *
     * @param inputId the dead letter
     * @throws NotDeadLetterException if the input is no dead letter of this session
     * @throws NotSupportedException if a remote server keeps no dead letters
     * @throws InterruptedException if interrupted while waiting
     */
    void discard(InputId inputId) throws InterruptedException;

    /**
     * Lets a parked session go on; {@code session/unpark} on the wire. What its turn and the session have spent
     * counts from nothing again, so each budget is granted once more.
     *
     * @return whether it was parked
     * @throws NotSupportedException if a remote server parks no sessions
     * @throws InterruptedException if interrupted while waiting
     */
    boolean unpark() throws InterruptedException;

    /**
     * Gives this session an input later. It is stored, so it comes also after restarts, once for each time that is due,
     * and is marked with its {@link Firing}: no one is present then. It waits in its lane like any other input, and wakes
     * a keep-alive session. A time that comes while the lane is full is tried again until it is there.
     *
     * @param spec when, and what
     * @return the schedule; under a key that the session has with the same spec, the one that is there
     * @throws InvalidFieldException if the spec is null, its cron expression wrong, never due, or due at shorter intervals
     *     than the runtime allows
     * @throws TooManySchedulesException if the session has as many schedules as it may
     * @throws NotDoneException with the code {@code schedule_conflict} if the session has another schedule under the key
     * @throws NotSupportedException if a remote server has no schedules
     * @throws InterruptedException if interrupted while waiting
     */
    Schedule schedule(ScheduleSpec spec) throws InterruptedException;

    /**
     * Gives this session an input after a while, as {@link #schedule} does.
     *
     * @param delay how long, by the clock of the runtime, from zero to {@link Timing#LONGEST_DELAY}
     * @param input what it gets
     * @return the schedule
     * @throws InvalidFieldException if a part is null, or the delay out of range
     * @throws InterruptedException if interrupted while waiting; otherwise as {@link #schedule}
     */
    default Schedule later(Duration delay, CommsCommand.Input input) throws InterruptedException {
        return schedule(ScheduleSpec.after(delay, input));
    }

    /**
     * Gives this session an input at a time, as {@link #schedule} does.
     *
     * @param time when, by the clock of the runtime; at once if that has passed
     * @param input what it gets
     * @return the schedule
     * @throws InvalidFieldException if a part is null
     * @throws InterruptedException if interrupted while waiting; otherwise as {@link #schedule}
     */
    default Schedule later(Instant time, CommsCommand.Input input) throws InterruptedException {
        return schedule(ScheduleSpec.at(time, input));
    }

    /**
     * The schedules that this session has. One that has fired for the last time is not there any more, and an archived
     * session has none.
     *
     * @return the next one that is due first; at most as many as the runtime allows
     * @throws NotSupportedException if a remote server has no schedules
     * @throws InterruptedException if interrupted while waiting
     */
    List<Schedule> schedules() throws InterruptedException;

    /**
     * Takes a schedule back. What it has sent before stays where it is.
     *
     * @param schedule the schedule
     * @return whether the session had it
     * @throws InvalidFieldException if the id is null
     * @throws NotSupportedException if a remote server has no schedules
     * @throws InterruptedException if interrupted while waiting
     */
    boolean cancel(ScheduleId schedule) throws InterruptedException;

    /**
     * The events after a cursor: first the logged ones, then new ones as they happen.
     *
     * @param after where to begin, {@link Cursor#START} for all
     * @return a stream, to be closed
     * @throws InvalidFieldException if the cursor is ahead of the log
     * @throws NotSupportedException if a remote server keeps no log; {@link #eventsFromNow} works everywhere
     * @throws InterruptedException if interrupted while waiting
     */
    EventStream events(Cursor after) throws InterruptedException;

    /**
     * The events that happen from now on.
     *
     * @return a stream, to be closed
     * @throws InterruptedException if interrupted while waiting
     */
    EventStream eventsFromNow() throws InterruptedException;

    /**
     * A page of the transcript; {@code session/history} on the wire. Also of an archived session.
     *
     * @param offset how many entries to pass over, at least 0
     * @param limit how many to return, from 1 to {@link Limits#PAGE_ROWS}
     * @return the page
     * @throws InvalidFieldException if a number is out of range
     * @throws InterruptedException if interrupted while waiting
     */
    HistoryPage history(long offset, int limit) throws InterruptedException;

    /**
     * Stops the running turn and keeps what it had done; {@code turn/interrupt} on the wire. What the
     * running step had done is committed with all inputs that it took up, and the messages that it had
     * queued leave. To stop one prompt only, see {@link Turn#cancel}. The session
     * stays alive, and waiting inputs are handled by later turns. The turn of a parked session ends too, without going
     * on, and the session is parked no longer.
     *
     * @return what was found and done, after a bounded wait
     * @throws InterruptedException if interrupted while waiting
     */
    InterruptOutcome interrupt() throws InterruptedException;

    /**
     * Stops a turn if it is the running one, as {@link #interrupt()} does; {@code turn/stop_run} on the
     * wire.
     *
     * @param turn the turn
     * @return what was found and done, after a bounded wait; {@link InterruptOutcome.Idle} if the turn
     *     was not the running one
     * @throws NotSupportedException if a remote server cannot stop a turn by its id
     * @throws InterruptedException if interrupted while waiting
     */
    InterruptOutcome interrupt(TurnId turn) throws InterruptedException;

    /**
     * Changes whether the session stays awake: whether it wakes on admitted work, or lets it wait for
     * the next explicit turn. As durable as everything that is stored. What waits wakes it at once.
     *
     * @param keepAlive true needs a comms name
     * @throws InvalidFieldException naming {@code keep_alive} if true and there is no comms name
     * @throws NotSupportedException if a remote server cannot change it
     * @throws InterruptedException if interrupted while waiting
     */
    void changeKeepAlive(boolean keepAlive) throws InterruptedException;

    /**
     * Ends the session; {@code session/archive} on the wire. A running turn is interrupted, waiting
     * inputs stay unhandled, the comms name is free again, and history still reads.
     *
     * @throws SessionArchivedException if it was archived before
     * @throws InterruptedException if interrupted while waiting
     */
    void archive() throws InterruptedException;
}
