package dev.meerkat.client.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.SessionId;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.internal.calls.FeedSink;
import dev.meerkat.client.internal.rest.RestAddress;
import dev.meerkat.client.internal.rest.RestCalls;
import dev.meerkat.client.internal.rest.RestSettings;
import dev.meerkat.client.internal.wire.ReadEvent;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Clients for tests of faults. */
final class RestClients {
    static final SessionId SESSION = SessionId.of("01900000-0000-7000-8000-000000000001");

    /** Long enough for a slow machine, wherever a timeout is not what is tested. */
    static final ClientTimeouts PATIENT = new ClientTimeouts(
            Duration.ofSeconds(20), Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(30));

    /** Messages of 64 KiB, so that a flood is over soon. */
    static final ClientLimits LIMITS = ClientLimits.defaults().withMessageBytes(64 << 10);

    private RestClients() {}

    static RestCalls connect(RestRawServer server) throws InterruptedException {
        return connect(server.uri(), PATIENT, LIMITS);
    }

    static RestCalls connect(URI server, ClientTimeouts timeouts, ClientLimits limits) throws InterruptedException {
        AtomicInteger ids = new AtomicInteger();
        RestSettings settings = RestSettings.of(RestAddress.checked(server))
                .withTimeouts(timeouts)
                .withLimits(limits);
        return RestCalls.connect(settings, () -> "request-" + ids.incrementAndGet());
    }

    /** Keeps what a feed brings. */
    static class Sink implements FeedSink {
        private final BlockingQueue<ReadEvent> events = new LinkedBlockingQueue<>();
        private final AtomicLong dropped = new AtomicLong();
        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

        @Override
        public void event(ReadEvent event) {
            events.add(event);
        }

        @Override
        public void dropped(long count) {
            dropped.addAndGet(count);
        }

        @Override
        public void ended(boolean lost) {
            ended.complete(lost);
        }

        ReadEvent next() throws InterruptedException {
            ReadEvent event = events.poll(20, TimeUnit.SECONDS);
            assertThat(event).as("an event in time").isNotNull();
            return event;
        }

        int waiting() {
            return events.size();
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
}
