package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.DeadLetter;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.ChangeResult;
import dev.meerkat.core.store.DeadLetterChange;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.FailedInput.State;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.RetryQueue;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.TurnRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Stores: inputs whose turns failed, their retries, and dead letters. */
public abstract class StoreFailedInputsChapter extends StoreRequestsChapter {
    private static final Instant LATER = AT.plusSeconds(60);
    private static final int ROUNDS = 20;

    /** For the next chapter. */
    StoreFailedInputsChapter() {}

    private AdmittedInput admitted(SessionId id, String text) {
        return admit(id, message(text)).input();
    }

    /** Commits what becomes of inputs, and that the marks are past all that is admitted. */
    private void commit(SessionId id, FailedInput... failed) {
        StoredSession session = load(id);
        commit(new StepCommit(id, session.standing().version(), consumed(id))
                .withAdded(new StepCommit.Added(List.of(), List.of(), List.of(), List.of(failed))));
    }

    private static FailedInput ofTurn(FailedInput failed, TurnId turn) {
        TurnRecord record = failed.turn();
        return new FailedInput(
                failed.input(),
                failed.state(),
                new TurnRecord(turn, 3, 0, 0, record.staged(), record.notBefore()),
                failed.at(),
                failed.delay(),
                failed.waited(),
                failed.code(),
                failed.message());
    }

    private static FailedInput dead(AdmittedInput input) {
        return failed(input, State.DEAD, Duration.ZERO);
    }

    private boolean change(SessionId id, InputId input, DeadLetterChange.Kind kind) {
        return done(store().change(new DeadLetterChange(id, input, kind, LATER))) instanceof ChangeResult.Done;
    }

    private State state(SessionId id, InputId input) {
        FailedInput failed =
                store().place(id, input).flatMap(InputPlace::failed).orElseThrow();
        return failed.state();
    }

    @Test
    public void retriesAreReadByWhenTheyAreDueAndThoseOfATurnByAdmission() {
        SessionId id = idle(named("a"));
        FailedInput last = failed(admitted(id, "one"), State.SET_ASIDE, Duration.ofMinutes(9));
        FailedInput first = failed(admitted(id, "two"), State.HELD, Duration.ofSeconds(1));
        FailedInput later = ofTurn(failed(admitted(id, "three"), State.SET_ASIDE, Duration.ofMinutes(2)), TURN);
        FailedInput together = ofTurn(failed(admitted(id, "four"), State.SET_ASIDE, Duration.ofMinutes(2)), TURN);
        assertThat(store().retries(id)).isEmpty();
        assertThat(load(id).inbox().retries()).isFalse();
        commit(id, together, last, later, first, dead(admitted(id, "five")));

        assertThat(store().retries(id)).contains(new RetryQueue(true, first, last));
        assertThat(retries(id, TURN)).containsExactly(later, together);
        assertThat(store().retries(id, TURN, Cursor.START, 1)).containsExactly(later);
        assertThat(store().retries(id, TURN, later.input().position(), 10)).containsExactly(together);
        assertThat(load(id).inbox().retries()).isTrue();
        assertThat(store().unfinished(null, 10)).containsExactly(id);

        commit(id, first.as(State.HANDLED), last.as(State.HANDLED));
        assertThat(store().retries(id)).hasValueSatisfying(queue -> {
            assertThat(queue.held()).isFalse();
            assertThat(queue.first()).isEqualTo(later);
            assertThat(queue.last()).isIn(later, together);
        });

        commit(id, later.as(State.HANDLED), together.as(State.DEAD));
        assertThat(store().retries(id)).isEmpty();
        assertThat(store().unfinished(null, 10)).isEmpty();
    }

    @Test
    public void aHandledInputKeepsHowManyAttemptsItTook() {
        SessionId id = idle(named("a"));
        FailedInput failed = ofTurn(failed(admitted(id, "one"), State.HELD, Duration.ofSeconds(1)), TURN);
        commit(id, failed);
        commit(id, failed.as(State.HANDLED));

        assertThat(state(id, failed.input().id())).isEqualTo(State.HANDLED);
        assertThat(store().place(id, failed.input().id()))
                .hasValueSatisfying(place -> assertThat(place.failed())
                        .isNotNull()
                        .satisfies(handled -> assertThat(
                                        handled.orElseThrow().turn().attempt())
                                .isEqualTo(3)));
        assertThat(store().deadLetters(id, 0, 10)).isEmpty();
        assertThat(change(id, failed.input().id(), DeadLetterChange.Kind.REDRIVE))
                .isFalse();
    }

