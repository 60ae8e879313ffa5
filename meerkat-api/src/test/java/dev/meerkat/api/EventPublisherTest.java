package dev.meerkat.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a publisher makes of a stream that fails. Everything runs on the thread of the test. */
class EventPublisherTest {
    private static final SessionId SESSION = SessionId.of("01900000-0000-7000-8000-000000000001");
    private static final SessionEvent EVENT = new SessionEvent.Gap(Cursor.START, OptionalLong.of(1));

    private final Queue<Supplier<Optional<SessionEvent>>> script = new ArrayDeque<>();
    private final List<Object> signals = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private boolean closed;

    private static Supplier<Optional<SessionEvent>> failure(RuntimeException e) {
        return () -> {
            throw e;
        };
    }

    private static MeerkatException outage() {
        return new NotDoneException("server_unreachable", "nobody is there");
    }

    private void subscribe() throws InterruptedException {
        Session session = mock(Session.class);
        when(session.events(any())).thenAnswer(call -> new Scripted());
        EventPublisher publisher = new EventPublisher(session, Cursor.START, Runnable::run, (over, time) -> {
            assertThat(over.getCount()).isEqualTo(1);
            pauses.add(time);
        });
        publisher.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
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
        });
    }

    /** Does what the script says, and is over behind it. */
    private final class Scripted implements EventStream {
        @Override
        public Optional<SessionEvent> next(Duration timeout) {
            Supplier<Optional<SessionEvent>> step = script.poll();
            return step == null ? Optional.empty() : step.get();
        }

        @Override
        public Cursor position() {
            return Cursor.START;
        }

        @Override
        public boolean ended() {
            return closed || script.isEmpty();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void anOutageOfAnyLengthIsWaitedForWithPausesThatAreBounded() throws InterruptedException {
        int tries = 1_000;
        for (int i = 0; i < tries; i++) {
            script.add(failure(outage()));
        }
        script.add(() -> Optional.of(EVENT));
        script.add(failure(new StoreException("the disk is full", null)));
        script.add(() -> Optional.of(EVENT));

        subscribe();

        assertThat(signals).containsExactly(EVENT, EVENT, "complete");
        assertThat(pauses.subList(0, 6))
                .extracting(Duration::toMillis)
                .containsExactly(100L, 200L, 400L, 800L, 1_000L, 1_000L);
        assertThat(pauses.subList(4, tries)).containsOnly(Duration.ofSeconds(1));
        assertThat(pauses.subList(tries, pauses.size())).containsExactly(Duration.ofMillis(100));
    }

    @Test
    void theClosingOfTheMeerkatCompletesAlsoInAnOutage() throws InterruptedException {
        script.add(failure(outage()));
        script.add(failure(new MeerkatClosedException("the client is closed")));
        script.add(() -> Optional.of(EVENT));

        subscribe();

        assertThat(signals).containsExactly("complete");
        assertThat(closed).isTrue();
    }

    static List<RuntimeException> finalReasons() {
        return List.of(
                new SessionNotFoundException(SESSION.toString()),
                new SessionArchivedException(SESSION),
                new NotSupportedException("no events"),
                new InvalidFieldException("after", "9", "is ahead"),
                new IllegalStateException("a bug"));
    }

    @ParameterizedTest
    @MethodSource("finalReasons")
    void whatNoWaitingMendsIsAnError(RuntimeException reason) throws InterruptedException {
        script.add(failure(reason));
        script.add(() -> Optional.of(EVENT));

        subscribe();

        assertThat(signals).containsExactly(reason);
        assertThat(pauses).isEmpty();
        assertThat(closed).isTrue();
    }

    @Test
    void aFailureOfAStreamThatIsOverIsAnError() throws InterruptedException {
        MeerkatException last = outage();
        script.add(failure(last));

        subscribe();

        assertThat(signals).containsExactly(last);
    }
}
