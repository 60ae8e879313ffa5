package dev.meerkat.testkit.contract;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A point at which an agent waits until the test lets it go on. Thread-safe. */
final class Gate {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    /** Called by the agent: waits for {@link #open}. */
    void pass() throws InterruptedException {
        reached.countDown();
        await(opened, "nobody opened the gate");
    }

    /** Called by the test: waits until an agent is here. */
    void awaitReached() throws InterruptedException {
        await(reached, "no agent came to the gate");
    }

    /** Lets the agent, and all that come later, go on. */
    void open() {
        opened.countDown();
    }

    private static void await(CountDownLatch latch, String problem) throws InterruptedException {
        if (!latch.await(ContractChapter.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(problem);
        }
    }
}
