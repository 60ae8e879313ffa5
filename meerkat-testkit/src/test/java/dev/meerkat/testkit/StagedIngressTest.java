package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EventOutcome;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.api.Json;
import dev.meerkat.api.LifecycleKind;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.MeerkatClosedException;
import dev.meerkat.api.PeerRef;
import dev.meerkat.api.Receipt;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionArchivedException;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.Environment;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.StagedIngress;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** External events that no thread waits for. */
@Timeout(60)
class StagedIngressTest {
    private static final Duration LIMIT = Duration.ofSeconds(8);

    private final VirtualTime time = VirtualTime.create();
    private final HeldStore store = new HeldStore(MemoryStore.create());
    private Meerkat meerkat;
    private StagedIngress session;

    /** A store that has what it was given, and says so when it is let. */
    private static final class HeldStore extends StoreWrapper {
        private final Queue<Runnable> held = new ArrayDeque<>();
        private boolean hold;

        HeldStore(SessionStore inner) {
            super(inner);
        }

        @Override
        <T> CompletionStage<T> write(Supplier<CompletionStage<T>> write) {
            CompletionStage<T> done = write.get();
            if (!hold) {
                return done;
            }
            CompletableFuture<T> told = new CompletableFuture<>();
            held.add(() -> done.thenAccept(told::complete));
            return told;
        }

        void release() {
            held.remove().run();
        }
    }

    @BeforeEach
    void aSession() throws InterruptedException {
        Environment environment = new Environment(time, SeededIds.of(1, time), new Random(1), Runnable::run, time);
        RuntimeLimits limits = RuntimeLimits.defaults()
                .withLanes(10, 2, 1 << 20)
                .withWaits(new RuntimeLimits.Waits(LIMIT, Duration.ofSeconds(1), Duration.ofSeconds(1)));
        meerkat = MeerkatRuntime.of(turn -> "ok")
                .store(store)
                .environment(environment)
                .limits(limits)
                .open();
        session = (StagedIngress) meerkat.create(SessionSpec.ofPrompt("Watch.").withDeferredStart());
    }

    @AfterEach
    void close() {
        meerkat.close();
    }

    private static ExternalEvent event(String key, int number) {
        return ExternalEvent.genericJson("deploy", Json.parse("{\"n\":" + number + "}"))
                .withIdempotencyKey(key);
    }

    private static EventOutcome now(CompletionStage<EventOutcome> stage) {
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }

    @Test
    void isAcknowledgedWhenTheStoreHasIt() {
        store.hold = true;
        CompletableFuture<EventOutcome> first = session.admit(event("a", 1)).toCompletableFuture();
        CompletableFuture<EventOutcome> second = session.admit(event("b", 2)).toCompletableFuture();
        assertThat(first).isNotDone();
        store.release();
        assertThat(now(first)).isInstanceOf(EventOutcome.Accepted.class);
        assertThat(second).isNotDone();
        store.release();
        assertThat(now(second)).isInstanceOf(EventOutcome.Accepted.class);
    }

    @Test
    void hasTheSameOutcomesAsASendThatWaits() throws InterruptedException {
        EventOutcome.Accepted first = (EventOutcome.Accepted) now(session.admit(event("a", 1)));
        assertThat(session.inputStatus(first.inputId().orElseThrow())).isPresent();
        assertThat(now(session.admit(event("a", 1)))).isEqualTo(session.sendExternalEvent(event("a", 1)));
        assertThat(now(session.admit(event("a", 2)))).isEqualTo(session.sendExternalEvent(event("a", 2)));
        assertThat(now(session.admit(event("b", 1)))).isInstanceOf(EventOutcome.Accepted.class);
        assertThat(now(session.admit(event("c", 1)))).isInstanceOf(EventOutcome.Refused.class);
    }

    @Test
    void roomIsGivenBackByWhatIsNotAdmitted() {
        now(session.admit(event("a", 1)));
        for (int i = 0; i < 5; i++) {
            assertThat(now(session.admit(event("a", 1)))).isInstanceOf(EventOutcome.Duplicate.class);
        }
        assertThat(now(session.admit(event("b", 1)))).isInstanceOf(EventOutcome.Accepted.class);
    }

