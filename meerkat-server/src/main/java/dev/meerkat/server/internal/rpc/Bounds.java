package dev.meerkat.server.internal.rpc;

import dev.meerkat.server.ServerLimits;
import java.util.concurrent.Semaphore;

/**
 * How much all connections of one listener have at one time.
 *
 * @param calls that wait for their answers
 * @param streams that are open
 */
record Bounds(Semaphore calls, Semaphore streams) {
    static Bounds of(ServerLimits limits) {
        return new Bounds(new Semaphore(limits.pendingCalls()), new Semaphore(limits.streams()));
    }
}
