package dev.meerkat.client.internal.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.client.internal.calls.FeedSink;
import dev.meerkat.client.internal.wire.ReadEvent;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps what a feed brings. */
class Sink implements FeedSink {
    private final List<ReadEvent> events = new CopyOnWriteArrayList<>();
    private final BlockingQueue<ReadEvent> arriving = new LinkedBlockingQueue<>();
    private final AtomicLong dropped = new AtomicLong();
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

    @Override
    public void event(ReadEvent event) {
        events.add(event);
        arriving.add(event);
    }

    @Override
    public void dropped(long count) {
        dropped.addAndGet(count);
    }

    @Override
    public void ended(boolean lost) {
        assertThat(ended.complete(lost)).as("ended is called once").isTrue();
    }

    List<String> types() {
        return events.stream().map(ReadEvent::type).toList();
    }

    ReadEvent next() throws InterruptedException {
        ReadEvent event = arriving.poll(20, TimeUnit.SECONDS);
        assertThat(event).as("an event in time").isNotNull();
        return event;
    }

    long dropped() {
        return dropped.get();
    }

    boolean isEnded() {
        return ended.isDone();
    }

    /** Whether the connection was lost. */
    boolean awaitEnd() throws Exception {
        return ended.get(20, TimeUnit.SECONDS);
    }
}
