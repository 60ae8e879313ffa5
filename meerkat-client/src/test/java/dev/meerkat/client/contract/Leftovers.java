package dev.meerkat.client.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** Looks for threads that should have ended. */
final class Leftovers {
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private Leftovers() {}

    /** Waits, within a bound, until no thread of a client is left. */
    static void assertNone() throws InterruptedException {
        long deadline = System.nanoTime() + MOST_NANOS;
        List<Thread> left = threads();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            left.get(0).join(100);
            left = threads();
        }
        assertThat(left).as("threads of a closed client").isEmpty();
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("meerkat-client"))
                .filter(Thread::isAlive)
                .toList();
    }
}
