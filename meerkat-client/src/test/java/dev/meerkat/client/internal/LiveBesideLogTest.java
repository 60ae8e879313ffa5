package dev.meerkat.client.internal;

import static dev.meerkat.client.internal.FedServer.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.internal.wire.ReadEvent;
import dev.meerkat.wire.internal.WireJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of a server whose log leaves out what is live, which its feed has. */
class LiveBesideLogTest {
    private final FedServer server = new FedServer();
    private final AtomicLong clock = new AtomicLong();

    @BeforeEach
    void keepsLog() {
        server.keepsLog = true;
        server.liveBesideLog = true;
    }

    private EventStream stream(Cursor after) throws InterruptedException {
        return session(ClientLimits.defaults()).events(after);
    }

    private EventStream streamFromNow() throws InterruptedException {
        return session(ClientLimits.defaults()).eventsFromNow();
    }

    /** Next to no time passes but by the test. */
    private Session session(ClientLimits limits) {
        RemoteContext real = server.context(limits);
        RemoteContext context = new RemoteContext(
                server,
                real.timeouts(),
                limits,
                false,
                clock::incrementAndGet,
                new SplittableRandom(1),
                real.closing());
        return new RemoteSessionHandle(context, NoCalls.SESSION, null, null);
    }

    private static ReadEvent delta(long position, String text) {
        return event(position, WireJson.object().put("type", "text_delta").put("delta", text));
    }

    /** Logged, and told by the feed. */
    private void happens(long position) {
        server.logged.add(event(position));
        server.newest().event(event(position));
    }

    private static List<String> read(EventStream stream) throws InterruptedException {
        List<String> read = new ArrayList<>();
        Optional<SessionEvent> event = stream.next(Duration.ZERO);
        while (event.isPresent()) {
            read.add(said(event.get()) + " at " + event.get().cursor().sequence());
            event = stream.next(Duration.ZERO);
        }
        return read;
    }

    private static String said(SessionEvent event) {
        if (event instanceof SessionEvent.TextDelta delta) {
            return delta.delta();
        }
        return event instanceof SessionEvent.Gap gap
                ? "gap of " + gap.dropped().orElse(0)
                : ((SessionEvent.Unrecognized) event).type();
    }

    @Test
    void whatIsLiveComesInItsPlaceAlsoIfTheLogHasMore() throws Exception {
        try (EventStream stream = streamFromNow()) {
            happens(8);
            server.newest().event(delta(15, "a"));
            server.newest().event(delta(15, "b"));
            happens(16);
            server.newest().event(delta(23, "c"));

            assertThat(read(stream)).containsExactly("event-8 at 8", "a at 8", "b at 8", "event-16 at 16", "c at 16");
            assertThat(stream.position()).isEqualTo(new Cursor(16));
        }
    }

    @Test
    void theLogWaitsForAFeedThatIsSlower() throws Exception {
        try (EventStream stream = stream(Cursor.START)) {
            server.logged.add(event(8));
            server.logged.add(event(16));
            server.newest().event(event(8));
            assertThat(read(stream)).containsExactly("event-8 at 8");

            server.newest().event(delta(15, "a"));
            server.newest().event(event(16));
            assertThat(read(stream)).containsExactly("a at 8", "event-16 at 16");
        }
    }

    @Test
    void theLogDoesNotWaitForEverForAFeedThatIsSilent() throws Exception {
        try (EventStream stream = stream(Cursor.START)) {
            server.logged.add(event(8));
            assertThat(read(stream)).isEmpty();

            clock.addAndGet(Duration.ofSeconds(3).toNanos());
            assertThat(read(stream)).containsExactly("event-8 at 8");
        }
    }

    @Test
    void whatWasThereBeforeNeedsNoFeed() throws Exception {
        for (int i = 1; i <= 5; i++) {
            server.logged.add(event(8 * i));
        }
        try (EventStream stream = stream(new Cursor(8))) {
            assertThat(read(stream))
                    .containsExactly("event-16 at 16", "event-24 at 24", "event-32 at 32", "event-40 at 40");
        }
    }

    @Test
    void aLostFeedIsNoGapInTheLog() throws Exception {
        try (EventStream stream = stream(Cursor.START)) {
            happens(8);
            server.newest().ended(true);
            server.logged.add(event(16));
            server.logged.add(event(24));

            assertThat(read(stream)).containsExactly("event-8 at 8", "event-16 at 16", "event-24 at 24");
            assertThat(stream.next(Duration.ofNanos(1_000))).isEmpty();
            assertThat(server.sinks).hasSize(2);

            happens(32);
            server.newest().event(delta(39, "a"));
            assertThat(read(stream)).containsExactly("event-32 at 32", "a at 32");
        }
    }

    @Test
    void whatIsLiveIsNotTakenFromTheLogToo() throws Exception {
        ReadEvent call =
                event(8, WireJson.object().put("type", "tool_call_requested").put("name", "look"));
        try (EventStream stream = stream(Cursor.START)) {
            server.logged.add(call);
            server.newest().event(call);
            happens(9);

            assertThat(stream.next(Duration.ZERO).orElseThrow()).isInstanceOf(SessionEvent.ToolCallStarted.class);
            assertThat(read(stream)).containsExactly("event-9 at 9");
        }
        try (EventStream again = stream(Cursor.START)) {
            assertThat(read(again)).containsExactly("event-9 at 9");
        }
    }

    @Test
    void ofTooManyLiveEventsTheNumberIsTold() throws Exception {
        try (EventStream stream =
                session(ClientLimits.defaults().withBufferedEvents(3)).eventsFromNow()) {
            happens(8);
            for (String text : List.of("a", "b", "c", "d", "e")) {
                server.newest().event(delta(15, text));
            }
            happens(16);
            happens(24);

            assertThat(read(stream))
                    .containsExactly(
                            "event-8 at 8", "a at 8", "b at 8", "gap of 3 at 8", "event-16 at 16", "event-24 at 24");
        }
    }

    @Test
    void aGapOfLiveEventsKeepsWhatIsKnownOfTheLog() throws Exception {
        ReadEvent truncated = event(
                0,
                WireJson.object()
                        .put("type", "stream_truncated")
                        .set("reason", WireJson.object().put("dropped", 4)));
        try (EventStream stream = streamFromNow()) {
            happens(8);
            server.newest().event(truncated);
            happens(16);

            assertThat(read(stream)).containsExactly("event-8 at 8", "gap of 4 at 8", "event-16 at 16");
        }
    }

    @Test
    void theLogIsNotReadForWhatIsLive() throws Exception {
        try (EventStream stream = streamFromNow()) {
            happens(8);
            assertThat(read(stream)).hasSize(1);
            int reads = server.reads.get();

            for (int i = 0; i < 10; i++) {
                server.newest().event(delta(15, "x"));
            }
            assertThat(read(stream)).hasSize(10);
            assertThat(server.reads).hasValue(reads);
        }
    }
}
