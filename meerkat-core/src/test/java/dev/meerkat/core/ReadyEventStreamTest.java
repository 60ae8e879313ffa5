package dev.meerkat.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.core.agent.TurnContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams say when there is something to read, so that nobody has to wait at each. */
class ReadyEventStreamTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch emit = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final Meerkat meerkat = MeerkatRuntime.of(this::answer).open();

    @AfterEach
    void close() {
        emit.countDown();
        goOn.countDown();
        meerkat.close();
    }

    private String answer(TurnContext turn) throws InterruptedException {
        if (turn.inputs().get(0).body().toString().contains("hold")) {
            held.countDown();
            assertThat(emit.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            turn.emit("a piece");
            assertThat(goOn.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        return "ok";
    }

    /** How often a listener was called, and a wait for the first time. */
    private static final class Calls implements Runnable {
        private final Semaphore calls = new Semaphore(0);

        @Override
        public void run() {
            calls.release();
        }

        Calls awaitOne() throws InterruptedException {
            assertThat(calls.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            calls.release();
            return this;
        }

        int count() {
            return calls.availablePermits();
        }
    }

    @Test
    void manyIdleStreamsNeedNoThreadAndEachIsToldOnce() throws Exception {
        Session session = idle();
        Set<Thread> before = threads();
        List<ReadyEventStream> streams = new ArrayList<>();
        List<Calls> calls = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            streams.add(atTheEnd(session));
            calls.add(listening(streams.get(i)));
        }
        assertThat(before).containsAll(threads());
        assertThat(calls).allSatisfy(call -> assertThat(call.count()).isZero());

        session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL));
        session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL));

        for (int i = 0; i < streams.size(); i++) {
            assertThat(calls.get(i).awaitOne().count()).isEqualTo(1);
            assertThat(streams.get(i).next(Duration.ZERO)).containsInstanceOf(SessionEvent.InputAdmitted.class);
        }
    }

    @Test
    void aLiveEventCallsTheListener() throws Exception {
        Session session = idle();
        Turn turn = session.startTurn("hold");
        assertThat(held.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        try (ReadyEventStream stream = atTheEnd(session)) {
            Calls calls = listening(stream);

            emit.countDown();

            assertThat(calls.awaitOne().count()).isEqualTo(1);
            assertThat(stream.next(Duration.ZERO)).containsInstanceOf(SessionEvent.TextDelta.class);
            goOn.countDown();
            assertThat(turn.await(PATIENCE)).isPresent();
            assertThat(calls.count()).isEqualTo(1);
        }
    }

    @Test
    void archivingCallsTheListenerAndItIsCalledAtOnceAfterTheEnd() throws Exception {
        Session session = idle();
        ReadyEventStream stream = atTheEnd(session);
        Calls calls = listening(stream);

        session.archive();

        assertThat(calls.awaitOne().count()).isEqualTo(1);
        assertThat(stream.next(Duration.ZERO)).containsInstanceOf(SessionEvent.Lifecycle.class);
        assertThat(stream.ended()).isTrue();
        assertThat(listening(stream).count()).isEqualTo(1);
    }

    @Test
    void closingTheStreamCallsTheListener() throws Exception {
        ReadyEventStream stream = atTheEnd(idle());
        Calls calls = listening(stream);

        stream.close();
        stream.close();

        assertThat(calls.count()).isEqualTo(1);
        assertThat(listening(stream).count()).isEqualTo(1);
    }

    @Test
    void closingTheRuntimeCallsTheListener() throws Exception {
        ReadyEventStream stream = atTheEnd(idle());
        Calls calls = listening(stream);

        meerkat.close();

        assertThat(calls.count()).isEqualTo(1);
        assertThatExceptionOfType(MeerkatClosedException.class).isThrownBy(() -> stream.next(Duration.ZERO));
        assertThat(listening(stream).count()).isEqualTo(1);
    }

    @Test
    void aNewListenerTakesThePlaceOfTheOneThatWasNotCalled() throws Exception {
        Session session = idle();
        try (ReadyEventStream stream = atTheEnd(session)) {
            Calls first = listening(stream);
            Calls second = listening(stream);

            session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL));

            assertThat(second.awaitOne().count()).isEqualTo(1);
            assertThat(first.count()).isZero();
        }
    }

    @Test
    void nothingIsLostWhenEventsRaceWithReading() throws Exception {
        Session session = idle();
        int events = 600;
        ExecutorService sender = Executors.newSingleThreadExecutor();
        try (ReadyEventStream stream = atTheEnd(session)) {
            Future<?> sent = sender.submit(() -> {
                for (int i = 0; i < events; i++) {
                    session.sendExternalEvent(ExternalEvent.genericJson("push", Json.NULL));
                }
                return null;
            });
            Semaphore ready = new Semaphore(0);
            int admitted = 0;
            while (admitted < events) {
                stream.whenReady(ready::release);
                assertThat(ready.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .as("told after %d events", admitted)
                        .isTrue();
                Optional<SessionEvent> event = stream.next(Duration.ZERO);
                while (event.isPresent()) {
                    admitted += event.get() instanceof SessionEvent.InputAdmitted ? 1 : 0;
                    event = stream.next(Duration.ZERO);
                }
            }
            sent.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(admitted).isEqualTo(events);
        } finally {
            sender.shutdownNow();
        }
    }

    /** A session that wakes for prompts only, after its first turn. */
    private Session idle() throws InterruptedException {
        Session session = meerkat.create(SessionSpec.ofPrompt("start"));
        assertThat(session.initialTurn().orElseThrow().await(PATIENCE)).isPresent();
        return session;
    }

    /** A stream that has nothing to read. */
    private static ReadyEventStream atTheEnd(Session session) throws InterruptedException {
        ReadyEventStream stream = (ReadyEventStream) session.eventsFromNow();
        while (stream.next(Duration.ZERO).isPresent()) {
            // Reads on.
        }
        return stream;
    }

    private static Calls listening(ReadyEventStream stream) {
        Calls calls = new Calls();
        stream.whenReady(calls);
        return calls;
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("meerkat-"))
                .collect(Collectors.toSet());
    }
}
