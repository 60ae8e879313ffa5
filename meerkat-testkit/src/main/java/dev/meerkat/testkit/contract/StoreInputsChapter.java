package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.HandlingMode;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TraceContext;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Stores: admitting inputs, knowing them again, and finding those that wait. */
public abstract class StoreInputsChapter extends StoreSessionsChapter {
    private static final int THREADS = 8;
    private static final int INPUTS_OF_THREAD = 50;

    /** For the next chapter. */
    StoreInputsChapter() {}

    @Test
    public void eachTrackCountsForItselfAndAllShareOneLog() {
        SessionId id = create(named("a"));
        InputBody steer = new InputBody.Local(CommsCommand.Input.of("now").withHandlingMode(HandlingMode.STEER));

        AppendResult.Appended first = admit(id, message("one"));
        AppendResult.Appended external = admit(id, event("deploy"));
        AppendResult.Appended second = admit(id, message("two"));
        AppendResult.Appended steered = admit(id, steer);

        assertThat(List.of(first.number(), external.number(), second.number(), steered.number()))
                .containsExactly(1L, 1L, 2L, 1L);
        assertThat(List.of(first.track(), external.track(), second.track(), steered.track()))
                .containsExactly(Track.QUEUED, Track.EXTERNAL, Track.QUEUED, Track.STEERED);
        assertThat(List.of(first, external, second, steered).stream()
                        .map(appended -> appended.input().position().sequence()))
                .containsExactly(3L, 4L, 5L, 6L);
        assertThat(load(id).inbox().admitted()).isEqualTo(new Marks(1, 2, 1, 0, 1));
        assertThat(load(id).log().last()).isEqualTo(new Cursor(6));
        assertThat(events(id).subList(2, 6))
                .containsExactlyElementsOf(List.of(first, external, second, steered).stream()
                        .map(appended -> new SessionEvent.InputAdmitted(appended.input()))
                        .toList());
    }

    @Test
    public void anInputKeepsItsTrace() {
        SessionId id = create(named("a"));
        String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        Optional<TraceContext> trace = Optional.of(new TraceContext(parent));
        Optional<TraceContext> whole = Optional.of(new TraceContext(parent, Optional.of("vendor=a b,other=1")));

        append(id, new NewInput(new InputId(uuid()), AT, Track.EXTERNAL, event("deploy"), trace));
        append(id, new NewInput(new InputId(uuid()), AT, Track.EXTERNAL, event("deploy"), whole));
        admit(id, event("deploy"));

        assertThat(store().waiting(id, Track.EXTERNAL, 0, 10))
                .extracting(waiting -> waiting.input().trace())
                .containsExactly(trace, whole, Optional.empty());
    }

    @Test
    public void anAdmittedInputIsReadAsItWasGiven() {
        SessionId id = create(named("a"));
        NewInput input = input(event(ExternalEvent.genericJson("deploy", Json.parse("{\"n\":1.10,\"m\":1e400}"))
                .withSource("ci")
                .withIdempotencyKey("k")));

        append(id, input);

        AdmittedInput expected = new AdmittedInput(input.id(), new Cursor(3), AT, input.body());
        assertThat(store().waiting(id, Track.EXTERNAL, 0, 10))
                .containsExactly(new Waiting(Track.EXTERNAL, 1, expected));
        assertThat(store().events(id, new Cursor(2), 10)).containsExactly(new SessionEvent.InputAdmitted(expected));
    }

    @Test
    public void theSameInputIdIsADuplicateOfTheFirst() {
        SessionId id = create(named("a"));
        NewInput input = input(message("one"));
        append(id, input);
        admit(id, message("two"));

        AppendResult again = append(id, new NewInput(input.id(), AT, Track.QUEUED, message("other")));

        assertThat(again).isEqualTo(new AppendResult.Duplicate(input.id(), new Cursor(3)));
        assertThat(load(id).log().last()).isEqualTo(new Cursor(4));
        assertThat(load(id).inbox().admitted().queued()).isEqualTo(2);
    }

