package dev.meerkat.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Producers that each write the next thing when the one before is acknowledged. */
final class ClosedLoop {
    private final List<Producer> producers = new ArrayList<>();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile boolean measuring;
    private volatile boolean over;

    private ClosedLoop() {}

    /** Writes once; returns when it is acknowledged. */
    @FunctionalInterface
    interface Write {
        void once(int producer, long number) throws Exception;
    }

    /** Measures, and reports acknowledged writes per second and microseconds per write. */
    static void measure(String name, int producers, Duration warmup, Duration measured, Write write, Figures figures)
            throws Exception {
        ClosedLoop loop = new ClosedLoop();
        for (int i = 0; i < producers; i++) {
            loop.producers.add(loop.new Producer(i, write));
        }
        loop.producers.forEach(Thread::start);
        TimeUnit.NANOSECONDS.sleep(warmup.toNanos());
        long start = System.nanoTime();
        loop.measuring = true;
        TimeUnit.NANOSECONDS.sleep(measured.toNanos());
        loop.measuring = false;
        long nanos = System.nanoTime() - start;
        loop.over = true;
        Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        for (Producer producer : loop.producers) {
            producer.join(TimeUnit.MINUTES.toMillis(1));
            latencies.add(producer.latencies);
        }
        if (loop.failure.get() != null) {
            throw loop.failure.get();
        }
        if (latencies.getTotalCount() == 0) {
            throw new IllegalStateException("nothing was acknowledged in time: " + name);
        }
        figures.add(name + "/rate", latencies.getTotalCount() * 1e9 / nanos);
        figures.add(name + "/p50", latencies.getValueAtPercentile(50) / 1e3);
        figures.add(name + "/p99", latencies.getValueAtPercentile(99) / 1e3);
    }

    private final class Producer extends Thread {
        private final int id;
        private final Write write;
        private final Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(1), 2);

        Producer(int id, Write write) {
            super("producer-" + id);
            this.id = id;
            this.write = write;
        }

        @Override
        public void run() {
            try {
                for (long number = 0; !over; number++) {
                    long start = System.nanoTime();
                    write.once(id, number);
                    if (measuring) {
                        latencies.recordValue(System.nanoTime() - start);
                    }
                }
            } catch (Exception e) {
                failure.compareAndSet(null, e);
            }
        }
    }
}
