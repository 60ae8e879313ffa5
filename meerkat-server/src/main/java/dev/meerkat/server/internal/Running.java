package dev.meerkat.server.internal;

import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.server.RunningServer;
import dev.meerkat.server.internal.calls.Listener;
import dev.meerkat.server.internal.calls.SendMemory;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.methods.MeerkatCalls;
import dev.meerkat.server.internal.methods.ServerContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The listeners of one server. */
public final class Running implements RunningServer {
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Workers workers;
    private final List<Listener> listeners;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CountDownLatch end = new CountDownLatch(1);

    private Running(Workers workers, List<Listener> listeners) {
        this.workers = workers;
        this.listeners = listeners;
    }

    /** Opens all ways in, or none. */
    public static RunningServer start(ServerSettings settings) throws IOException {
        for (ListenerSpec entrance : settings.entrances()) {
            if (settings.token().isEmpty() && !entrance.isLocal()) {
                throw new InvalidFieldException(
                        "token", "null", "must be set to listen where other machines can connect: " + entrance.name());
            }
        }
        Workers workers =
                new Workers(settings.limits().pendingCalls() + settings.limits().streams());
        ServerContext shared = new ServerContext(
                new MeerkatCalls(
                        settings.meerkat(),
                        settings.realm(),
                        settings.line(),
                        settings.limits(),
                        workers,
                        settings.extended()),
                settings.limits(),
                workers,
                settings.tools(),
                SendMemory.ofHeap(),
                settings.token(),
                settings.webhookSecret(),
                settings.webhooks());
        Running running = new Running(workers, new ArrayList<>());
        try {
            for (ListenerSpec entrance : settings.entrances()) {
                Listener listener = entrance.opening().open(shared);
                running.listeners.add(listener);
                listener.ended().thenRun(running.end::countDown);
            }
            return running;
        } catch (IOException | RuntimeException e) {
            running.close();
            throw e;
        }
    }

    @Override
    public List<InetSocketAddress> addresses() {
        return listeners.stream().flatMap(l -> l.address().stream()).toList();
    }

    @Override
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        return end.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            listeners.forEach(listener -> listener.close(GRACE));
            workers.close();
            end.countDown();
        }
    }
}
