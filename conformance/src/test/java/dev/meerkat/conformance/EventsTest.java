package dev.meerkat.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.NotSupportedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.client.RemoteMeerkat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Events as they come and by replay. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@MethodSource("dev.meerkat.conformance.Reached#all")
class EventsTest extends ServerTest {
    @Test
    void aStreamFollowsALaterTurn() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));

        try (EventStream events = session.eventsFromNow()) {
            completed(session.startTurn("hello"));

            assertThat(next(events, SessionEvent.TurnStarted.class).attempt()).isEqualTo(1);
            assertThat(next(events, SessionEvent.TextDelta.class).delta()).isEqualTo("ok");
            assertThat(next(events, SessionEvent.TurnCompleted.class).text()).isEqualTo("ok");
        }
    }

    @Test
    void eachClientHasItsOwnStreamOfASession() throws Exception {
        if (reached().access() == Reached.Access.STDIO) {
            // Two clients would be two servers.
            return;
        }
        RemoteMeerkat mine = client();
        RemoteMeerkat other = client();
        Session session = idle(mine, SessionSpec.ofPrompt("Say ok."));

        try (EventStream first = session.eventsFromNow();
                EventStream second = other.open(session.id()).eventsFromNow()) {
            completed(session.startTurn("hello"));

            // The server's own copies go to the newest connection only.
            assertThat(next(first, SessionEvent.TurnCompleted.class).text()).isEqualTo("ok");
            assertThat(next(second, SessionEvent.TurnCompleted.class).text()).isEqualTo("ok");
        }
    }

    @Test
    void whatHasHappenedIsReplayedInOrderWhereThereIsALog() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));
        completed(session.startTurn("hello"));
        if (reached().isRest()) {
            assertThatExceptionOfType(NotSupportedException.class).isThrownBy(() -> session.events(Cursor.START));
            return;
        }

        List<SessionEvent> replayed = upTo(session, Cursor.START, 12);

        assertThat(replayed)
                .extracting(event -> event.cursor().sequence())
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(replayed.get(0)).isInstanceOf(SessionEvent.TurnStarted.class);
        assertThat(replayed.get(11)).isInstanceOf(SessionEvent.TurnCompleted.class);
        assertThat(upTo(session, new Cursor(6), 6)).isEqualTo(replayed.subList(6, 12));
    }

    @Test
    void theLogOfAnArchivedSessionIsStillReadAndItsStreamEnds() throws Exception {
        Session session = idle(client(), SessionSpec.ofPrompt("Say ok."));
        if (reached().isRest()) {
            return;
        }
        session.archive();

        try (EventStream events = session.events(Cursor.START)) {
            assertThat(next(events, SessionEvent.TurnCompleted.class).text()).isEqualTo("ok");
            assertThat(events.next(PATIENCE)).isEmpty();
            assertThat(events.ended()).isTrue();
        }
    }

    private static List<SessionEvent> upTo(Session session, Cursor after, int count) throws InterruptedException {
        List<SessionEvent> read = new ArrayList<>();
        try (EventStream events = session.events(after)) {
            while (read.size() < count) {
                read.add(events.next(PATIENCE).orElseThrow(() -> new AssertionError("the log is too short: " + read)));
            }
        }
        return read;
    }
}
