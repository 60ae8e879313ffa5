package dev.meerkat.core.internal.session;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells a running turn to stop, and its caller when it has. The agent's thread is interrupted only
 * while it is in the agent, never while it commits. Thread-safe.
 */
public final class StopSignal {
    /** How a turn that is told to stop ends. */
    public enum Way {
        /** With all that it has taken up. */
        INTERRUPTED,
        /** With the prompt that its caller takes back; all else goes back to where it waited. */
        CANCELLED,
        /** As failed, because it lasts too long. */
        OVERDUE
    }

    private @Nullable Way stop;
    private boolean suspended;
    private boolean finishing;
    private boolean ended;
    private @Nullable Thread inAgent;
    private @Nullable CountDownLatch end;

    /** The turn is to end in this way, unless it ends in another already; false if it is ending anyway. */
    public synchronized boolean stop(Way way) {
        if (finishing) {
            return false;
        }
        stop = stop == null ? way : stop;
        interruptAgent();
        return true;
    }

    /** The turn is about to commit its end: by itself if this is null, else as it was told to stop before. */
    public synchronized @Nullable Way finish() {
        finishing = stop == null;
        return stop;
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

    public synchronized boolean stopped() {
        return stop != null;
    }

    public synchronized boolean suspended() {
        return suspended;
    }

    public synchronized boolean asked() {
        return stop != null || suspended;
    }

    /** The current thread enters the agent. */
    public synchronized void enterAgent() {
        inAgent = Thread.currentThread();
        if (stop != null || suspended) {
            inAgent.interrupt();
        }
    }

    /** The current thread is back; an interrupt that was meant for the agent stays with the agent. */
    public synchronized void leaveAgent() {
        inAgent = null;
        Thread.interrupted();
    }

    public synchronized void ended() {
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
