package dev.meerkat.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** The threads that drive a system, each with its own part of the senders. */
final class Clients implements AutoCloseable {
    private final ExecutorService threads;
    private final MessageSystem system;
    private final Ledger ledger;
    private final List<int[]> parts = new ArrayList<>();

    Clients(int count, MessageSystem system, Ledger ledger) {
        this.threads = Executors.newFixedThreadPool(count);
        this.system = system;
        this.ledger = ledger;
        for (int client = 0; client < count; client++) {
            int first = client;
            parts.add(IntStream.range(0, ledger.senders())
                    .filter(sender -> sender % count == first)
                    .toArray());
        }
    }

    /** Sends that many messages of each sender; returns when all are consumed, with the refusals. */
    long batch(int perSender) throws Exception {
        long before = ledger.begin(perSender);
        List<Future<Long>> running = new ArrayList<>();
        for (int[] part : parts) {
            running.add(threads.submit(() -> system.send(part, before, perSender)));
        }
        long refused = 0;
        for (Future<Long> client : running) {
            refused += client.get(60, TimeUnit.SECONDS);
        }
        ledger.await();
        return refused;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        system.close();
    }
}
