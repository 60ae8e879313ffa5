package dev.meerkat.client.fake;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/** Runs turns when a test says so, on the test's own thread. Not thread-safe. */
final class ManualRuns implements Executor {
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    @Override
    public void execute(Runnable run) {
        waiting.add(run);
    }

    void all() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }
}
