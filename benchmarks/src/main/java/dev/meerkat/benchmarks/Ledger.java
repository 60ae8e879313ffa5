package dev.meerkat.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Checks that each message is consumed once and in the order of its sender, and tells when a batch is
 * consumed as a whole.
 *
 * <p>{@link #consumed} is called by one consumer at a time per sender, which holds for a session and
 * for an actor alike.
 */
final class Ledger {
    /** Keeps the numbers of different senders out of one cache line. */
    private static final int STRIDE = 16;

    private final int senders;
    private final long[] last;
    private final long[] target;
    private volatile @Nullable String fault;
    private volatile CountDownLatch open = new CountDownLatch(0);

    Ledger(int senders) {
        this.senders = senders;
        this.last = new long[senders * STRIDE];
        this.target = new long[senders * STRIDE];
    }

    int senders() {
        return senders;
    }

    /** Begins a batch in which each sender sends that many; returns the number before the first. */
    long begin(int count) {
        long before = target[0];
        open = new CountDownLatch(senders);
        for (int sender = 0; sender < senders; sender++) {
            target[sender * STRIDE] += count;
        }
        return before;
    }

    void consumed(String body) {
        int at = Body.sender(body) * STRIDE;
        long number = Body.number(body);
        if (number != last[at] + 1) {
            fault = "sender " + Body.sender(body) + ": " + number + " came after " + last[at];
        }
        last[at] = number;
        if (number == target[at]) {
            open.countDown();
        }
    }

    void await() throws InterruptedException {
        boolean done = open.await(60, TimeUnit.SECONDS);
        if (fault != null) {
            throw new IllegalStateException("out of order: " + fault);
        }
        if (!done) {
            throw new IllegalStateException("not consumed within a minute: " + missing() + " messages");
        }
    }

    private long missing() {
        long missing = 0;
        for (int i = 0; i < last.length; i += STRIDE) {
            missing += target[i] - last[i];
        }
        return missing;
    }
}
