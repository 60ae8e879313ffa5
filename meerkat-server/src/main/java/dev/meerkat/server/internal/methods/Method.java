package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.server.internal.wire.Params;

/** Carries out the calls of one method. */
@FunctionalInterface
interface Method {
    /** Carries out a call: sees to it that its answer completes, or throws. */
    void run(Params params, Caller caller, Pending pending) throws InterruptedException;

    /** Whether a call waits for nothing, so that it needs no worker. */
    default boolean runsAtOnce(ObjectNode params) {
        return false;
    }

    /** A method that answers at once. */
    @FunctionalInterface
    interface Direct {
        /** The answer. */
        ObjectNode answer(Params params, Caller caller) throws InterruptedException;
    }

    /** A method that answers at once. */
    static Method direct(Direct method) {
        return (params, caller, pending) -> pending.complete(method.answer(params, caller));
    }
}
