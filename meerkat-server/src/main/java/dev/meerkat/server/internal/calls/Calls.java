package dev.meerkat.server.internal.calls;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.WireFault;
import java.util.Set;

/** The calls of the wire, whatever the surface, carried out on one Meerkat. Thread-safe. */
public interface Calls {
    /** The contract line that is spoken. */
    ContractLine line();

    /**
     * The methods that there are, in the order in which {@code initialize} tells them: those that {@link #start} carries
     * out, and those that connections carry out themselves.
     */
    Set<String> methods();

    /**
     * Starts a call. Never blocks: everything happens on the server's workers.
     *
     * @param method the method of JSON-RPC
     * @param params its parameters; an empty object if there were none
     * @param caller whom it came from
     * @return the pending call; never throws
     */
    PendingCall start(String method, ObjectNode params, Caller caller);

    /**
     * Watches the events of a session, in the background.
     *
     * @param sessionId the session as the client wrote it, an id or {@code realm:id}
     * @param after the sequence after which to begin, 0 for the whole log, {@link #LIVE} or {@link #END}
     * @param sink takes the events
     * @return the tap, not started: nothing is told before {@link Tap#resume} is called
     * @throws WireFault if there is no such session, or the sequence is ahead of the log
     * @throws InterruptedException if interrupted while waiting
     */
    Tap watch(String sessionId, long after, TapSink sink) throws InterruptedException;

    /** Only what happens from now on, of a session that is not archived. */
    long LIVE = -1;

    /** The end of the log, which an archived session has too. */
    long END = -2;
}
