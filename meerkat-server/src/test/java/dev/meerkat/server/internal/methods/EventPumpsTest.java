package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.server.internal.calls.EventSubscription;
import dev.meerkat.server.internal.calls.WireEvent;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.server.internal.wire.Inputs;
import dev.meerkat.server.internal.wire.Logs;
import dev.meerkat.server.internal.wire.Sequences;
import dev.meerkat.wire.ContractLine;
import dev.meerkat.wire.internal.fault.WireFault;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventPumpsTest {
    private static final int SECONDS = 30;

    private final Logs logs = new Logs();
    private final Workers workers = new Workers(1_024);

    @AfterEach
    void close() {
        workers.close();
        logs.close();
    }

    private EventPumps taps() {
        return taps(ContractLine.V0_9, workers);
    }

    private static EventPumps taps(ContractLine line, Workers workers) {
        return new EventPumps(line, workers, InstantSource.system(), new Inputs());
    }

    private static RecordingSink tapped(EventPumps taps, Session session, long after) throws InterruptedException {
        RecordingSink sink = RecordingSink.open();
        taps.open(session, after, sink).resume();
        return sink;
    }

    @ParameterizedTest
    @EnumSource
    void readsTheWholeLogAndEndsWithTheSession(ContractLine line) throws Exception {
        Session session = logs.busyLife();

        RecordingSink sink = tapped(taps(line, workers), session, 0);

        assertThat(sink.awaitEnd()).isNull();
        assertThat(sink.logged()).isEqualTo(Logs.logged(Logs.wire(session, line, Cursor.START)));
        assertThat(sink.types()).contains("interaction_complete");
    }

    @Test
    void resumingAfterAnyEventTellsTheRest() throws Exception {
        Session session = logs.busyLife();
        List<WireEvent> all = Logs.logged(Logs.wire(session, ContractLine.V0_9, Cursor.START));

        for (int told = 0; told < all.size(); told++) {
            RecordingSink sink = tapped(taps(), session, all.get(told).sequence());
            assertThat(sink.awaitEnd()).isNull();
            assertThat(sink.logged()).isEqualTo(all.subList(told + 1, all.size()));
        }
    }

    @Test
    void aSequenceAheadOfTheLogIsRefused() throws Exception {
        Session session = logs.named("a");
        long latest = Sequences.after(session.snapshot().lastCursor().orElseThrow());
        taps().open(session, latest, RecordingSink.open()).close();

        assertThatExceptionOfType(WireFault.class)
                .isThrownBy(() -> taps().open(session, latest + 1, RecordingSink.open()))
                .withMessage("event replay cursor sequence " + (latest + 1) + " is ahead of latest sequence " + latest)
                .satisfies(fault -> assertThat(fault.code().rpc()).isEqualTo(-32602));
    }

    @Test
    void aLiveTapTellsOnlyWhatHappensFromNowOn() throws Exception {
        Session session = logs.named("a");
        RecordingSink sink = tapped(taps(), session, Calls.LIVE);

        Logs.ended(session.startTurn("more"));

        sink.await(event -> event.endOfRun().isPresent());
        assertThat(sink.types())
                .containsExactly("run_started", "turn_started", "text_complete", "turn_completed", "run_completed");
    }

    @Test
    void aTapThatIsNotResumedTellsNothing() throws Exception {
        Session session = logs.named("a");
        RecordingSink quiet = RecordingSink.open();
        try (EventSubscription tap = taps().open(session, Calls.LIVE, quiet)) {
            RecordingSink other = tapped(taps(), session, Calls.LIVE);
            Logs.ended(session.startTurn("more"));
            other.await(event -> event.endOfRun().isPresent());

            assertThat(quiet.events()).isEmpty();
            tap.resume();
            assertThat(quiet.awaitCount(5)).isEqualTo(other.events());
        }
    }

    @Test
    void toolCallsAndTextAreToldWhileTheyHappenAndOnce() throws Exception {
        Session session = logs.named("a");
        logs.named("agent-b");
        RecordingSink sink = tapped(taps(), session, Calls.LIVE);

        Logs.ended(session.startTurn("tool"));

        sink.await(event -> event.endOfRun().isPresent());
        assertThat(sink.types())
                .containsExactly(
                        "run_started",
                        "turn_started",
                        "text_delta",
                        "tool_call_requested",
                        "tool_execution_started",
                        "tool_execution_completed",
                        "tool_result_received",
                        "text_complete",
                        "turn_completed",
                        "run_completed");
        assertThat(sink.events().stream()
                        .filter(event -> event.type().startsWith("tool_"))
                        .map(event ->
                                event.envelope().path("payload").path("id").asText()))
                .hasSize(4)
                .containsOnly(sink.events()
                        .get(3)
                        .envelope()
                        .path("payload")
                        .path("id")
                        .asText());
    }

    @Test
    void closingTheMeerkatEndsIt() throws Exception {
        RecordingSink sink = tapped(taps(), logs.named("a"), Calls.LIVE);

        logs.meerkat.close();

        assertThat(sink.awaitEnd()).isNull();
    }

    @Test
    void aClosedTapTellsNothingMore() throws Exception {
        Session session = logs.named("a");
        RecordingSink closed = RecordingSink.open();
        EventSubscription tap = taps().open(session, Calls.LIVE, closed);
        tap.resume();
        tap.close();
        tap.close();
        RecordingSink other = tapped(taps(), session, Calls.LIVE);

        Logs.ended(session.startTurn("more"));
        other.await(event -> event.endOfRun().isPresent());
        session.archive();

        assertThat(other.awaitEnd()).isNull();
        assertThat(closed.events()).isEmpty();
    }

    @Test
    void aSlowSinkLosesNoLoggedEventAndIsToldOfTheLostLiveOnes() throws Exception {
        CountDownLatch emitted = new CountDownLatch(1);
        try (Meerkat meerkat = MeerkatRuntime.of(turn -> {
                    for (int i = 0; i < 1_000; i++) {
                        turn.emit("x");
                    }
                    emitted.countDown();
                    return "done";
                })
                .limits(RuntimeLimits.defaults().withLiveEvents(8))
                .open()) {
            Session session = meerkat.create(
                    SessionSpec.ofPrompt("start").withKeepAliveAs("a").withDeferredStart());
            RecordingSink sink = new RecordingSink(1);
            EventSubscription tap = taps().open(session, 0, sink);
            tap.resume();

            Logs.ended(session.startTurn("go"));
            sink.awaitRefusal();
            assertThat(emitted.await(SECONDS, TimeUnit.SECONDS)).isTrue();
            while (sink.events().stream().noneMatch(event -> event.endOfRun().isPresent())) {
                sink.makeRoom(1);
                tap.resume();
                sink.awaitCount(sink.events().size());
            }

            assertThat(sink.logged()).isEqualTo(Logs.logged(Logs.wire(session, ContractLine.V0_9, Cursor.START)));
            long shown = sink.types().stream().filter("text_delta"::equals).count();
            long dropped = sink.events().stream()
                    .filter(event -> event.type().equals("stream_truncated"))
                    .mapToLong(event -> event.envelope()
                            .path("payload")
                            .path("reason")
                            .path("dropped")
                            .asLong())
                    .sum();
            assertThat(shown + dropped).isEqualTo(1_000);
            assertThat(dropped).isPositive();
            tap.close();
        }
    }

    @Test
    void racingProducersAndSlowSinksLoseAndDoubleNothing() throws Exception {
        Session session = logs.named("a");
        List<RecordingSink> sinks = new ArrayList<>();
        List<EventSubscription> taps = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            RecordingSink sink = new RecordingSink(i);
            EventSubscription tap = taps().open(session, 0, sink);
            tap.resume();
            sinks.add(sink);
            taps.add(tap);
        }
        ExecutorService producers = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int p = 0; p < 4; p++) {
                done.add(producers.submit(() -> {
                    for (int i = 0; i < 25; i++) {
                        session.send(CommsCommand.Input.of("work"));
                        for (int t = 0; t < taps.size(); t++) {
                            sinks.get(t).makeRoom(3);
                            taps.get(t).resume();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> producer : done) {
                producer.get(SECONDS, TimeUnit.SECONDS);
            }
        } finally {
            producers.shutdownNow();
        }
        Logs.ended(session.startTurn("last"));
        session.archive();
        List<WireEvent> all = Logs.logged(Logs.wire(session, ContractLine.V0_9, Cursor.START));
        for (int t = 0; t < taps.size(); t++) {
            sinks.get(t).makeRoom(100_000);
            taps.get(t).resume();
            assertThat(sinks.get(t).awaitEnd()).isNull();
            assertThat(sinks.get(t).logged()).isEqualTo(all);
        }
    }

    @Test
    void tenThousandIdleTapsTakeNoThread() throws Exception {
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sessions.add(logs.named("a" + i));
        }
        EventPumps taps = taps();
        List<RecordingSink> sinks = new ArrayList<>();
        List<EventSubscription> open = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            RecordingSink sink = RecordingSink.open();
            EventSubscription tap = taps.open(sessions.get(i % 100), Calls.LIVE, sink);
            tap.resume();
            sinks.add(sink);
            open.add(tap);
        }

        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("meerkat-server-pull"));
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("meerkat-server-")))
                .hasSizeLessThanOrEqualTo(65);
        for (Session session : sessions) {
            Logs.ended(session.startTurn("all hear this"));
        }
        for (RecordingSink sink : sinks) {
            sink.await(event -> event.endOfRun().isPresent());
        }
        open.forEach(EventSubscription::close);
    }

    @Test
    void aTapDoesNotGetStuckWhileTheWorkersTakeNothing() throws Exception {
        try (Workers small = new Workers(1)) {
            Session session = logs.named("a");
            RecordingSink sink = RecordingSink.open();
            EventSubscription tap = taps(ContractLine.V0_9, small).open(session, Calls.LIVE, sink);
            CountDownLatch busy = new CountDownLatch(Workers.EVENT_THREADS);
            CountDownLatch free = new CountDownLatch(1);
            for (int i = 1; i <= Workers.EVENT_THREADS; i++) {
                small.executeEvents(() -> {
                    busy.countDown();
                    awaitQuietly(free);
                });
                if (i == Workers.EVENT_THREADS) {
                    assertThat(busy.await(SECONDS, TimeUnit.SECONDS)).isTrue();
                }
            }
            small.executeEvents(() -> awaitQuietly(free));
            tap.resume();
            Logs.ended(session.startTurn("more"));
            assertThat(sink.events()).isEmpty();

            free.countDown();

            sink.await(event -> event.endOfRun().isPresent());
            tap.close();
        }
    }

    @Test
    void whatTellsEventsTakesNoThreadFromCalls() throws Exception {
        try (Workers workers = new Workers(100)) {
            CountDownLatch free = new CountDownLatch(1);
            for (int i = 0; i < 100; i++) {
                workers.executeEvents(() -> awaitQuietly(free));
            }
            CountDownLatch called = new CountDownLatch(1);
            workers.execute(called::countDown);

            assertThat(called.await(SECONDS, TimeUnit.SECONDS)).isTrue();
            free.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theEndOfTheWorkersEndsIt() throws Exception {
        Session session = logs.named("a");
        RecordingSink sink = tapped(taps(), session, Calls.LIVE);
        Logs.ended(session.startTurn("more"));
        sink.await(event -> event.endOfRun().isPresent());

        workers.close();
        Logs.ended(session.startTurn("nobody hears this"));

        assertThat(sink.awaitEnd()).isNull();
    }
}
