package dev.meerkat.client.internal.calls;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ContextNote;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HistoryPage;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InputStatus;
import dev.meerkat.api.Peer;
import dev.meerkat.api.PeerAnswer;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnId;
import dev.meerkat.client.internal.wire.Created;
import dev.meerkat.client.internal.wire.SessionRow;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.Node;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one server, in the terms of the API; one implementation for each surface.
 * Thread-safe. Every call is bounded by the client's timeouts and throws typed errors only.
 */
public interface ServerCalls extends AutoCloseable {
    /** What the server said of itself. */
    ServerFacts facts();

    /** Creates a session and, unless it is deferred, runs its first turn. */
    Created create(SessionSpec spec) throws InterruptedException;

    /** Begins a turn. */
    PendingTurn turn(SessionId session, InputBody.Prompt prompt) throws InterruptedException;

    /** Begins a turn on a text. */
    default PendingTurn turn(SessionId session, String prompt) throws InterruptedException {
        return turn(session, new InputBody.Prompt(prompt, List.of()));
    }

    /** Stops the running turn; whether the server says that it did. */
    boolean interrupt(SessionId session) throws InterruptedException;

    /** Stops a turn if it is the running one; false if the server says that it is not. */
    boolean stop(SessionId session, TurnId turn) throws InterruptedException;

    /** Whether a turn runs; true if the server does not tell. */
    boolean running(SessionId session) throws InterruptedException;

    /** What the server tells of one session. */
    SessionRow read(SessionId session) throws InterruptedException;

    /** Whether a session that can be read is archived all the same, as it may be on the line 0.6. */
    boolean archivedAndRead(SessionId session) throws InterruptedException;

    /** A page of sessions; servers may leave labels out of the rows. */
    List<SessionRow> list(int offset, int limit) throws InterruptedException;

    /** A page of a transcript; self is the session's own name, or its id. */
    HistoryPage history(SessionId session, long offset, int limit, String self) throws InterruptedException;

    /** Ends a session. */
    void archive(SessionId session) throws InterruptedException;

    /** Sends a command; to is null for a local input, and for a name that the server takes. */
    <R extends Receipt> R send(SessionId session, CommsCommand<R> command, @Nullable PeerId to)
            throws InterruptedException;

    /** The peers of a session. */
    List<Peer> peers(SessionId session) throws InterruptedException;

    /** Admits an external event. */
    EventOutcome sendExternalEvent(SessionId session, ExternalEvent event) throws InterruptedException;

    /** Ends a request on behalf of the peer that was asked. */
    EventOutcome deliverPeerAnswer(SessionId session, PeerAnswer answer) throws InterruptedException;

    /** Adds a text to the transcript; false if it was there. */
    boolean injectContext(SessionId session, ContextNote note) throws InterruptedException;

    /** How far an input got. */
    Optional<InputStatus> inputStatus(SessionId session, InputId input) throws InterruptedException;

    /** The log of events, empty where the server keeps none. */
    Optional<EventLog> log();

    /** Opens a live feed of a session's events. */
    LiveFeed feed(SessionId session, FeedSink sink) throws InterruptedException;

    /**
     * Makes a call in the API's own form, which {@link ServerFacts#api} says whether the server has.
     *
     * @param session the session that it is about, or null
     * @param keyed whether the server does it once, however often it is sent
     */
    <T> T ask(ApiCall call, @Nullable SessionId session, ObjectNode params, boolean keyed, Function<Node, T> reader)
            throws InterruptedException;

    /** The same of one that reads, without waiting for the answer. */
    <T> CompletableFuture<T> askLater(ApiCall call, SessionId session, ObjectNode params, Function<Node, T> reader)
            throws InterruptedException;

    /**
     * Opens a feed of the whole log in the API's own form.
     *
     * @param after where it begins, or null for what comes
     */
    LiveFeed feed(SessionId session, @Nullable Cursor after, FeedSink sink) throws InterruptedException;

    /** What the server says is wrong with it. */
    List<String> health() throws InterruptedException;

    /** Ends the connection, and a child process, within five seconds. Never a session. */
    @Override
    void close();
}
