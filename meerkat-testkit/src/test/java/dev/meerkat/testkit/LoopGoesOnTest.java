package dev.meerkat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Meerkat;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.core.Environment;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.SystemEnvironment;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.RetryQueue;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session with work goes on by itself, whatever kept it from doing so before. */
@Timeout(60)
class LoopGoesOnTest {
    private static final class UnreadableStore extends StoreWrapper {
        volatile boolean unreadable;
        volatile boolean outOfMemory;

        UnreadableStore(SessionStore inner) {
            super(inner);
        }

        @Override
        <T> CompletionStage<T> write(Supplier<CompletionStage<T>> write) {
            return write.get();
        }

        private void check() {
            if (unreadable) {
                throw new IllegalStateException("the test lets nothing be read");
            }
        }

        @Override
        public Optional<StoredSession> load(SessionId id) {
            check();
            return super.load(id);
        }

        @Override
        public Optional<RetryQueue> retries(SessionId id) {
            check();
            return super.retries(id);
        }

        @Override
        public List<Waiting> waiting(SessionId id, Track track, long after, int limit) {
            if (outOfMemory) {
                throw new OutOfMemoryError("the test lets there be no memory");
            }
            return super.waiting(id, track, after, limit);
        }
    }

    private final UnreadableStore store = new UnreadableStore(MemoryStore.create());

    private static ExternalEvent event() {
        return ExternalEvent.genericJson("event", Json.NULL);
    }

    @Test
    void aFailedInputIsTriedAgainThoughNothingCouldBeReadWhenItFailed() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            AtomicInteger attempts = new AtomicInteger();
            harness.store(() -> store).answeredBy(turn -> {
                if (InputPattern.describe(turn.inputs()).contains("event") && attempts.incrementAndGet() == 1) {
                    store.unreadable = true;
                    throw new IllegalStateException("the first attempt fails");
                }
                return InputPattern.describe(turn.inputs());
            });
            Session a = harness.meerkat().create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
            harness.settle();
            a.sendExternalEvent(event());
            harness.settle();
            store.unreadable = false;
            harness.advance(Duration.ofMinutes(1));

            assertThat(a.snapshot().lastAnswer().orElseThrow()).contains("event");
        }
    }

    @Test
    void anErrorOfTheMachineDoesNotEndTheLoop() throws InterruptedException {
        try (MeerkatHarness harness = MeerkatHarness.create()) {
            harness.store(() -> store).answeredBy(turn -> InputPattern.describe(turn.inputs()));
            Session a = harness.meerkat().create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
            harness.settle();
            store.outOfMemory = true;
            a.sendExternalEvent(event());
            harness.settle();
            store.outOfMemory = false;
            harness.advance(Duration.ofMinutes(1));

            assertThat(a.snapshot().lastAnswer().orElseThrow()).contains("event");
        }
    }

    @Test
    void aTurnForWhichThereIsNoThreadBeginsWhenThereIsOne() throws InterruptedException {
        AtomicInteger refusals = new AtomicInteger();
        try (SystemEnvironment system = SystemEnvironment.create()) {
            Environment real = system.withExecutor(task -> {
                if (refusals.getAndDecrement() > 0) {
                    throw new RejectedExecutionException("the test lets there be no thread");
                }
                system.environment().executor().execute(task);
            });
            // What is done again later is done again soon.
            Environment quick = new Environment(
                    real.clock(),
                    real.ids(),
                    real.random(),
                    real.executor(),
                    (delay, task) -> real.scheduler().schedule(Duration.ofMillis(5), task));
            try (Meerkat meerkat =
                    MeerkatRuntime.of(turn -> "ok").environment(quick).open()) {
                Session a = meerkat.create(SessionSpec.ofPrompt("Begin.").withKeepAliveAs("a"));
                assertThat(a.initialTurn().orElseThrow().await(Duration.ofSeconds(30)))
                        .isPresent();
                refusals.set(3);
                Optional<TurnOutcome> outcome = a.startTurn("go on").await(Duration.ofSeconds(30));

                assertThat(outcome).containsInstanceOf(TurnOutcome.Completed.class);
            }
        }
    }
}