    @Test
    public void deadLettersAreListedBySessionAndAdmissionInPages() {
        SessionId a = idle(named("a"));
        SessionId b = idle(named("b"));
        List<DeadLetter> expected = new ArrayList<>();
        for (SessionId id : List.of(a, b)) {
            FailedInput one = ofTurn(dead(admitted(id, "one")), TURN);
            FailedInput two = dead(admitted(id, "two"));
            commit(id, two, one);
            expected.add(one.deadLetter(id));
            expected.add(two.deadLetter(id));
        }

        assertThat(store().deadLetters(null, 0, 10)).isEqualTo(expected);
        assertThat(store().deadLetters(null, 1, 2)).isEqualTo(expected.subList(1, 3));
        assertThat(store().deadLetters(b, 0, 10)).isEqualTo(expected.subList(2, 4));
        assertThat(store().deadLetters(b, 1, 10)).isEqualTo(expected.subList(3, 4));
        assertThat(expected.get(0).attempts()).isEqualTo(3);

        archive(a);
        assertThat(store().deadLetters(null, 0, 10)).isEqualTo(expected.subList(2, 4));
        assertThat(store().deadLetters(a, 0, 10)).isEqualTo(expected.subList(0, 2));
        InputId archived = expected.get(0).input().id();
        assertThat(change(a, archived, DeadLetterChange.Kind.REDRIVE)).isFalse();
    }

    @Test
    public void aRedriveTakesAllOfItsTurnBackDueAtOnceAndIsLogged() {
        SessionId id = idle(named("a"));
        FailedInput one = ofTurn(dead(admitted(id, "one")), TURN);
        FailedInput two = ofTurn(dead(admitted(id, "two")), TURN);
        FailedInput other = dead(admitted(id, "three"));
        commit(id, one, two, other);
        Cursor before = load(id).log().last();

        assertThat(change(id, two.input().id(), DeadLetterChange.Kind.REDRIVE)).isTrue();
        assertThat(change(id, two.input().id(), DeadLetterChange.Kind.REDRIVE)).isFalse();
        assertThat(change(id, one.input().id(), DeadLetterChange.Kind.DISCARD)).isFalse();

        assertThat(retries(id, TURN)).containsExactly(one.redriven(LATER), two.redriven(LATER));
        assertThat(store().deadLetters(id, 0, 10)).containsExactly(other.deadLetter(id));
        assertThat(store().events(id, before, 10))
                .containsExactly(new SessionEvent.InputRedriven(
                        new Cursor(before.sequence() + 1),
                        LATER,
                        List.of(one.input().id(), two.input().id())));
    }

    @Test
    public void aDiscardedDeadLetterIsGoneForGoodAndLogged() {
        SessionId id = idle(named("a"));
        FailedInput one = dead(admitted(id, "one"));
        commit(id, one);
        Cursor before = load(id).log().last();
        InputId input = one.input().id();

        assertThat(change(id, input, DeadLetterChange.Kind.DISCARD)).isTrue();
        assertThat(change(id, input, DeadLetterChange.Kind.DISCARD)).isFalse();
        assertThat(change(id, input, DeadLetterChange.Kind.REDRIVE)).isFalse();

        assertThat(state(id, input)).isEqualTo(State.DISCARDED);
        assertThat(store().deadLetters(id, 0, 10)).isEmpty();
        assertThat(store().events(id, before, 10))
                .containsExactly(
                        new SessionEvent.InputDiscarded(new Cursor(before.sequence() + 1), LATER, List.of(input)));
    }

    @Test
    public void whatIsNoDeadLetterIsNotChanged() {
        SessionId id = idle(named("a"));
        AdmittedInput waits = admitted(id, "waits");

        assertThat(change(id, waits.id(), DeadLetterChange.Kind.REDRIVE)).isFalse();
        assertThat(change(id, new InputId(uuid()), DeadLetterChange.Kind.DISCARD))
                .isFalse();
        assertThat(change(new SessionId(uuid()), waits.id(), DeadLetterChange.Kind.REDRIVE))
                .isFalse();
    }

    @Test
    public void theKeyOfADeadLetterRedrivesItOnce() {
        SessionId id = idle(named("a"));
        ExternalEvent event = ExternalEvent.genericJson("deploy", Json.NULL).withIdempotencyKey("k");
        AdmittedInput first = admit(id, event(event)).input();
        commit(id, dead(first));

        assertThat(append(id, input(event(event))))
                .isEqualTo(new AppendResult.Duplicate(first.id(), first.position(), true));
        assertThat(append(id, input(event(event)))).isEqualTo(new AppendResult.Duplicate(first.id(), first.position()));
        assertThat(state(id, first.id())).isEqualTo(State.SET_ASIDE);
    }

    @Test
    public void ofChangesAtOnceOneIsMade() throws Exception {
        SessionId id = idle(named("a"));
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                FailedInput letter = dead(admitted(id, "round " + round));
                commit(id, letter);
                List<Future<Boolean>> changes = new ArrayList<>();
                for (DeadLetterChange.Kind kind : List.of(
                        DeadLetterChange.Kind.REDRIVE, DeadLetterChange.Kind.DISCARD, DeadLetterChange.Kind.REDRIVE)) {
                    changes.add(threads.submit(() -> change(id, letter.input().id(), kind)));
                }
                int made = 0;
                for (Future<Boolean> change : changes) {
                    made += change.get(30, TimeUnit.SECONDS) ? 1 : 0;
                }
                assertThat(made).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