    @Test
    public void theSameInputIdInTwoSessionsIsTwoInputs() {
        NewInput input = input(message("one"));

        assertThat(append(create(named("a")), input)).isInstanceOf(AppendResult.Appended.class);
        assertThat(append(create(named("b")), input)).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    public void theSameKeyAndContentIsADuplicateAndOtherContentAConflict() {
        SessionId id = create(named("a"));
        ExternalEvent event =
                ExternalEvent.genericJson("deploy", Json.parse("[1.10]")).withIdempotencyKey("k");
        AppendResult.Appended first = admit(id, event(event));
        AppendResult duplicate =
                new AppendResult.Duplicate(first.input().id(), first.input().position());
        AppendResult conflict = new AppendResult.Conflict(first.input().id());

        assertThat(append(id, input(event(event)))).isEqualTo(duplicate);
        assertThat(append(id, input(event(event.withSource("other"))))).isEqualTo(conflict);
        assertThat(append(
                        id,
                        input(event(ExternalEvent.genericJson("deploy", Json.parse("[1.1e0]"))
                                .withIdempotencyKey("k")))))
                .isEqualTo(duplicate);
        assertThat(append(
                        id,
                        input(event(ExternalEvent.genericJson("deploy", Json.parse("[1.11]"))
                                .withIdempotencyKey("k")))))
                .isEqualTo(conflict);
        assertThat(append(id, input(event(event.withIdempotencyKey("K"))))).isInstanceOf(AppendResult.Appended.class);
        assertThat(load(id).inbox().admitted().external()).isEqualTo(2);
    }

    @Test
    public void aKeyBelongsToItsSessionAndOutlivesItsEvent() {
        ExternalEvent event = ExternalEvent.genericJson("deploy", Json.NULL).withIdempotencyKey("k");
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));
        AppendResult.Appended first = admit(a, event(event));
        commit(a, consumed(a));

        assertThat(append(a, input(event(event))))
                .isEqualTo(new AppendResult.Duplicate(
                        first.input().id(), first.input().position()));
        assertThat(append(b, input(event(event)))).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    public void theIdCountsBeforeTheKey() {
        SessionId id = create(named("a"));
        NewInput first = input(event(ExternalEvent.genericJson("x", Json.NULL).withIdempotencyKey("k")));
        NewInput second = input(event(ExternalEvent.genericJson("y", Json.NULL).withIdempotencyKey("l")));
        append(id, first);
        append(id, second);

        NewInput mixed = new NewInput(second.id(), AT, Track.EXTERNAL, first.body());

        assertThat(append(id, mixed)).isEqualTo(new AppendResult.Duplicate(second.id(), new Cursor(4)));
    }

    @Test
    public void unknownAndArchivedSessionsTakeNothing() {
        SessionId archived = create(named("a"));
        archive(archived);
        long last = load(archived).log().last().sequence();

        assertThat(append(new SessionId(uuid()), input(message("hi"))))
                .isEqualTo(new AppendResult.Refused(AppendResult.Reason.UNKNOWN_SESSION));
        assertThat(append(archived, input(message("hi"))))
                .isEqualTo(new AppendResult.Refused(AppendResult.Reason.ARCHIVED));
        assertThat(load(archived).log().last().sequence()).isEqualTo(last);
    }

    @Test
    public void aNoteIsAnEventOfTheSenderAndComesWithTheInputOnly() {
        SessionId sender = create(named("a"));
        SessionId receiver = create(named("b"));
        NewInput input = input(message("hi"));
        InputAppend append = new InputAppend(
                receiver, input, InputAppend.NO_CORRELATION, Optional.of(new InputAppend.Note(sender, started(7))));

        assertThat(done(store().append(append))).isInstanceOf(AppendResult.Appended.class);
        assertThat(done(store().append(append))).isInstanceOf(AppendResult.Duplicate.class);

        assertThat(store().events(sender, new Cursor(2), 10))
                .containsExactly(new SessionEvent.TurnStarted(new Cursor(3), AT, TURN, 7));
        assertThat(load(receiver).log().last()).isEqualTo(new Cursor(3));
    }

    @Test
    public void waitingInputsComePageByPageAndWithoutTheConsumed() {
        SessionId id = idle(named("a"));
        List<InputId> ids = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ids.add(admit(id, message("m" + i)).input().id());
            admit(id, event("e" + i));
        }
        commit(id, consumed(new Marks(1, 2, 0, 0, 0)));

