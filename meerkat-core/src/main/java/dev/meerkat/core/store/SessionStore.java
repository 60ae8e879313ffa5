package dev.meerkat.core.store;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputId;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.Health;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps sessions, their inboxes, transcripts, event logs, requests, outboxes and schedules.
 *
 * <p>Writes return a stage, so that one writer can put many of them into one disk sync. A stage
 * completes when the write is as durable as {@link #durable()} promises, and writes of one session
 * complete, and become visible to reads, in one order. It completes exceptionally with a {@link
 * dev.meerkat.api.StoreException} if surely nothing was stored, and with any other exception if that
 * is unknown. After that, and before it takes another write, a store must find out what it has. It
 * completes with a {@link dev.meerkat.api.StoreLostException} if another process has the store now,
 * or its file is gone: no later write or read is taken then. Where another owner has only the session, its writes
 * complete with {@link Fenced}. While the store takes no writes, {@link #health} says so. Dependents may run on the
 * store's own thread and must not block.
 *
 * <p>Reads block the caller, see every write that has completed, and never more than the requested
 * rows. All methods are thread-safe. The event log of a session is made of its admitted inputs and
 * its other events, which share one numbering from 1 without gaps.
 */
public interface SessionStore extends AutoCloseable {
    /** {@return whether a completed write survives a crash of the process and of the machine} */
    boolean durable();

    /**
     * The number of this opening of the store. It grows with every opening, every write is made
     * under it, and a store that fences refuses writes once a newer epoch is open.
     *
     * @return at least 1
     */
    long epoch();

    /**
     * {@return which sessions are this opening's to work on: {@link Ownership#SOLE} where there is one opening at a
     * time}
     */
    default Ownership ownership() {
        return Ownership.SOLE;
    }

    /** {@return how openings of this store work together; empty for a store that has one opening at a time} */
    default Optional<Sharing> sharing() {
        return Optional.empty();
    }

    /** {@return how this store is known in messages, such as a file's path} */
    String describe();

    /**
     * What keeps this store from taking writes at this moment. Does not wait for the disk.
     *
     * @return {@link Health#OK} for a store that has no way to fail
     */
    default Health health() {
        return Health.OK;
    }

    /**
     * Tells an observer of the groups of writes that it brings to disk from now on. For a runtime that has listeners.
     *
     * @param observer told on the thread that writes
     */
    default void observe(CommitObserver observer) {}

    /**
     * Stores a new session. A comms name is unique among the live sessions of its realm.
     *
     * @param session the session
     * @return what became of it
     */
    CompletionStage<CreateResult> create(NewSession session);

    /**
     * Appends an input to a session's inbox, unless it is there already.
     *
     * @param append the input and what goes with it; where openings share the store, the bounds of its lane too
     * @return what became of it
     */
    CompletionStage<AppendResult> append(InputAppend append);

    /**
     * Changes a session, unless its version is not the expected one.
     *
     * @param commit the change
     * @return what became of it
     */
    CompletionStage<StepResult> commit(StepCommit commit);

    /**
     * Takes an envelope out of a session's outbox, because its receiver has it, or will never have
     * it.
     *
     * @param sender the sending session
     * @param envelope the envelope
     * @param failure an event for the sender's log that says why it was not delivered, or null if it
     *     was; the store gives it its cursor
     * @return what became of it
     */
    CompletionStage<ChangeResult> settle(SessionId sender, EnvelopeId envelope, @Nullable SessionEvent failure);

    /**
     * Changes a dead letter of a live session, and logs that. An append that finds its idempotency key at a
     * dead letter with the same content redrives it in the same way.
     *
     * @param change the change
     * @return what became of it
     */
    CompletionStage<ChangeResult> change(DeadLetterChange change);

    /**
     * Changes a schedule of a live session. Any opening may do so. The end of a session ends its schedules.
     *
     * @param change the change
     * @return what became of it
     */
    CompletionStage<ScheduleResult> change(ScheduleChange change);

    /**
     * Deletes an archived session with all that belongs to it, also the requests that it sent. From the first part of it on,
     * no read and no write finds the session. The rest is done in parts, so that other writes go on between them; what a
     * crash leaves of it is done after the next opening. What others have of it stays.
     *
     * @param id the session
     * @return what became of it; when it is {@link DeleteResult#DELETED}, the files of the store have nothing of it
     */
    CompletionStage<DeleteResult> delete(SessionId id);

    /**
     * Removes a bounded part of what is no longer needed of a session. Cursors, offsets and numbers stay what they were. An
     * input goes once it is consumed and neither the log nor the transcript has it, its id and key need not be known, and
     * it is neither tried again nor a dead letter; the newest consumed one of each track may stay. One trim of a session
     * runs at a time.
     *
     * @param trim the session, and what is not needed
     * @return whether there may be more to remove; false if there is no such session
     */
    CompletionStage<Boolean> trim(Trim trim);

    /**
     * Where the log and the transcript of a session begin.
     *
     * @param id the session
     * @return {@link Cut#NONE} if nothing was removed
     */
    Cut cut(SessionId id);

    /**
     * Lists sessions whose past may be removed, archived or not, in order of creation.
     *
     * @param all false for those only whose spec has a retention
     * @param after the last id of the page before, or null for the first page
     * @param limit how many at most
     * @return their ids; empty if there are no more
     */
    List<SessionId> retained(boolean all, @Nullable SessionId after, int limit);

    /**
     * Loads a session, archived or not.
     *
     * @param id its id
     * @return the session, or empty
     */
    Optional<StoredSession> load(SessionId id);

    /**
     * Finds a live session by name.
     *
     * @param realm the realm
     * @param commsName the name
     * @return its id, or empty
     */
    Optional<SessionId> find(String realm, String commsName);

    /**
     * Lists the live sessions of a realm that have a comms name, in order of creation.
     *
     * @param realm the realm
     * @param after the last id of the page before, or null for the first page
     * @param limit how many at most
     * @return their ids; empty if there are no more
     */
    List<SessionId> named(String realm, @Nullable SessionId after, int limit);

    /**
     * Lists sessions in order of creation.
     *
     * @param query which
     * @return at most {@code query.limit()}
     */
    List<SessionId> list(SessionQuery query);

    /**
     * Finds the sessions that a runtime must take up, in order of creation: live ones with an open turn, a
     * waiting input that wakes them or a failed input that is tried again, and all that have a filled outbox. Where
     * openings share the store, only those that this one owns.
     *
     * @param after the last id of the page before, or null for the first page
     * @param limit how many at most
     * @return their ids; empty if there are no more
     */
    List<SessionId> unfinished(@Nullable SessionId after, int limit);

    /**
     * Reads waiting inputs of one track.
     *
     * @param id the session
     * @param track the track
     * @param after the number before the first to return
     * @param limit how many at most
     * @return in order
     */
    List<Waiting> waiting(SessionId id, Track track, long after, int limit);

    /**
     * Finds an input of a session.
     *
     * @param id the session
     * @param input the input
     * @return its place, or empty if the session never had it
     */
    Optional<InputPlace> place(SessionId id, InputId input);

    /**
     * Reads which failed inputs of a session are tried again.
     *
     * @param id the session
     * @return the first and the last of them, or empty if there is none
     */
    Optional<RetryQueue> retries(SessionId id);

    /**
     * Reads the failed inputs of one turn that are tried again.
     *
     * @param id the session
     * @param turn the turn
     * @param after the position of the last input of the page before, or {@link Cursor#START}
     * @param limit how many at most
     * @return in order of admission; empty if there are no more
     */
    List<FailedInput> retries(SessionId id, TurnId turn, Cursor after, int limit);

    /**
     * Reads dead letters.
     *
     * @param id the session, archived or not, or null for all live ones
     * @param offset how many to pass over
     * @param limit how many at most
     * @return by session in order of creation, then in order of admission
     */
    List<DeadLetter> deadLetters(@Nullable SessionId id, int offset, int limit);

    /**
     * Reads schedules.
     *
     * @param id the session, or null for all; where openings share the store, only those that this one owns
     * @param after the last one of the page before, or null for the first page
     * @param limit how many at most
     * @return the next one that is due first; those that are due at the same time in one order, which is the store's own
     */
    List<StoredSchedule> schedules(@Nullable SessionId id, @Nullable StoredSchedule after, int limit);

    /**
     * Reads the event log.
     *
     * @param id the session
     * @param after the cursor before the first to return
     * @param limit how many at most
     * @return in order; if the log no longer goes back that far, a {@link SessionEvent.Gap} comes first
     */
    List<SessionEvent> events(SessionId id, Cursor after, int limit);

    /**
     * Reads the transcript.
     *
     * @param id the session
     * @param offset how many entries to pass over
     * @param limit how many at most
     * @return in order
     */
    List<TranscriptEntry> transcript(SessionId id, long offset, int limit);

    /**
     * Reads a request.
     *
     * @param id its id
     * @return the request, or empty if it was never admitted
     */
    Optional<StoredRequest> request(RequestId id);

    /**
     * Reads the open requests of live sessions that have a deadline.
     *
     * @param after the last one of the page before, or null for the first page
     * @param limit how many at most
     * @return the next one that is due first, and by id among those that are due at the same time; where openings share the
     *     store, only those whose requester this one owns
     */
    List<StoredRequest> deadlines(@Nullable StoredRequest after, int limit);

    /**
     * Reads the outbox of a session.
     *
     * @param id the session
     * @param after the number of the last envelope of the page before, or 0 for the first page
     * @param limit how many at most
     * @return in the order in which they were committed; empty if there are no more
     */
    List<Outgoing> outbox(SessionId id, long after, int limit);

    /**
     * Tells all that there is of a session, as it is between two writes, in the order of {@link SessionPart}. Other writes go on
     * meanwhile. Holds no more than a page of it at a time, but for a store in memory.
     *
     * @param id the session, archived or not
     * @param to told each part, on the calling thread; what it throws ends the export
     * @return false if there is no such session
     * @throws dev.meerkat.api.NotSupportedException if this store forgets a part of each session
     */
    boolean export(SessionId id, Consumer<SessionPart> to);

    /**
     * Begins to take in a session that was exported.
     *
     * @param head its head
     * @return to be closed by the caller
     */
    SessionRestore restore(SessionPart.Head head);

    /** Finishes the writes that it has, then closes. Bounded and idempotent; later calls are refused. */
    @Override
    void close();
}
