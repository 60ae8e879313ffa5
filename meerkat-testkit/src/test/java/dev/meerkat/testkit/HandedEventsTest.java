package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.ReadyEventStream;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream whose reader knows the whole log is handed new inputs; the store is read only by who is behind. */
@Timeout(60)
class HandedEventsTest {
    private static final Duration LONGER_THAN_THE_TEST = Duration.ofHours(1);

    private final AtomicInteger reads = new AtomicInteger();
    private final Gate speaks = Gate.named("speaks");
    private final Meerkat meerkat = MeerkatRuntime.of(turn -> {
                if (turn.inputs().stream()
                        .anyMatch(input -> input.body() instanceof InputBody.Prompt prompt
                                && prompt.text().equals("Go."))) {
                    speaks.pass();
                    turn.emit("x");
                }
                return "ok";
            })
            .store(new CountingStore(MemoryStore.create()))
            .open();
    private Session session;
    private EventStream stream;
    private Runnable beforeRead = () -> {};
    private Runnable afterRead = () -> {};

    /** Counts the pages of events that are read. */
    private final class CountingStore extends StoreWrapper {
        CountingStore(SessionStore inner) {
            super(inner);
        }

        @Override
        <T> CompletionStage<T> write(Supplier<CompletionStage<T>> write) {
            return write.get();
        }

        @Override
        public List<SessionEvent> events(SessionId session, Cursor after, int limit) {
            reads.incrementAndGet();
            beforeRead.run();
            List<SessionEvent> read = super.events(session, after, limit);
            afterRead.run();
            return read;
        }
    }

    @BeforeEach
    void atTheEnd() throws InterruptedException {
        session = meerkat.create(SessionSpec.ofPrompt("Watch.").withDeferredStart());
        stream = session.events(Cursor.START);
        drain();
        reads.set(0);
    }

    @AfterEach
    void close() {
        speaks.open();
        stream.close();
        meerkat.close();
    }

    private void send(int from, int count) throws InterruptedException {
        for (int i = from; i < from + count; i++) {
            session.sendExternalEvent(ExternalEvent.genericJson("n", Json.parse(Integer.toString(i))));
        }
    }

    private List<SessionEvent> drain() throws InterruptedException {
        return drain(stream);
    }

    private static List<SessionEvent> drain(EventStream from) throws InterruptedException {
        List<SessionEvent> events = new ArrayList<>();
        for (Optional<SessionEvent> next = from.next(Duration.ZERO);
                next.isPresent();
                next = from.next(Duration.ZERO)) {
            events.add(next.get());
        }
        return events;
    }

    private List<SessionEvent> log(Cursor after) throws InterruptedException {
        try (EventStream again = session.events(after)) {
            return drain(again);
        }
    }

    @Test
    void newInputsAreHandedOverAsTheyStandInTheLog() throws InterruptedException {
        Cursor before = stream.position();
        List<SessionEvent> handed = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            send(i, 1);
            handed.addAll(drain());
        }
        assertThat(reads).hasValue(0);
        assertThat(handed).hasSize(20).isEqualTo(log(before));
    }

    @Test
    void aReaderThatFallsBehindReadsTheRest() throws InterruptedException {
        Cursor before = stream.position();
        send(0, 500);
        List<SessionEvent> all = drain();
        assertThat(reads.get()).isPositive();
        assertThat(all).hasSize(500).isEqualTo(log(before));
        reads.set(0);
        send(500, 3);
        assertThat(drain()).hasSize(3);
        assertThat(reads).hasValue(0);
    }

    @Test
    void inputsThatDoNotMatterToAListenerDoNotCallItAndAreReadWithTheNextThatDoes() throws InterruptedException {
        Cursor before = stream.position();
        AtomicInteger called = new AtomicInteger();
        ((ReadyEventStream) stream)
                .whenReady(called::incrementAndGet, input -> input.input().body() instanceof InputBody.Local);
        send(0, 40);
        assertThat(called).hasValue(0);
        session.send(CommsCommand.Input.of("now"));
        assertThat(called).hasValue(1);
        List<SessionEvent> read = drain();
        assertThat(read).hasSizeGreaterThan(40);
        assertThat(log(before)).startsWith(read.toArray(SessionEvent[]::new));
    }

    @Test
    void whatATurnAddsIsInItsPlace() throws InterruptedException {
        Cursor before = stream.position();
        send(0, 3);
        assertThat(session.startTurn("Go on.").await(Duration.ofSeconds(30))).isPresent();
        send(3, 3);
        assertThat(drain()).isEqualTo(log(before)).hasSizeGreaterThan(7);
    }

    /** Lets the running turn speak and end, once. */
    private Runnable end(Turn turn) {
        AtomicInteger times = new AtomicInteger();
        return () -> {
            if (times.getAndIncrement() == 0) {
                speaks.open();
                try {
                    assertThat(turn.await(Duration.ofSeconds(30))).isPresent();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        };
    }

    private void assertTold() throws InterruptedException {
        try (EventStream late = session.events(session.snapshot().lastCursor().orElseThrow())) {
            List<SessionEvent> told = drain(late);
            assertThat(told.get(0)).isInstanceOf(SessionEvent.TextDelta.class);
            assertThat(told).hasAtLeastOneElementOfType(SessionEvent.TurnCompleted.class);
        }
    }

    @Test
    void whatIsSaidBeforeTheStoreReadsIsToldBeforeWhatItReads() throws InterruptedException {
        Turn turn = session.startTurn("Go.");
        speaks.awaitReached(Duration.ofSeconds(30));
        beforeRead = end(turn);
        assertTold();
    }

    @Test
    void whatHappensAfterTheStoreHasReadNeedsNoOtherCall() throws InterruptedException {
        Turn turn = session.startTurn("Go.");
        speaks.awaitReached(Duration.ofSeconds(30));
        afterRead = end(turn);
        assertTold();
    }

    /** What comes while the reader reads a page wakes nobody, as nobody waits yet. */
    @Test
    void aStreamThatIsClosedDuringAReadEndsAtOnce() throws InterruptedException {
        try (EventStream read = session.events(session.snapshot().lastCursor().orElseThrow())) {
            afterRead = read::close;

            assertThat(read.next(LONGER_THAN_THE_TEST)).isEmpty();
            assertThat(read.ended()).isTrue();
        }
    }

    @Test
    void aMeerkatThatIsClosedDuringAReadIsToldAtOnce() throws InterruptedException {
        try (EventStream read = session.events(session.snapshot().lastCursor().orElseThrow())) {
            afterRead = meerkat::close;

            assertThatExceptionOfType(MeerkatClosedException.class).isThrownBy(() -> read.next(LONGER_THAN_THE_TEST));
        }
    }
}