        assertThat(store().waiting(id, Track.QUEUED, 2, 3))
                .extracting(w -> w.input().id())
                .isEqualTo(ids.subList(2, 5));
        assertThat(store().waiting(id, Track.QUEUED, 5, 3))
                .extracting(Waiting::number)
                .containsExactly(6L);
        assertThat(store().waiting(id, Track.QUEUED, 6, 3)).isEmpty();
        assertThat(store().waiting(id, Track.QUEUED, 0, 1))
                .extracting(Waiting::number)
                .containsExactly(3L);
        assertThat(store().waiting(id, Track.EXTERNAL, 0, 10)).hasSize(6);
    }

    @Test
    public void waitingBytesAreThoseOfExternalEventsThatAreNotConsumed() {
        SessionId id = idle(named("a"));
        admit(id, message("not counted"));
        admit(id, event(ExternalEvent.genericJson("x", Json.parse("\"12345678\""))));
        admit(id, event(ExternalEvent.genericJson("x", Json.parse("\"1\""))));
        assertThat(load(id).inbox().waitingExternalBytes()).isEqualTo(13);

        commit(id, consumed(new Marks(1, 0, 0, 0, 1)));
        assertThat(load(id).inbox().waitingExternalBytes()).isEqualTo(3);

        commit(id, consumed(id));
        assertThat(load(id).inbox().waitingExternalBytes()).isZero();
    }

    @Test
    public void anInputHasAPlaceAlsoWhenItIsConsumedOrGivenUp() {
        SessionId id = idle(named("a"));
        InputId consumed = admit(id, message("one")).input().id();
        AdmittedInput second = admit(id, message("two")).input();
        InputId dead = second.id();
        List<FailedInput> letters = List.of(failed(second, FailedInput.State.DEAD, Duration.ZERO));
        commit(new StepCommit(id, 1, consumed(id))
                .withAdded(new StepCommit.Added(List.of(), List.of(), List.of(), letters)));

        assertThat(store().place(id, consumed))
                .contains(new InputPlace(Track.QUEUED, 1, new Cursor(3), Optional.empty()));
        assertThat(store().place(id, dead))
                .contains(new InputPlace(Track.QUEUED, 2, new Cursor(4), Optional.of(letters.get(0))));
        assertThat(store().place(id, new InputId(uuid()))).isEmpty();
        assertThat(store().place(create(SessionSpec.ofPrompt("hi")), consumed)).isEmpty();
    }

    @Test
    public void manyThreadsAppendWithoutGapsAndEachInItsOrder() throws Exception {
        SessionId id = create(named("a"));
        List<Long> all = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<List<Long>>> running = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                running.add(threads.submit(() -> appendMany(id)));
            }
            for (Future<List<Long>> thread : running) {
                List<Long> positions = thread.get(60, TimeUnit.SECONDS);
                assertThat(positions).isSorted();
                all.addAll(positions);
            }
        } finally {
            threads.shutdownNow();
        }

        long last = (long) THREADS * INPUTS_OF_THREAD;
        assertThat(all).containsExactlyInAnyOrderElementsOf(numbers(3, last + 2));
        assertThat(positions(id)).isEqualTo(numbers(1, last + 2));
        assertThat(store().waiting(id, Track.QUEUED, 0, 1_000))
                .extracting(Waiting::number)
                .isEqualTo(numbers(1, last));
    }

    /** Appends without waiting in between; when the last one is complete, those before it are too. */
    private List<Long> appendMany(SessionId id) {
        List<CompletionStage<AppendResult>> mine = new ArrayList<>();
        for (int i = 0; i < INPUTS_OF_THREAD; i++) {
            mine.add(store().append(InputAppend.local(id, input(message("m")))));
        }
        done(mine.get(INPUTS_OF_THREAD - 1));
        assertThat(mine).allMatch(stage -> stage.toCompletableFuture().isDone());
        return mine.stream()
                .map(stage ->
                        ((AppendResult.Appended) done(stage)).input().position().sequence())
                .toList();
    }

    private static List<Long> numbers(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }
}
