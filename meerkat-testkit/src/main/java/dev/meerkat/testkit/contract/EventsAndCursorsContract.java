package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Reply;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.Turn;
import dev.meerkat.testkit.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The event log: every state change, numbered without gaps, readable again from any cursor. */
@Requires(Capability.EVENT_REPLAY)
public abstract class EventsAndCursorsContract extends ContractChapter {
    /** For subclasses. */
    protected EventsAndCursorsContract() {}

    @Test
    @Needs(Detail.SCRIPTED_AGENT)
    public void everyStateChangeHasItsEventAndCursorsCountFromOneWithoutGaps() throws Exception {
        Session session = busyLife();

        List<SessionEvent> log = Seen.log(session);

        assertThat(log)
                .extracting(event -> event.cursor().sequence())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, log.size()).boxed().toList());
        assertThat(log.get(0))
                .isInstanceOfSatisfying(
                        SessionEvent.Lifecycle.class,
                        event -> assertThat(event.phase()).isEqualTo(SessionEvent.Lifecycle.Phase.CREATED));
        assertThat(log)
                .extracting(event -> event.getClass().getSimpleName())
                .contains(
                        "InputAdmitted",
                        "InputStaged",
                        "InputConsumed",
                        "TurnStarted",
                        "TurnCompleted",
                        "ToolCalled",
                        "PeerSent",
                        "ReplyReceived",
                        "TurnInterrupted");
    }

    @Test
    public void resumingAfterAnyCursorGivesTheRestOfTheSameLog() throws Exception {
        Session session = life();
        List<SessionEvent> log = Seen.log(session);
        assertThat(log).hasSizeGreaterThan(5);

        for (long after = 0;
                after <= session.snapshot().lastCursor().orElse(Cursor.START).sequence();
                after++) {
            Cursor cursor = new Cursor(after);
            List<SessionEvent> rest = log.stream()
                    .filter(event -> event.cursor().compareTo(cursor) > 0)
                    .toList();
            assertThat(Seen.log(session, cursor)).isEqualTo(rest);
        }
    }

    @Test
    public void theLogIsTheSameAfterARestart() throws Exception {
        Session session = life();
        List<SessionEvent> log = Seen.log(session);

        fixture().restart();

        assertThat(Seen.log(again(session))).isEqualTo(log);
    }

    @Test
    @Needs(Detail.CRASH)
    public void theLogIsTheSameAfterACrash() throws Exception {
        Session session = life();
        List<SessionEvent> log = Seen.log(session);

        fixture().restart();
        fixture().crash();

        assertThat(Seen.log(again(session), log.get(2).cursor())).isEqualTo(log.subList(3, log.size()));
    }

    @Test
    @Requires(Capability.REPLY_HANDLES)
    public void theSnapshotNamesTheNewestCursorWhateverKindOfEventItIs() throws Exception {
        Session a = idle("a");
        Session b = idle("b");

        Reply reply = a.request(CommsCommand.PeerRequest.to("b", "sum", Json.NULL));
        Cursor sent = watch(a).await(SessionEvent.PeerSent.class).cursor();
        assertThat(a.snapshot().lastCursor().orElse(Cursor.START)).isEqualTo(sent);

        b.send(CommsCommand.PeerResponse.completed(PeerRef.named("a"), reply.requestId(), Json.NULL));
        Cursor replied = watch(a).await(SessionEvent.ReplyReceived.class).cursor();
        assertThat(a.snapshot().lastCursor().orElse(Cursor.START)).isEqualTo(replied);
        a.events(replied).close();

        a.archive();
        assertThat(a.snapshot().lastCursor().orElse(Cursor.START)).isEqualTo(new Cursor(replied.sequence() + 1));
    }

    @Test
    public void aWaitingReaderIsToldWhatHappens() throws Exception {
        Session session = idle("a");
        Cursor end = session.snapshot().lastCursor().orElse(Cursor.START);
        try (EventStream stream = session.events(end)) {
            assertThat(stream.next(Duration.ZERO)).isEmpty();
            Future<Optional<SessionEvent>> next = async(() -> stream.next(PATIENCE));

            session.send(CommsCommand.Input.of("work"));

            SessionEvent event =
                    next.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).orElseThrow();
            if (told(Detail.INPUT_EVENTS)) {
                assertThat(Seen.text(((SessionEvent.InputAdmitted) event).input()))
                        .isEqualTo("work");
            } else {
                assertThat(event).isInstanceOf(SessionEvent.TurnStarted.class);
            }
            assertThat(stream.position()).isEqualTo(event.cursor());
        }
    }

    @Test
    public void thePositionIsThatOfTheNewestEventThatWasRead() throws Exception {
        Session session = life();
        Cursor second = Seen.log(session).get(1).cursor();
        try (EventStream stream = session.events(second)) {
            assertThat(stream.position()).isEqualTo(second);
            for (int i = 0; i < 2; i++) {
                Cursor before = stream.position();
                SessionEvent event = stream.next(PATIENCE).orElseThrow();
                assertThat(stream.position()).isEqualTo(event.cursor()).isGreaterThan(before);
            }
        }
    }

    @Test
    @Needs(Detail.INPUT_EVENTS)
    public void readersDoNotTakeEventsFromEachOther() throws Exception {
        Session session = idle("a");
        Watch first = watch(session);
        Watch second = watch(session);

        session.send(CommsCommand.Input.of("work"));

        assertThat(first.completed(first.admitted("work").input().id()))
                .isEqualTo(second.completed(second.admitted("work").input().id()));
        assertThat(first.seen()).isEqualTo(second.seen());
    }

    @Test
    public void aCursorAheadOfTheLogIsRefused() throws Exception {
        Session session = idle("a");
        Cursor ahead =
                new Cursor(session.snapshot().lastCursor().orElse(Cursor.START).sequence() + 1);

        assertThatExceptionOfType(InvalidFieldException.class)
                .isThrownBy(() -> session.events(ahead))
                .withMessageContaining(ahead.toString())
                .satisfies(refusal -> assertThat(refusal.field()).isEqualTo("after"));
    }

    @Test
    public void theStreamEndsAfterTheArchiving() throws Exception {
        Session session = idle("a");
        try (EventStream stream = session.events(Cursor.START)) {
            int before = Seen.log(session).size();
            session.archive();
            assertThat(stream.ended()).isFalse();
            List<SessionEvent> read = new ArrayList<>();
            for (Optional<SessionEvent> next = stream.next(PATIENCE); next.isPresent(); next = stream.next(PATIENCE)) {
                if (!(next.get() instanceof SessionEvent.Live)) {
                    read.add(next.get());
                }
            }

            assertThat(stream.ended()).isTrue();
            if (told(Detail.LIFECYCLE_EVENTS)) {
                assertThat(read).isEqualTo(Seen.log(session)).hasSize(before + 1);
            } else {
                assertThat(read).hasSize(before);
            }
            assertThat(stream.next(PATIENCE)).isEmpty();
        }
    }

    @Test
    public void closingTheStreamWakesItsReader() throws Exception {
        Session session = idle("a");
        EventStream stream = session.events(session.snapshot().lastCursor().orElse(Cursor.START));
        Future<Optional<SessionEvent>> next = async(() -> stream.next(PATIENCE.multipliedBy(6)));

        stream.close();
        stream.close();

        assertThat(next.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isEmpty();
        assertThat(stream.ended()).isTrue();
        assertThat(handled(session, "still alive")).isEqualTo("ok");
    }

    @Test
    public void closingTheMeerkatWakesAReader() throws Exception {
        Session session = idle("a");
        try (EventStream stream = session.events(session.snapshot().lastCursor().orElse(Cursor.START))) {
            Future<Optional<SessionEvent>> next = async(() -> stream.next(PATIENCE.multipliedBy(6)));

            meerkat().close();

            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> next.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                    .withCauseInstanceOf(MeerkatClosedException.class);
        }
    }

    /** A session that has lived through as much as can be brought about, and is idle now. */
    private Session life() throws Exception {
        if (told(Detail.SCRIPTED_AGENT) && told(Detail.INPUT_EVENTS)) {
            return busyLife();
        }
        Session session = idle("a");
        handled(session, "work");
        completed(session.startTurn("more"));
        // The log of a server may follow what it tells of.
        try (EventStream stream = session.events(Cursor.START)) {
            for (int ends = 0; ends < 3; ) {
                SessionEvent event = stream.next(PATIENCE).orElseThrow();
                ends += event instanceof SessionEvent.TurnCompleted ? 1 : 0;
            }
        }
        return session;
    }

    /** A session that has lived through most of what can happen, and is idle now. */
    private Session busyLife() throws Exception {
        Session session = idle("a");
        Session peer = idle("b");
        session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL));
        watch(session).completed(watch(session).admitted("push").input().id());
        Reply reply = session.request(CommsCommand.PeerRequest.to("b", "sum", Json.NULL));
        peer.send(CommsCommand.PeerResponse.completed(PeerRef.named("a"), reply.requestId(), Json.NULL));
        Gate gate = gate();
        fixture().agent(turn -> {
            if (!Seen.texts(turn.inputs()).contains("work")) {
                return Seen.ECHO.answer(turn);
            }
            turn.tool("look", Json.NULL, key -> Json.EMPTY_OBJECT);
            turn.comms().send(CommsCommand.PeerMessage.to("b", "seen"));
            turn.safePoint();
            gate.pass();
            return "never said";
        });
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);
        session.interrupt();
        ended(turn);
        fixture().agent(Seen.ECHO);
        handled(session, "more");
        return session;
    }
}
