package dev.meerkat.benchmarks;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends events of 1 MB to sessions in turn, at a steady rate, until it is stopped. */
final class LargeEvents {
    private static final int PAUSE_MILLIS = 100;

    private final EventPosts posts;
    private final List<String> sessions;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Map<String, Integer> sent = new HashMap<>();
    private final Thread thread = new Thread(this::run, "large-events");
    private volatile @Nullable Exception failure;

    LargeEvents(EventPosts posts, List<String> sessions) {
        this.posts = posts;
        this.sessions = sessions;
        thread.start();
    }

    private void run() {
        try {
            int next = 0;
            do {
                // Every second one goes to the session that half of the readers watch.
                String session = sessions.get(next % 2 == 0 ? 0 : next / 2 % sessions.size());
                posts.large(session);
                sent.merge(session, 1, Integer::sum);
                next++;
            } while (!stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (IOException | InterruptedException | IllegalStateException e) {
            failure = e;
        }
    }

    /** Waits for the last one. */
    void stop() throws InterruptedException {
        stop.countDown();
        thread.join();
        if (failure != null) {
            throw new IllegalStateException("a large event failed", failure);
        }
    }

    /** How many a session got; after the stop. */
    int sent(String session) {
        return sent.getOrDefault(session, 0);
    }
}