    @Test
    void isUnknownWhenTheStoreDoesNotAnswerInTime() throws InterruptedException {
        store.hold = true;
        CompletableFuture<EventOutcome> late = session.admit(event("a", 1)).toCompletableFuture();
        time.advance(LIMIT);
        assertThat(late).isNotDone();
        time.advance(LIMIT.dividedBy(8));
        assertThatThrownBy(late::join).hasRootCauseInstanceOf(UnknownOutcomeException.class);
        store.release();
        assertThatThrownBy(late::join).hasRootCauseInstanceOf(UnknownOutcomeException.class);
    }

    @Test
    void aCommandThatIsSentAgainUnderItsIdIsTakenOnce() throws InterruptedException {
        StagedIngress sender = (StagedIngress) meerkat.create(
                SessionSpec.ofPrompt("Send.").withKeepAliveAs("sender").withDeferredStart());
        Session receiver = meerkat.create(
                SessionSpec.ofPrompt("Receive.").withKeepAliveAs("receiver").withDeferredStart());
        for (CommsCommand<?> command : List.of(
                CommsCommand.PeerMessage.to("receiver", "hello"),
                new CommsCommand.PeerLifecycle(PeerRef.named("receiver"), new LifecycleKind("mob.ready"), Json.NULL),
                CommsCommand.PeerRequest.to("receiver", "look", Json.NULL))) {
            UUID id = new UUID(7, command.kind().hashCode());
            Receipt first = sender.send(command, id);

            assertThat(sender.send(command, id)).isEqualTo(first);
            assertThat(receiver.inputStatus(new InputId(id))).isPresent();
        }
        UUID own = new UUID(7, 7);
        Receipt first = sender.send(CommsCommand.Input.of("a note to myself"), own);

        assertThat(sender.send(CommsCommand.Input.of("a note to myself"), own)).isEqualTo(first);
        assertThat(admitted(receiver)).isEqualTo(3);
        assertThat(admitted(sender)).isEqualTo(1);
        assertThat(events(sender).stream().filter(SessionEvent.PeerSent.class::isInstance))
                .as("told once in the sender's log, too")
                .hasSize(3);
    }

    private static long admitted(Session session) throws InterruptedException {
        return events(session).stream()
                .filter(SessionEvent.InputAdmitted.class::isInstance)
                .filter(event -> !(((SessionEvent.InputAdmitted) event).input().body() instanceof InputBody.Prompt))
                .count();
    }

    private static List<SessionEvent> events(Session session) throws InterruptedException {
        List<SessionEvent> events = new ArrayList<>();
        Cursor last = session.snapshot().lastCursor().orElseThrow();
        try (EventStream stream = session.events(Cursor.START)) {
            while (events.isEmpty() || !events.get(events.size() - 1).cursor().equals(last)) {
                events.add(stream.next(Duration.ofSeconds(60)).orElseThrow());
            }
        }
        return events;
    }

    @Test
    void nothingTicksWhenNothingWaits() throws InterruptedException {
        store.hold = true;
        CompletionStage<EventOutcome> stage = session.admit(event("a", 1));
        store.release();
        now(stage);
        time.advance(LIMIT);
        assertThat(time.untilNext()).isNull();
    }

    @Test
    void refusalsAreTyped() throws InterruptedException {
        assertThatThrownBy(() -> session.admit(null)).isInstanceOf(InvalidFieldException.class);
        session.archive();
        assertThatThrownBy(() -> now(session.admit(event("a", 1)))).hasCauseInstanceOf(SessionArchivedException.class);
        meerkat.close();
        assertThatThrownBy(() -> now(session.admit(event("a", 1)))).hasCauseInstanceOf(MeerkatClosedException.class);
    }

    @Test
    void aFaultOfTheStoreIsNotHidden() throws InterruptedException {
        FaultyStore faulty = FaultyStore.around(MemoryStore.create());
        try (Meerkat other = MeerkatRuntime.of(turn -> "ok").store(faulty).open()) {
            StagedIngress broken =
                    (StagedIngress) other.create(SessionSpec.ofPrompt("Watch.").withDeferredStart());
            faulty.failWrite(1, FaultyStore.Moment.BEFORE);
            assertThatThrownBy(() -> now(broken.admit(event("a", 1)))).hasCauseInstanceOf(StoreException.class);
        }
    }
}
