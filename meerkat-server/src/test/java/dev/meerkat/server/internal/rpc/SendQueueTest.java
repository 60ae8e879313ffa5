package dev.meerkat.server.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.server.internal.calls.SendMemory;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SendQueueTest {
    private static final int LARGE = 3 << 20;

    private final SendQueue outbox = new SendQueue(10, SendMemory.ofHeap(), () -> {});

    private void settle(int length) {
        outbox.owe();
        outbox.settle(new byte[length], () -> "refused".getBytes(StandardCharsets.UTF_8));
    }

    private long written() throws InterruptedException {
        long bytes = 0;
        for (SendQueue.Batch batch = outbox.take(); batch != null; batch = outbox.take()) {
            bytes += batch.pieces().stream().mapToLong(piece -> piece.length).sum();
            batch.done();
        }
        return bytes;
    }

    @Test
    void largeAnswersThatNobodyReadsAreRefusedWhenThereAreMany() throws Exception {
        for (int i = 0; i < 200; i++) {
            settle(LARGE);
        }
        settle(100);
        outbox.finish();

        assertThat(written()).isEqualTo(3L * LARGE + 197 * "refused".length() + 100);
    }

    @Test
    void aSmallAnswerAlwaysHasAPlace() throws Exception {
        for (int i = 0; i < 20; i++) {
            settle(1 << 20);
        }
        outbox.finish();

        assertThat(written()).isEqualTo(20L << 20);
    }

    @Test
    void whatIsOwedIsWaitedForAfterTheLastCall() throws Exception {
        outbox.owe();
        outbox.finish();
        Thread answering = new Thread(() -> outbox.settle(new byte[7], () -> new byte[0]));
        answering.start();

        assertThat(written()).isEqualTo(7);
        answering.join();
    }

    @Test
    void whatComesAfterTheEndIsNoLackOfRoom() {
        SendMemory memory = SendMemory.ofHeap();
        AtomicInteger overflows = new AtomicInteger();
        SendQueue ended = new SendQueue(10, memory, overflows::incrementAndGet);
        ended.close();

        ended.add(new byte[7]);
        ended.last(new byte[7], () -> {});

        assertThat(overflows).hasValue(0);
    }
}
