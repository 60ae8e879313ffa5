package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand.PeerMessage;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EarlierMessageUndeliveredException;
import dev.meerkat.api.EventStream;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.api.UnknownOutcomeException;
import dev.meerkat.core.Environment;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.RuntimeLimits;
import dev.meerkat.core.SystemEnvironment;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever becomes of the answer to a step's commit, its messages leave once and in order, and its callers are told. */
@Timeout(60)
class LateStoreTest {
    private static final Duration WAIT = Duration.ofMillis(1_500);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What becomes of the next commit that sends something. */
    private enum Answer {
        SOON,
        /** It is stored, and its answer is lost. */
        NEVER,
        /** It is stored, and its answer is an error. */
        ERROR,
        /** It is not stored, as is said. */
        REFUSED,
        /** It is stored, as all after it, when the disk goes on. */
        LATE
    }

    private final SystemEnvironment system = SystemEnvironment.create();
    private final LateStore store = new LateStore(MemoryStore.create());
    private Meerkat meerkat;
    private Session a;
    private Session b;

    private static final class LateStore extends StoreWrapper {
        final CountDownLatch waiting = new CountDownLatch(2);
        final ReentrantLock lock = new ReentrantLock();
        final Queue<Runnable> held = new ArrayDeque<>();
        volatile Answer answer = Answer.SOON;
        boolean holding;

        LateStore(SessionStore inner) {
            super(inner);
        }

        @Override
        public CompletionStage<StepResult> commit(StepCommit commit) {
            Answer now = commit.added().outbox().isEmpty() ? Answer.SOON : answer;
            if (now != Answer.SOON) {
                answer = Answer.SOON;
            }
            return switch (now) {
                case SOON -> super.commit(commit);
                case NEVER -> super.commit(commit).thenCompose(done -> new CompletableFuture<>());
                case ERROR ->
                    super.commit(commit).thenCompose(done -> CompletableFuture.failedFuture(new IOException("lost")));
                case REFUSED ->
                    CompletableFuture.failedFuture(new dev.meerkat.api.StoreException("the disk is full", null));
                case LATE -> {
                    hold(true);
                    yield super.commit(commit);
                }
            };
        }

        @Override
        <T> CompletionStage<T> write(Supplier<CompletionStage<T>> write) {
            lock.lock();
            try {
                if (!holding) {
                    return write.get();
                }
                CompletableFuture<T> late = new CompletableFuture<>();
                held.add(() -> write.get().whenComplete((result, failure) -> {
                    if (failure == null) {
                        late.complete(result);
                    } else {
                        late.completeExceptionally(failure);
                    }
                }));
                waiting.countDown();
                return late;
            } finally {
                lock.unlock();
            }
        }

        void hold(boolean hold) {
            lock.lock();
            try {
                holding = hold;
                while (!hold && !held.isEmpty()) {
                    held.remove().run();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    @BeforeEach
    void twoSessions() throws InterruptedException {
        Environment real = system.environment();
        // What is done again later is done again soon.
        Environment quick = new Environment(
                real.clock(),
                real.ids(),
                real.random(),
                real.executor(),
                (delay, task) -> real.scheduler().schedule(Duration.ofMillis(5), task));
        meerkat = MeerkatRuntime.of(turn -> {
                    String text = InputPattern.text(turn.inputs().get(0).body());
                    if (text.startsWith("send")) {
                        for (String body : text.substring(5).split(",", -1)) {
                            turn.comms().send(PeerMessage.to("b", body));
                        }
                    }
                    return "ok";
                })
                .store(store)
                .environment(quick)
                .limits(RuntimeLimits.defaults()
                        .withWaits(new RuntimeLimits.Waits(WAIT, Duration.ofSeconds(5), Duration.ofSeconds(5))))
                .open();
        a = meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
        b = meerkat.create(SessionSpec.ofPrompt("Begin.").withCommsName("b"));
        assertThat(a.initialTurn().orElseThrow().await(PATIENCE)).isPresent();
    }

    @AfterEach
    void close() {
        store.hold(false);
        meerkat.close();
        system.close();
    }

    /** Waits until the log of a tells that a turn has sent what it had to send, as a host would. */
    private void awaitTurn(int number) throws InterruptedException {
        try (EventStream log = a.events(Cursor.START)) {
            for (int completed = 0; completed < number; ) {
                SessionEvent event = log.next(PATIENCE).orElseThrow();
                completed += event instanceof SessionEvent.TurnCompleted ? 1 : 0;
            }
        }
    }

    /**
     * Sends a message. The wait for what is before it may end first, and it is refused then. On a slow machine the wait
     * may end while it is being written: then it is on its way, and what b has in the end says whether it came once.
     */
    private void send(String body) throws InterruptedException {
        for (int refused = 0; refused < 10; refused++) {
            try {
                a.send(PeerMessage.to("b", body));
                return;
            } catch (UnknownOutcomeException e) {
                return;
            } catch (EarlierMessageUndeliveredException e) {
                assertThat(e).hasMessageContaining("try it again later");
            }
        }
        throw new AssertionError(body + " was refused each time");
    }

    /** What b has, once it has the last of it. */
    private List<String> arrived(String last) throws InterruptedException {
        try (EventStream log = b.events(Cursor.START)) {
            List<String> arrived = new ArrayList<>();
            while (!arrived.contains(last)) {
                Optional<SessionEvent> event = log.next(PATIENCE);
                assertThat(event).as("after %s", arrived).isPresent();
                if (event.get() instanceof SessionEvent.InputAdmitted admitted) {
                    arrived.add(InputPattern.text(admitted.input().body()));
                }
            }
            return arrived.subList(1, arrived.size());
        }
    }

    private void sentThough(Answer answer) throws InterruptedException {
        store.answer = answer;
        Turn turn = a.startTurn("send m1,m2");
        awaitTurn(2);
        send("h1");
        a.startTurn("send m3,m4");
        awaitTurn(3);
        assertThat(turn.await(PATIENCE)).containsInstanceOf(TurnOutcome.Completed.class);
        send("h2");

        assertThat(arrived("h2")).containsExactly("m1", "m2", "h1", "m3", "m4", "h2");
    }

    @Test
    void anAnswerThatIsLostStrandsNothing() throws InterruptedException {
        sentThough(Answer.NEVER);
    }

    @Test
    void anUnknownOutcomeStrandsNothing() throws InterruptedException {
        sentThough(Answer.ERROR);
    }

    @Test
    void aRefusedCommitIsMadeAgainAndSendsOnce() throws InterruptedException {
        sentThough(Answer.REFUSED);
    }

    @Test
    void aLostAnswerNeedsNothingNewToBeSent() throws InterruptedException {
        store.answer = Answer.NEVER;
        a.startTurn("send m1,m2");

        assertThat(arrived("m2")).containsExactly("m1", "m2");
    }

    @Test
    void aWriteThatCompletesAfterTheWaitStrandsNothing() throws InterruptedException {
        store.answer = Answer.LATE;
        Turn turn = a.startTurn("send m1,m2");
        // The wait for the commit has ended, and the session tries to go on.
        assertThat(store.waiting.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        store.hold(false);
        awaitTurn(2);
        send("h1");
        a.startTurn("send m3,m4");
        assertThat(turn.await(PATIENCE)).containsInstanceOf(TurnOutcome.Completed.class);

        assertThat(arrived("m4")).containsExactly("m1", "m2", "h1", "m3", "m4");
    }
}
