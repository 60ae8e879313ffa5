package dev.meerkat.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ClientTimeouts;
import dev.meerkat.client.internal.calls.FeedSink;
import dev.meerkat.client.internal.calls.LiveFeed;
import dev.meerkat.client.internal.wire.ReadEvent;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.ValueForm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Streams of a server that tells its log as it is. */
class ApiEventStreamTest {
    private static final TurnId TURN = new TurnId(new UUID(1, 2));

    /** By the clock of the test, which goes a second on each time that it is asked. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    private final AtomicLong seconds = new AtomicLong();
    private final List<FeedSink> sinks = new CopyOnWriteArrayList<>();
    private final List<@Nullable Cursor> opened = new ArrayList<>();
    /** What a feed brings as soon as it is open. */
    private final List<Runnable> whenOpened = new ArrayList<>();

    private final NoCalls server = new NoCalls() {
        @Override
        public LiveFeed feed(SessionId session, @Nullable Cursor after, FeedSink sink) {
            sinks.add(sink);
            opened.add(after);
            whenOpened.forEach(Runnable::run);
            return () -> {};
        }
    };

    private EventStream stream(ClientLimits limits, boolean fromNow, Cursor position) throws InterruptedException {
        RemoteContext context = new RemoteContext(
                server,
                ClientTimeouts.defaults(),
                limits,
                false,
                () -> Duration.ofSeconds(seconds.incrementAndGet()).toNanos(),
                new SplittableRandom(1),
                new Closing());
        return ApiEventStream.open(context, NoCalls.SESSION, fromNow, position);
    }

    private static SessionEvent started(long cursor) {
        return new SessionEvent.TurnStarted(new Cursor(cursor), Instant.EPOCH, TURN, 1);
    }

    private void happens(SessionEvent event) {
        sinks.get(sinks.size() - 1)
                .event(new ReadEvent("", 0, 0, "", ApiCall.write(out -> ValueForm.write(out, event))));
    }

    private static SessionEvent next(EventStream stream) throws InterruptedException {
        return stream.next(PATIENCE).orElseThrow();
    }

    @Test
    void eventsAreAsTheyAreInTheLogUntilTheSessionEnds() throws Exception {
        SessionEvent live = new SessionEvent.TextDelta(new Cursor(8), TURN, "half \ud83d");
        SessionEvent end =
                new SessionEvent.Lifecycle(new Cursor(9), Instant.EPOCH, SessionEvent.Lifecycle.Phase.ARCHIVED);
        try (EventStream stream = stream(ClientLimits.defaults(), false, new Cursor(7))) {
            List.of(started(8), live, end).forEach(this::happens);

            assertThat(next(stream)).isEqualTo(started(8));
            assertThat(next(stream)).isEqualTo(live);
            assertThat(stream.ended()).isFalse();
            assertThat(next(stream)).isEqualTo(end);
            assertThat(stream.ended()).isTrue();
            assertThat(stream.position()).isEqualTo(new Cursor(9));
            assertThat(stream.next(PATIENCE)).isEmpty();
        }
    }

    @Test
    void aLostFeedGoesOnBehindWhatWasRead() throws Exception {
        try (EventStream stream = stream(ClientLimits.defaults(), true, new Cursor(7))) {
            happens(started(8));
            assertThat(next(stream)).isEqualTo(started(8));
            sinks.get(0).ended(true);
            whenOpened.add(() -> happens(started(9)));

            assertThat(next(stream)).isEqualTo(started(9));
            assertThat(opened).containsExactly(null, new Cursor(8));
        }
    }

    @Test
    void whatAReaderIsTooSlowForIsReadAgain() throws Exception {
        ClientLimits limits = ClientLimits.defaults().withBufferedEvents(2);
        try (EventStream stream = stream(limits, false, Cursor.START)) {
            List.of(started(1), started(2), started(3), started(4)).forEach(this::happens);

            assertThat(next(stream)).isEqualTo(started(1));
            assertThat(next(stream)).isEqualTo(started(2));
            assertThat(next(stream)).isEqualTo(new SessionEvent.Gap(new Cursor(2), OptionalLong.empty()));
            whenOpened.add(() -> List.of(started(3), started(4)).forEach(this::happens));
            assertThat(next(stream)).isEqualTo(started(3));
            assertThat(next(stream)).isEqualTo(started(4));
            assertThat(opened).containsExactly(Cursor.START, new Cursor(2));
        }
    }

    @Test
    void anEventThatCannotBeToldIsAGapAndNotAskedForAgainAndAgain() throws Exception {
        try (EventStream stream = stream(ClientLimits.defaults(), false, Cursor.START)) {
            sinks.get(0).dropped(1);
            assertThat(next(stream)).isEqualTo(new SessionEvent.Gap(Cursor.START, OptionalLong.empty()));
            whenOpened.add(() -> {
                sinks.get(1).dropped(1);
                happens(started(2));
            });

            assertThat(next(stream)).isEqualTo(new SessionEvent.Gap(Cursor.START, OptionalLong.of(1)));
            assertThat(next(stream)).isEqualTo(started(2));
            assertThat(opened).hasSize(2);
        }
    }
}
