package dev.meerkat.server.internal.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InputId;
import dev.meerkat.api.NotDoneException;
import dev.meerkat.api.Turn;
import dev.meerkat.api.TurnId;
import dev.meerkat.api.TurnOutcome;
import dev.meerkat.server.internal.calls.Workers;
import dev.meerkat.wire.internal.form.ApiCall;
import dev.meerkat.wire.internal.form.ValueForm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeldEndsTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final TurnOutcome DONE = new TurnOutcome.Completed(new TurnId(new UUID(5, 5)), "done");

    private final Workers workers = new Workers(10);

    @AfterEach
    void close() {
        workers.close();
    }

    /** A turn that the test ends. */
    private record Prompt(InputId id, CompletableFuture<TurnOutcome> end) implements Turn {
        Prompt(long number) {
            this(new InputId(new UUID(0, number)), new CompletableFuture<>());
        }

        @Override
        public Optional<InputId> inputId() {
            return Optional.of(id);
        }

        @Override
        public Optional<TurnId> turnId() {
            return Optional.empty();
        }

        @Override
        public Optional<TurnOutcome> await(Duration timeout) {
            return Optional.ofNullable(end.getNow(null));
        }

        @Override
        public CompletionStage<TurnOutcome> completion() {
            return end;
        }

        @Override
        public void cancel() {
            // It runs on.
        }
    }

    private Pending<ObjectNode> waiting(HeldEnds ends, InputId id, Duration wait) {
        Pending<ObjectNode> pending = new Pending<>(workers, Runnable::run);
        ends.awaitTurn(id, wait, pending);
        return pending;
    }

    /** The end that a call is answered with; empty if it is told that there is none yet. */
    private static Optional<TurnOutcome> told(Pending<ObjectNode> pending) throws Exception {
        return ApiCall.read(
                pending.answer().get(60, TimeUnit.SECONDS).result(),
                in -> in.has("end") ? Optional.of(ValueForm.turnOutcome(in.object("end"))) : Optional.empty());
    }

    @Test
    void allWhoWaitAreToldTheEndAndThoseWhoComeLaterToo() throws Exception {
        HeldEnds ends = new HeldEnds(workers);
        Prompt turn = new Prompt(1);
        InputId id = ends.hold(turn);
        List<Pending<ObjectNode>> early = List.of(waiting(ends, id, LONG), waiting(ends, id, LONG));
        assertThat(early).noneMatch(pending -> pending.answer().isDone());

        turn.end().complete(DONE);

        for (Pending<ObjectNode> pending : early) {
            assertThat(told(pending)).contains(DONE);
        }
        assertThat(told(waiting(ends, id, LONG))).contains(DONE);
    }

    @Test
    void aWaitEndsWhenItsTimeIsOver() throws Exception {
        HeldEnds ends = new HeldEnds(workers);
        Prompt turn = new Prompt(1);
        InputId id = ends.hold(turn);

        assertThat(told(waiting(ends, id, Duration.ZERO))).isEmpty();
        turn.end().complete(DONE);
        assertThat(told(waiting(ends, id, Duration.ZERO))).contains(DONE);
    }

    @Test
    void theNewestAreHeldAndOfThoseThatEndedAsManyAsHaveRoom() {
        HeldEnds few = new HeldEnds(workers, 2, Long.MAX_VALUE);
        InputId first = few.hold(new Prompt(1));
        InputId second = few.hold(new Prompt(2));
        few.hold(new Prompt(3));
        assertNotHeld(few, first);
        assertThat(few.turn(second).inputId()).contains(second);

        HeldEnds small = new HeldEnds(workers, 100, 300);
        Prompt running = new Prompt(1);
        small.hold(running);
        for (long number = 2; number < 5; number++) {
            Prompt ended = new Prompt(number);
            small.hold(ended);
            ended.end().complete(DONE);
        }
        assertNotHeld(small, new Prompt(2).id());
        assertNotHeld(small, new Prompt(3).id());
        assertThat(small.turn(new Prompt(4).id())).isNotNull();
        assertThat(small.turn(running.id())).isEqualTo(running);
    }

    private static void assertNotHeld(HeldEnds ends, InputId id) {
        assertThatExceptionOfType(NotDoneException.class)
                .isThrownBy(() -> ends.turn(id))
                .satisfies(e -> assertThat(e.code()).isEqualTo("turn_not_held"));
    }
}
