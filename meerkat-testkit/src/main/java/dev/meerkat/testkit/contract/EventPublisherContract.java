package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Capabilities.Capability;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventPublisher;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The events of a session as a publisher: as many as asked for, in order, and a proper end. */
@Requires(Capability.EVENT_REPLAY)
public abstract class EventPublisherContract extends ContractChapter {
    private final ExecutorService executor = Executors.newCachedThreadPool();

    /** For subclasses. */
    protected EventPublisherContract() {}

    /** Ends what runs the subscribers. */
    @AfterEach
    public final void shutDown() {
        executor.shutdownNow();
    }

    @Test
    public void aSubscriberGetsAsManyEventsAsItAsksFor() throws Exception {
        Session session = idle("a");
        List<SessionEvent> log = replayed(session);
        Recorder recorder = subscribe(session, Cursor.START);

        recorder.request(2);
        assertThat(recorder.next()).isEqualTo(log.get(0));
        assertThat(recorder.next()).isEqualTo(log.get(1));
        // The third comes only after it was asked for, so nothing can stand before it.
        assertThat(recorder.signals).isEmpty();
        recorder.request(1);
        assertThat(recorder.next()).isEqualTo(log.get(2));
        recorder.cancel();
    }

    @Test
    public void aSubscriberGetsWhatHappensLaterToo() throws Exception {
        Session session = idle("a");
        Recorder recorder = subscribe(session, session.snapshot().lastCursor().orElse(Cursor.START));
        recorder.request(Long.MAX_VALUE);

        handled(session, "work");

        Object first = recorder.next();
        if (told(Detail.INPUT_EVENTS)) {
            assertThat(first)
                    .isInstanceOfSatisfying(
                            SessionEvent.InputAdmitted.class,
                            event -> assertThat(Seen.text(event.input())).isEqualTo("work"));
        } else {
            assertThat(first).isInstanceOf(SessionEvent.TurnStarted.class);
        }
        recorder.cancel();
    }

    @Test
    public void theEndOfTheSessionCompletesTheSubscription() throws Exception {
        Session session = idle("a");
        Recorder recorder = subscribe(session, Cursor.START);
        recorder.request(Long.MAX_VALUE);
        List<SessionEvent> before = replayed(session);

        session.archive();

        for (SessionEvent event : told(Detail.LIFECYCLE_EVENTS) ? replayed(session) : before) {
            assertThat(recorder.next()).isEqualTo(event);
        }
        assertThat(recorder.next()).isEqualTo("complete");
    }

    @Test
    public void theClosingOfTheMeerkatCompletesTheSubscription() throws Exception {
        Session session = idle("a");
        Recorder recorder = subscribe(session, session.snapshot().lastCursor().orElse(Cursor.START));
        recorder.request(1);

        meerkat().close();

        assertThat(recorder.next()).isEqualTo("complete");
    }

    @Test
    public void aSubscriberWithoutDemandHearsOfTheClosingOfTheMeerkat() throws Exception {
        Session session = idle("a");
        Recorder behind = subscribe(session, Cursor.START);
        Recorder cancelled = subscribe(session, Cursor.START);
        cancelled.cancel();

        meerkat().close();

        assertThat(behind.next()).isEqualTo("complete");
        assertThat(cancelled.signals).isEmpty();
    }

    @Test
    public void aCursorAheadOfTheLogIsAnErrorAfterTheSubscription() throws Exception {
        Session session = idle("a");
        Recorder recorder = new Recorder();

        new EventPublisher(session, new Cursor(1_000), executor).subscribe(recorder);

        assertThat(recorder.next()).isEqualTo("subscribed");
        assertThat(recorder.next()).isInstanceOf(InvalidFieldException.class);
    }

    @Test
    public void demandThatIsNotPositiveIsAnError() throws Exception {
        for (long demand : new long[] {0, -1, Long.MIN_VALUE}) {
            Session session = idle("session" + demand);
            Recorder recorder = subscribe(session, Cursor.START);

            recorder.request(demand);

            assertThat(recorder.next()).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    public void cancellingStopsTheEventsAndNotTheSession() throws Exception {
        Session session = idle("a");
        Recorder recorder = subscribe(session, Cursor.START);
        recorder.request(1);
        recorder.next();

        recorder.cancel();
        recorder.cancel();
        recorder.request(5);

        assertThat(handled(session, "still alive")).isEqualTo("ok");
        assertThat(recorder.signals).isEmpty();
    }

    @Test
    public void eachSubscriberHasItsOwnEvents() throws Exception {
        Session session = idle("a");
        EventPublisher publisher = new EventPublisher(session, Cursor.START, executor);
        Recorder first = new Recorder();
        Recorder second = new Recorder();
        publisher.subscribe(first);
        publisher.subscribe(second);
        first.next();
        second.next();

        first.request(1);
        second.request(1);

        assertThat(first.next()).isEqualTo(second.next());
        first.cancel();
        second.cancel();
    }

    /** All that a reader from the start gets now, live events too if a server's log has them. */
    private static List<SessionEvent> replayed(Session session) throws InterruptedException {
        Cursor last = session.snapshot().lastCursor().orElse(Cursor.START);
        List<SessionEvent> events = new ArrayList<>();
        try (EventStream stream = session.events(Cursor.START)) {
            while (stream.position().compareTo(last) < 0) {
                events.add(stream.next(PATIENCE).orElseThrow());
            }
        }
        return events;
    }

    private Recorder subscribe(Session session, Cursor after) throws InterruptedException {
        Recorder recorder = new Recorder();
        new EventPublisher(session, after, executor).subscribe(recorder);
        assertThat(recorder.next()).isEqualTo("subscribed");
        return recorder;
    }

    /** Keeps all signals in order: events and errors as they are, the others as words. */
    private static final class Recorder implements Flow.Subscriber<SessionEvent> {
        private final LinkedBlockingQueue<Object> signals = new LinkedBlockingQueue<>();
        private volatile Flow.@Nullable Subscription subscription;

        Object next() throws InterruptedException {
            Object signal = signals.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (signal == null) {
                throw new AssertionError("no signal came");
            }
            return signal;
        }

        void request(long n) {
            subscription().request(n);
        }

        void cancel() {
            subscription().cancel();
        }

        private Flow.Subscription subscription() {
            Flow.Subscription current = subscription;
            if (current == null) {
                throw new AssertionError("not subscribed");
            }
            return current;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            signals.add("subscribed");
        }

        @Override
        public void onNext(SessionEvent event) {
            signals.add(event);
        }

        @Override
        public void onError(Throwable error) {
            signals.add(error);
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }
    }
}
