package dev.meerkat.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Senders that deliver one build after the other to an instance, each until a delivery is not taken. */
final class Deliveries {
    private static final int SENDERS = 4;
    private static final int ACCEPTED = 202;

    private final AtomicInteger runs;
    private final List<Thread> senders = new ArrayList<>();
    private final CountDownLatch first;

    private Deliveries(int after, int count) {
        this.runs = new AtomicInteger(after);
        this.first = new CountDownLatch(count);
    }

    /**
     * Returns when some were taken; the senders go on.
     *
     * @param after the number of the last build that was delivered before
     * @param count how many
     */
    static Deliveries flowInto(Instance instance, int after, int count) throws InterruptedException {
        Deliveries deliveries = new Deliveries(after, count);
        for (int i = 0; i < SENDERS; i++) {
            Thread sender = new Thread(() -> deliveries.send(instance));
            deliveries.senders.add(sender);
            sender.start();
        }
        assertThat(deliveries.first.await(60, TimeUnit.SECONDS)).isTrue();
        return deliveries;
    }

    private void send(Instance instance) {
        try {
            while (instance.deliver(runs.incrementAndGet()).statusCode() == ACCEPTED) {
                first.countDown();
            }
        } catch (Exception e) {
            // The instance has gone; what was not taken comes again.
        }
    }

    /** Waits until the instance takes no more, and returns the number of the last build that was sent, taken or not. */
    int awaitEnd() throws InterruptedException {
        for (Thread sender : senders) {
            sender.join();
        }
        return runs.get();
    }
}
