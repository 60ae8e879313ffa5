package dev.meerkat.langchain4j;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** What all models share: one client for each time limit of connecting, its threads, and a timer. Daemons, never closed. */
final class SharedHttp {
    private static final Map<Duration, HttpClient> CLIENTS = new ConcurrentHashMap<>();

    /** One for each answer that is being streamed, so there are at most as many as calls of models. */
    static final ExecutorService THREADS = Executors.newCachedThreadPool(daemons("meerkat-model-"));

    static final ScheduledExecutorService TIMER =
            Executors.newSingleThreadScheduledExecutor(daemons("meerkat-model-timer-"));

    private SharedHttp() {}

    /** HTTP/1.1: over plain HTTP, asking for more confuses some servers, and a connection is one call that closing it ends. */
    static HttpClient client(Duration connectTimeout) {
        return CLIENTS.computeIfAbsent(
                connectTimeout,
                timeout -> HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(timeout)
                        .executor(THREADS)
                        .build());
    }

    static ThreadFactory daemons(String name) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
