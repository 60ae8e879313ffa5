package dev.meerkat.client.internal;

import static dev.meerkat.client.internal.FedServer.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.client.ClientLimits;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.client.internal.calls.FeedSink;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Streams over feeds that fail. */
class EventStreamsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final FedServer server = new FedServer();

    private EventStream live(RemoteContext context) throws InterruptedException {
        return new RemoteSessionHandle(context, NoCalls.SESSION, null, null).eventsFromNow();
    }

    private static String next(EventStream stream) throws InterruptedException {
        SessionEvent event = stream.next(PATIENCE).orElseThrow();
        if (event instanceof SessionEvent.Gap gap) {
            return "gap of " + gap.dropped().orElse(0) + " at " + gap.cursor();
        }
        return ((SessionEvent.Unrecognized) event).type();
    }

    @Test
    void liveEventsComeInOrderAndMoveThePosition() throws Exception {
        try (EventStream stream = live(server.context())) {
            server.newest().event(event(7));
            server.newest().event(event(8));

            assertThat(next(stream)).isEqualTo("event-7");
            assertThat(stream.position()).isEqualTo(new Cursor(7));
            assertThat(next(stream)).isEqualTo("event-8");
            assertThat(stream.next(Duration.ZERO)).isEmpty();
        }
        assertThat(server.closed).isEqualTo(1);
    }

    @Test
    void aDroppedFeedIsOpenedAgainAndTheDropIsAGap() throws Exception {
        try (EventStream stream = live(server.context())) {
            server.newest().event(event(7));
            server.newest().ended(true);
            assertThat(next(stream)).isEqualTo("event-7");

            assertThat(next(stream)).isEqualTo("gap of 0 at 7");

            assertThat(server.sinks).hasSize(2);
            server.newest().event(event(12));
            assertThat(next(stream)).isEqualTo("event-12");
        }
    }

    @Test
    void whatAReplacedFeedStillBringsIsNotHeard() throws Exception {
        try (EventStream stream = live(server.context())) {
            FeedSink old = server.newest();
            old.ended(true);
            assertThat(next(stream)).isEqualTo("gap of 0 at 0");

            old.event(event(1));
            old.ended(false);
            server.newest().event(event(2));

            assertThat(next(stream)).isEqualTo("event-2");
            assertThat(stream.ended()).isFalse();
        }
    }

    @Test
    void aSlowReaderLosesTheNewestAndIsToldHowMany() throws Exception {
        try (EventStream stream = live(server.context(ClientLimits.defaults().withBufferedEvents(2)))) {
            for (int i = 1; i <= 5; i++) {
                server.newest().event(event(i));
            }

            assertThat(next(stream)).isEqualTo("event-1");
            assertThat(next(stream)).isEqualTo("event-2");
            assertThat(next(stream)).isEqualTo("gap of 3 at 2");
            server.newest().event(event(6));
            assertThat(next(stream)).isEqualTo("event-6");
        }
    }

    @Test
    void whatTheServerLeavesOutIsAGap() throws Exception {
        try (EventStream stream = live(server.context())) {
            server.newest().event(event(1));
            server.newest().dropped(4);
            server.newest().event(event(6));

            assertThat(next(stream)).isEqualTo("event-1");
            assertThat(next(stream)).isEqualTo("gap of 4 at 1");
            assertThat(next(stream)).isEqualTo("event-6");
        }
    }

    @Test
    void theEndOfTheSessionEndsTheStreamAfterItsLastEvent() throws Exception {
        try (EventStream stream = live(server.context())) {
            server.newest().event(event(1));
            server.archived = true;
            server.newest().ended(false);

            assertThat(stream.ended()).isFalse();
            assertThat(next(stream)).isEqualTo("event-1");
            assertThat(stream.next(PATIENCE)).isEmpty();
            assertThat(stream.ended()).isTrue();
        }
    }

    @Test
    void aFeedThatEndsWithTheSessionUnloadedIsOpenedAgain() throws Exception {
        try (EventStream stream = live(server.context())) {
            server.newest().event(event(1));
            server.newest().ended(false);

            assertThat(next(stream)).isEqualTo("event-1");
            assertThat(next(stream)).isEqualTo("gap of 0 at 1");
            assertThat(stream.ended()).isFalse();
        }
    }

    @Test
    void aServerThatStaysAwayIsAnErrorInTheEnd() throws Exception {
        try (EventStream stream = live(server.context())) {
            server.gone = true;
            server.newest().ended(true);

            assertThatThrownBy(() -> stream.next(PATIENCE)).isInstanceOf(ServerUnreachableException.class);

            server.gone = false;
            assertThat(next(stream)).isEqualTo("gap of 0 at 0");
        }
    }

    @Test
    void aClosedClientEndsTheWait() throws Exception {
        RemoteContext context = server.context();
        try (EventStream stream = live(context)) {
            assertThat(context.closing().close()).isTrue();

            assertThatThrownBy(() -> stream.next(PATIENCE)).isInstanceOf(MeerkatClosedException.class);
        }
    }

    @Test
    void loggedEventsAreReadFromTheLogOnlyAndOnce() throws Exception {
        server.keepsLog = true;
        for (int i = 1; i <= 5; i++) {
            server.logged.add(event(i));
        }
        try (EventStream stream =
                new RemoteSessionHandle(server.context(), NoCalls.SESSION, null, null).events(new Cursor(1))) {
            for (int i = 2; i <= 5; i++) {
                assertThat(next(stream)).isEqualTo("event-" + i);
            }
            server.newest().event(event(6));
            assertThat(stream.next(Duration.ZERO)).isEmpty();
            server.logged.add(event(6));
            assertThat(next(stream)).isEqualTo("event-6");
        }
    }

    @Test
    void aLostConnectionLosesNothingOfALog() throws Exception {
        server.keepsLog = true;
        try (EventStream stream =
                new RemoteSessionHandle(server.context(), NoCalls.SESSION, null, null).events(Cursor.START)) {
            server.newest().ended(true);
            server.logFails = true;
            server.logged.add(event(1));
            server.logged.add(event(2));

            assertThat(next(stream)).isEqualTo("event-1");
            assertThat(next(stream)).isEqualTo("event-2");
        }
    }

    @Test
    void aLogIsReadToItsEndAlsoAfterTheFeedHasEnded() throws Exception {
        server.keepsLog = true;
        try (EventStream stream =
                new RemoteSessionHandle(server.context(), NoCalls.SESSION, null, null).events(Cursor.START)) {
            server.logged.add(event(1));
            server.archived = true;
            server.newest().ended(false);

            assertThat(next(stream)).isEqualTo("event-1");
            assertThat(stream.next(PATIENCE)).isEmpty();
            assertThat(stream.ended()).isTrue();
        }
    }
}
