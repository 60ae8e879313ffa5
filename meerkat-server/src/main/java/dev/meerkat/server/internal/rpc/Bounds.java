package dev.meerkat.server.internal.rpc;

import dev.meerkat.server.ServerLimits;
import dev.meerkat.server.internal.calls.ReceiveMemory;
import java.util.concurrent.Semaphore;

/**
 * How much all connections of one listener have at one time.
 *
 * @param calls that wait for their answers
 * @param streams that are open
 * @param memory for what they receive
 */
record Bounds(Semaphore calls, Semaphore streams, ReceiveMemory memory) {
    static Bounds of(ServerLimits limits) {
        return new Bounds(
                new Semaphore(limits.pendingCalls()),
                new Semaphore(limits.streams()),
                new ReceiveMemory(limits.messageBytes()));
    }
}
