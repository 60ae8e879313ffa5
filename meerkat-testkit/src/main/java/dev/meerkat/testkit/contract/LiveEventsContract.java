package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.testkit.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What those who watch see of a running turn, and what a slow one is told instead. */
@Requires(Capability.EVENT_REPLAY)
@Needs({Detail.SCRIPTED_AGENT, Detail.LIVE_EVENTS})
public abstract class LiveEventsContract extends ContractChapter {
    private static final int FLOOD = 5 * MeerkatFixture.LIVE_EVENTS;

    /** For subclasses. */
    protected LiveEventsContract() {}

    @Test
    public void aWatcherSeesTheAnswerGrowAndToolsBegin() throws Exception {
        Session session = idle("a");
        Json arguments = Json.parse("{\"at\":1}");
        fixture().agent(turn -> {
            turn.emit("a");
            turn.tool("look", arguments, key -> Json.NULL);
            turn.emit("b");
            return "ab";
        });
        Cursor end = session.snapshot().lastCursor().orElse(Cursor.START);
        try (EventStream stream = session.events(end)) {
            Turn turn = session.startTurn("work");

            List<SessionEvent> read = until(stream, SessionEvent.TurnCompleted.class);

            TurnId turnId = started(read);
            assertThat(completed(turn).turnId())
                    .isEqualTo(Optional.of(turnId).filter(id -> told(Detail.PROMPT_IDS)))
                    .isEqualTo(turn.turnId());
            List<SessionEvent.Live> live = read.stream()
                    .filter(SessionEvent.Live.class::isInstance)
                    .map(SessionEvent.Live.class::cast)
                    .toList();
            assertThat(live).hasSize(3);
            assertThat(live.get(0))
                    .isEqualTo(new SessionEvent.TextDelta(live.get(0).cursor(), turnId, "a"));
            assertThat(live.get(1))
                    .isEqualTo(new SessionEvent.ToolCallStarted(live.get(1).cursor(), turnId, "look", arguments));
            assertThat(live.get(2))
                    .isEqualTo(new SessionEvent.TextDelta(live.get(2).cursor(), turnId, "b"));
        }
    }

    @Test
    public void aLiveEventHasTheCursorOfALoggedOneSoThatResumingFromItIsRight() throws Exception {
        Session session = idle("a");
        Gate gate = gate();
        fixture().agent(turn -> {
            turn.emit("a");
            gate.pass();
            return "a";
        });
        Cursor end = session.snapshot().lastCursor().orElse(Cursor.START);
        Cursor resume;
        try (EventStream stream = session.events(end)) {
            session.startTurn("work");
            List<SessionEvent> read = until(stream, SessionEvent.TextDelta.class);
            resume = read.get(read.size() - 1).cursor();
            assertThat(resume)
                    .isEqualTo(session.snapshot().lastCursor().orElse(Cursor.START))
                    .isEqualTo(stream.position());
        }
        gate.open();

        try (EventStream stream = session.events(resume)) {
            List<Long> rest = until(stream, SessionEvent.TurnCompleted.class).stream()
                    .map(event -> event.cursor().sequence())
                    .toList();
            assertThat(rest).doesNotHaveDuplicates().allMatch(sequence -> sequence > resume.sequence());
            if (told(Detail.POSITIONS_WITHOUT_GAPS)) {
                assertThat(rest).startsWith(resume.sequence() + 1);
            }
        }
    }

    @Test
    public void aSlowReaderIsToldHowManyLiveEventsItMissed() throws Exception {
        Session session = idle("a");
        Gate gate = floodThenHold();
        try (EventStream slow = session.events(session.snapshot().lastCursor().orElse(Cursor.START))) {
            Turn turn = session.startTurn("work");
            gate.awaitReached(PATIENCE);
            gate.open();
            completed(turn);

            List<SessionEvent> read = until(slow, SessionEvent.TurnCompleted.class);

            long seen = read.stream()
                    .filter(SessionEvent.TextDelta.class::isInstance)
                    .count();
            List<Long> gaps = read.stream()
                    .filter(SessionEvent.Gap.class::isInstance)
                    .map(event -> ((SessionEvent.Gap) event).dropped().orElse(0))
                    .toList();
            assertThat(gaps.isEmpty()).isEqualTo(seen == FLOOD);
            if (told(Detail.GAP_COUNTS)) {
                assertThat(seen + gaps.stream().mapToLong(Long::longValue).sum())
                        .isEqualTo(FLOOD);
            }
            if (told(Detail.LIVE_BUFFER)) {
                assertThat(seen).isLessThanOrEqualTo(MeerkatFixture.LIVE_EVENTS);
                assertThat(gaps).isNotEmpty().allMatch(count -> count > 0);
            }
        }
    }

    @Test
    public void aSlowReaderMissesNoLoggedEvent() throws Exception {
        Session session = idle("a");
        Gate gate = floodThenHold();
        Cursor end = session.snapshot().lastCursor().orElse(Cursor.START);
        try (EventStream slow = session.events(end)) {
            Turn turn = session.startTurn("work");
            gate.awaitReached(PATIENCE);
            gate.open();
            completed(turn);

            List<SessionEvent> logged = until(slow, SessionEvent.TurnCompleted.class).stream()
                    .filter(event -> !(event instanceof SessionEvent.Live))
                    .toList();

            assertThat(logged).isEqualTo(Seen.log(session, end));
        }
    }

    @Test
    public void whoComesLateGetsWhatWasSaidBeforeAsOnePieceAtMost() throws Exception {
        Session session = idle("a");
        Gate gate = floodThenHold();
        Turn turn = session.startTurn("work");
        gate.awaitReached(PATIENCE);
        try (EventStream late = session.events(Cursor.START)) {
            gate.open();
            completed(turn);

            assertThat(until(late, SessionEvent.TurnCompleted.class, 2))
                    .filteredOn(SessionEvent.Live.class::isInstance)
                    .hasSizeLessThanOrEqualTo(1)
                    .allMatch(SessionEvent.TextDelta.class::isInstance);
        }
    }

    private static TurnId started(List<SessionEvent> read) {
        return read.stream()
                .filter(SessionEvent.TurnStarted.class::isInstance)
                .map(event -> ((SessionEvent.TurnStarted) event).turnId())
                .findFirst()
                .orElseThrow();
    }

    private Gate floodThenHold() {
        Gate gate = gate();
        fixture().agent(turn -> {
            for (int i = 0; i < FLOOD; i++) {
                turn.emit("x");
            }
            gate.pass();
            return "x".repeat(FLOOD);
        });
        return gate;
    }

    private static List<SessionEvent> until(EventStream stream, Class<? extends SessionEvent> last)
            throws InterruptedException {
        return until(stream, last, 1);
    }

    /** Reads up to and with the nth event of a type. */
    private static List<SessionEvent> until(EventStream stream, Class<? extends SessionEvent> last, int nth)
            throws InterruptedException {
        List<SessionEvent> read = new ArrayList<>();
        int found = 0;
        while (found < nth) {
            SessionEvent event = stream.next(PATIENCE)
                    .orElseThrow(() -> new AssertionError("no " + last.getSimpleName() + " after " + read));
            read.add(event);
            found += last.isInstance(event) ? 1 : 0;
        }
        return read;
    }
}
