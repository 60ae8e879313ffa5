package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.EventSink;
import dev.meerkat.server.internal.calls.EventSubscription;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.wire.HostWriter;
import dev.meerkat.server.internal.wire.RunEnd;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.Params;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.Set;

/** The calls of the wire, whatever the surface, carried out on one Meerkat. Thread-safe. */
public interface Calls {
    /** The contract line that is spoken. */
    ContractLine line();

    /** The same, by values of the API. */
    Operations operations();

    /** WirePages of what may be long. */
    WirePages pages();

    /**
     * The methods that there are, in the order in which {@code initialize} tells them: those that {@link #start} carries
     * out, and those that connections carry out themselves.
     */
    Set<String> methods();

    /**
     * Starts a call by its method, as JSON-RPC does. Never blocks: all that waits happens on the server's workers.
     *
     * @param method the method of JSON-RPC
     * @param params its parameters; an empty object if there were none
     * @param caller whom it came from
     * @return the pending call; never throws
     */
    PendingCall<ObjectNode> start(String method, ObjectNode params, Caller caller);

    /**
     * Creates a session, as {@code session/create} does.
     *
     * @throws RuntimeException what is wrong with the parameters
     */
    PendingCall<RunEnd> create(Params params, Caller caller);

    /**
     * Begins a turn, as {@code turn/start} does.
     *
     * @throws RuntimeException what is wrong with the parameters
     */
    PendingCall<RunEnd> startTurn(Params params, Caller caller);

    /** Sends a command, as {@code comms/send} does. */
    PendingCall<ObjectNode> send(Params params, Caller caller);

    /** Lists the peers of a session, as {@code comms/peers} does. */
    PendingCall<ObjectNode> peers(String session, Caller caller);

    /** What this server is, as it is told. */
    HostWriter host();

    /**
     * Watches the events of a session, in the background.
     *
     * @param sessionId the session as the client wrote it, an id or {@code realm:id}
     * @param after the sequence after which to begin, 0 for the whole log, {@link #LIVE} or {@link #END}
     * @param whole whether each event is told in the API's own form, and the sequences are cursors
     * @param sink takes the events
     * @return the subscription, not started: nothing is told before {@link EventSubscription#resume} is called
     * @throws WireFault if there is no such session, or the sequence is ahead of the log
     * @throws InterruptedException if interrupted while waiting
     */
    EventSubscription watch(String sessionId, long after, boolean whole, EventSink sink) throws InterruptedException;

    /** In the form of the contract line. */
    default EventSubscription watch(String sessionId, long after, EventSink sink) throws InterruptedException {
        return watch(sessionId, after, false, sink);
    }

    /** Only what happens from now on, of a session that is not archived. */
    long LIVE = -1;

    /** The end of the log, which an archived session has too. */
    long END = -2;
}
