package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.Meerkat;
import dev.meerkat.server.ContractLine;
import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.calls.Calls;
import dev.meerkat.server.internal.calls.PendingCall;
import dev.meerkat.server.internal.calls.Tap;
import dev.meerkat.server.internal.calls.TapSink;
import dev.meerkat.server.internal.calls.Workers;
import java.util.Set;

/** The calls of the wire, carried out on one Meerkat. */
public final class MeerkatCalls implements Calls {
    private final ContractLine line;

    /** Calls on the sessions of one realm of a Meerkat. */
    public MeerkatCalls(Meerkat meerkat, String realm, ContractLine line, ServerLimits limits, Workers workers) {
        this.line = line;
    }

    @Override
    public ContractLine line() {
        return line;
    }

    @Override
    public Set<String> methods() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PendingCall start(String method, ObjectNode params, Caller caller) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Tap watch(String sessionId, long after, TapSink sink) {
        throw new UnsupportedOperationException();
    }
}
