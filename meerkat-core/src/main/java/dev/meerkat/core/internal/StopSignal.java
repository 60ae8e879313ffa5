package dev.meerkat.core.internal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells a running turn to stop, and its caller when it has. The agent's thread is interrupted only
 * while it is in the agent, never while it commits. Thread-safe.
 */
final class StopSignal {
    private boolean stopped;
    private boolean suspended;
    private boolean finishing;
    private boolean ended;
    private @Nullable Thread inAgent;
    private @Nullable CountDownLatch end;

    /** The turn is to end, and to be committed as interrupted; false if it is ending anyway. */
    synchronized boolean stop() {
        if (finishing) {
            return false;
        }
        stopped = true;
        interruptAgent();
        return true;
    }

    /** The turn is about to commit its end; false if it was stopped before, and must end as that. */
    synchronized boolean finish() {
        finishing = !stopped;
        return finishing;
    }

    /** The turn is to be put aside, for another runtime to go on with. */
    synchronized void suspend() {
        suspended = true;
        interruptAgent();
    }

    private void interruptAgent() {
        if (inAgent != null) {
            inAgent.interrupt();
        }
    }

    synchronized boolean stopped() {
        return stopped;
    }

    synchronized boolean suspended() {
        return suspended;
    }

    synchronized boolean asked() {
        return stopped || suspended;
    }

    /** The current thread enters the agent. */
    synchronized void enterAgent() {
        inAgent = Thread.currentThread();
        if (stopped || suspended) {
            inAgent.interrupt();
        }
    }

    /** The current thread is back; an interrupt that was meant for the agent stays with the agent. */
    synchronized void leaveAgent() {
        inAgent = null;
        Thread.interrupted();
    }

    synchronized void ended() {
        ended = true;
        if (end != null) {
            end.countDown();
        }
    }

    boolean awaitEnd(Duration timeout) throws InterruptedException {
        CountDownLatch latch;
        synchronized (this) {
            if (ended) {
                return true;
            }
            if (end == null) {
                end = new CountDownLatch(1);
            }
            latch = end;
        }
        return latch.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
