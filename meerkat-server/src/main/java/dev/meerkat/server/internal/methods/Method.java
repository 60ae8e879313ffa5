package dev.meerkat.server.internal.methods;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.server.internal.calls.Caller;
import dev.meerkat.wire.internal.Params;

/** Carries out the calls of one method. */
@FunctionalInterface
interface Method {
    /** Carries out a call: sees to it that its answer completes, or throws. */
    void run(Params params, Caller caller, Pending pending) throws InterruptedException;

    /** Whether a call waits for nothing, so that it needs no worker. */
    default boolean runsAtOnce(ObjectNode params) {
        return false;
    }

    /** Whether its answers may be large, so that only few of them are made at once. */
    default boolean readsMuch() {
        return false;
    }

    /** A method that answers at once. */
    @FunctionalInterface
    interface Direct {
        /** The answer. */
        ObjectNode answer(Params params, Caller caller) throws InterruptedException;
    }

    /** A method that answers at once, perhaps with much. */
    static Method reading(Direct method) {
        return new Method() {
            @Override
            public void run(Params params, Caller caller, Pending pending) throws InterruptedException {
                pending.complete(method.answer(params, caller));
            }

            @Override
            public boolean readsMuch() {
                return true;
            }
        };
    }

    /** A method that answers at once. */
    static Method direct(Direct method) {
        return (params, caller, pending) -> pending.complete(method.answer(params, caller));
    }
}
