package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.Health;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.ChangeResult;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.InputPlace;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.Outgoing;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.TurnRecord;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link dev.meerkat.core.store.SessionStore} promises. A subclass supplies the store; the
 * chapters before this one come with it.
 */
public abstract class SessionStoreContract extends StoreExportChapter {
    /** For subclasses. */
    protected SessionStoreContract() {}

    @Test
    public void aStepBecomesVisibleAsAWhole() {
        SessionId id = create(named("a"));
        SessionId peer = create(named("b"));
        AppendResult.Appended input = admit(id, event("deploy"));
        Envelope envelope = envelope(id, peer, "hello");
        TurnRecord turn = new TurnRecord(TURN, 1, 1, 0, load(id).inbox().admitted(), AT);
        SessionProgress progress = new SessionProgress(new Marks(1, 0, 0, 0, 1), turn, new Marks(1, 0, 0, 0, 1));
        List<TranscriptEntry> transcript = List.of(
                new TranscriptEntry.Input(AT, TURN, input.input()),
                new TranscriptEntry.Sent(AT, TURN, envelope.id(), envelope.command()),
                new TranscriptEntry.Answer(AT, TURN, "done", false));

        StepResult result = done(store().commit(new StepCommit(id, 0, progress)
                .withAdded(new StepCommit.Added(
                        transcript,
                        List.of(started(1), started(2)),
                        List.of(envelope),
                        List.of(failed(input.input(), FailedInput.State.DEAD, Duration.ZERO))))));

        assertThat(result).isEqualTo(new StepResult.Committed(1, new Cursor(5)));
        StoredSession session = load(id);
        assertThat(session.standing().version()).isEqualTo(1);
        assertThat(session.standing().progress()).isEqualTo(progress);
        assertThat(session.log().messageCount()).isEqualTo(3);
        assertThat(session.log().last()).isEqualTo(new Cursor(5));
        assertThat(store().transcript(id, 0, 10)).isEqualTo(transcript);
        assertThat(store().events(id, new Cursor(3), 10))
                .containsExactly(
                        new SessionEvent.TurnStarted(new Cursor(4), AT, TURN, 1),
                        new SessionEvent.TurnStarted(new Cursor(5), AT, TURN, 2));
        assertThat(outbox(id)).containsExactly(envelope);
        assertThat(store().place(id, input.input().id()).flatMap(InputPlace::failed))
                .hasValueSatisfying(failed -> {
                    assertThat(failed.state()).isEqualTo(FailedInput.State.DEAD);
                    assertThat(failed.input()).isEqualTo(input.input());
                });
    }

    @Test
    public void aStepOnAnotherVersionIsStaleAndLeavesNoTrace() {
        SessionId id = create(named("a"));
        commit(step(id, 0, SessionProgress.START));
        Envelope envelope = envelope(id, id, "hello");

        for (long wrong : new long[] {0, 2}) {
            StepResult result = done(store().commit(new StepCommit(id, wrong, consumed(id))
                    .withAdded(new StepCommit.Added(
                            List.of(new TranscriptEntry.Answer(AT, TURN, "x", false)),
                            List.of(started(1)),
                            List.of(envelope),
                            List.of()))
                    .withChange(StepCommit.Change.ARCHIVE)));
            assertThat(result).isEqualTo(new StepResult.Stale(1));
        }

        StoredSession session = load(id);
        assertThat(session.standing().version()).isEqualTo(1);
        assertThat(session.standing().progress()).isEqualTo(SessionProgress.START);
        assertThat(session.standing().archived()).isFalse();
        assertThat(session.log().messageCount()).isZero();
        assertThat(session.log().last()).isEqualTo(new Cursor(2));
        assertThat(outbox(id)).isEmpty();
    }

    @Test
    public void anArchivedOrUnknownSessionTakesNoStep() {
        SessionId id = create(named("a"));
        archive(id);

        assertThat(done(store().commit(step(id, 1, SessionProgress.START)))).isEqualTo(new StepResult.Stale(1));
        assertThat(done(store().commit(step(new SessionId(uuid()), 0, SessionProgress.START))))
                .isInstanceOf(StepResult.Stale.class);
    }

    @Test
    public void anArchivedSessionIsStillRead() {
        SessionId id = create(named("a").withSystemPrompt("be short"));
        AppendResult.Appended input = admit(id, message("hi"));
        archive(id);

        assertThat(load(id).standing().archived()).isTrue();
        assertThat(positions(id)).containsExactly(1L, 2L, 3L);
        assertThat(store().transcript(id, 0, 10)).hasSize(1);
        assertThat(store().place(id, input.input().id())).isPresent();
    }

    @Test
    public void aStepUnderAKeyIsDoneOnceForEver() {
        SessionId id = create(named("a"));
        SessionId other = create(named("b"));
        assertThat(done(store().commit(keyed(id, 0, "k", "digest")))).isInstanceOf(StepResult.Committed.class);

        assertThat(done(store().commit(keyed(id, 1, "k", "digest")))).isEqualTo(new StepResult.KeyTaken(true));
        assertThat(done(store().commit(keyed(id, 1, "k", "other")))).isEqualTo(new StepResult.KeyTaken(false));
        assertThat(load(id).standing().version()).isEqualTo(1);
        assertThat(load(id).log().messageCount()).isEqualTo(1);
        reopenStore();

        assertThat(done(store().commit(keyed(id, 1, "k", "digest")))).isEqualTo(new StepResult.KeyTaken(true));
        assertThat(commit(keyed(id, 1, "l", "digest")).version()).isEqualTo(2);
        assertThat(commit(keyed(other, 0, "k", "other")).version()).isEqualTo(1);
    }

    @Test
    public void aKeyOfAStepThatIsStaleStaysFree() {
        SessionId id = create(named("a"));

        assertThat(done(store().commit(keyed(id, 3, "k", "other")))).isEqualTo(new StepResult.Stale(0));

        assertThat(commit(keyed(id, 0, "k", "digest")).version()).isEqualTo(1);
    }

    private static StepCommit keyed(SessionId id, long version, String key, String digest) {
        return new StepCommit(id, version, SessionProgress.START)
                .withAdded(new StepCommit.Added(
                        List.of(new TranscriptEntry.SystemPrompt(AT, digest)), List.of(), List.of(), List.of()))
                .withContextKey(new ContextKey(key, digest));
    }

    @Test
    public void whetherASessionIsKeptAliveChanges() {
        SessionId id = idle(named("a"));
        admit(id, message("hi"));
        assertThat(store().unfinished(null, 10)).containsExactly(id);

        keepAlive(id, false);
        assertThat(load(id).spec().keepAlive()).isFalse();
        assertThat(store().unfinished(null, 10)).isEmpty();
        reopenStore();
        assertThat(load(id).spec().keepAlive()).isFalse();

        keepAlive(id, true);
        assertThat(parts(load(id).spec())).isEqualTo(parts(named("a")));
        assertThat(store().unfinished(null, 10)).containsExactly(id);
        commit(step(id, load(id).standing().version(), load(id).standing().progress()));
        assertThat(load(id).spec().keepAlive()).isTrue();
    }

    private void keepAlive(SessionId id, boolean keepAlive) {
        StoredSession before = load(id);
        commit(new StepCommit(id, before.standing().version(), before.standing().progress())
                .withChange(keepAlive ? StepCommit.Change.KEEP_ALIVE : StepCommit.Change.LET_REST));
    }

    @Test
    public void anEnvelopeStaysInTheOutboxUntilItIsSettled() {
        SessionId a = create(named("a"));
        SessionId b = create(named("b"));
        List<Envelope> envelopes = List.of(envelope(a, b, "1"), envelope(a, b, "2"), envelope(a, b, "3"));
        send(a, envelopes.get(0), envelopes.get(1));
        send(a, envelopes.get(2));
        assertThat(outbox(a)).isEqualTo(envelopes);
        Outgoing first = store().outbox(a, 0, 1).get(0);
        assertThat(first.envelope()).isEqualTo(envelopes.get(0));
        assertThat(store().outbox(a, first.number(), 10).stream().map(Outgoing::envelope))
                .isEqualTo(envelopes.subList(1, 3));

        assertThat(done(store().settle(a, envelopes.get(1).id(), null))).isEqualTo(new ChangeResult.Done());
        assertThat(outbox(a)).containsExactly(envelopes.get(0), envelopes.get(2));
        assertThat(load(a).log().last()).isEqualTo(new Cursor(2));

        done(store().settle(a, envelopes.get(2).id(), started(9)));
        assertThat(outbox(a)).containsExactly(envelopes.get(0));
        assertThat(store().events(a, new Cursor(2), 10))
                .containsExactly(new SessionEvent.TurnStarted(new Cursor(3), AT, TURN, 9));
    }

    @Test
    public void settlingWhatIsNotThereDoesNothing() {
        SessionId a = create(named("a"));
        Envelope envelope = envelope(a, a, "1");
        send(a, envelope);
        done(store().settle(a, envelope.id(), null));

        assertThat(done(store().settle(a, envelope.id(), started(1)))).isEqualTo(new ChangeResult.Absent());
        assertThat(done(store().settle(new SessionId(uuid()), envelope.id(), started(1))))
                .isEqualTo(new ChangeResult.Absent());

        assertThat(load(a).log().last()).isEqualTo(new Cursor(2));
    }

    @Test
    public void eventsComeInOrderAndPageByPage() {
        SessionId id = idle(named("a"));
        for (int i = 0; i < 10; i++) {
            admit(id, i % 3 == 0 ? event("e") : message("m"));
            if (i % 2 == 0) {
                commit(new StepCommit(id, load(id).standing().version(), consumed(id))
                        .withAdded(new StepCommit.Added(
                                List.of(), List.of(started(i), started(i)), List.of(), List.of())));
            }
        }
        List<SessionEvent> all = events(id);
        assertThat(positions(id))
                .isEqualTo(LongStream.rangeClosed(1, 22).boxed().toList());

        for (int size : new int[] {1, 2, 7, 22}) {
            List<SessionEvent> pages = new ArrayList<>();
            List<SessionEvent> page = store().events(id, Cursor.START, size);
            while (!page.isEmpty()) {
                assertThat(page).hasSizeLessThanOrEqualTo(size);
                pages.addAll(page);
                page = store().events(id, page.get(page.size() - 1).cursor(), size);
            }
            assertThat(pages).isEqualTo(all);
        }
        assertThat(store().events(id, new Cursor(22), 10)).isEmpty();
        assertThat(store().events(id, new Cursor(1_000), 10)).isEmpty();
    }

    @Test
    public void theTranscriptComesInOrderAndPageByPage() {
        SessionId id = create(named("a"));
        List<TranscriptEntry> entries = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            entries.add(new TranscriptEntry.Answer(AT, TURN, "answer " + i, i % 2 == 0));
        }
        commit(new StepCommit(id, 0, SessionProgress.START)
                .withAdded(new StepCommit.Added(entries, List.of(), List.of(), List.of())));

        assertThat(store().transcript(id, 0, 100)).isEqualTo(entries);
        assertThat(store().transcript(id, 2, 3)).isEqualTo(entries.subList(2, 5));
        assertThat(store().transcript(id, 7, 3)).isEmpty();
        assertThat(load(id).log().messageCount()).isEqualTo(7);
    }

    @Test
    public void theStoreSaysWhatItIs() {
        assertThat(store().describe()).isNotBlank();
        assertThat(store().epoch()).isPositive();
    }

    @Test
    public void openingAgainKeepsEverythingUnderANewEpoch() {
        SessionId a = create(named("a").withSystemPrompt("be short"));
        SessionId b = create(named("b"));
        ExternalEvent event = ExternalEvent.genericJson("x", Json.parse("1.10")).withIdempotencyKey("k");
        AppendResult.Appended external = admit(a, event(event));
        RequestId request = request(a, b, true);
        InputAppend response = response(a, b, request, ResponseStatus.COMPLETED);
        done(store().append(response));
        Envelope envelope = envelope(a, b, "hello");
        send(a, envelope);
        StoredSession before = load(a);
        List<SessionEvent> events = events(a);
        List<Waiting> waiting = store().waiting(a, Track.EXTERNAL, 0, 10);
        Optional<?> stored = store().request(request);
        long epoch = store().epoch();

        reopenStore();

        assertThat(store().epoch()).isGreaterThan(epoch);
        assertThat(parts(load(a))).isEqualTo(parts(before));
        assertThat(events(a)).isEqualTo(events);
        assertThat(store().transcript(a, 0, 10)).hasSize(1);
        assertThat(store().waiting(a, Track.EXTERNAL, 0, 10)).isEqualTo(waiting);
        assertThat(store().request(request)).isEqualTo(stored);
        assertThat(outbox(a)).containsExactly(envelope);
        assertThat(store().find("default", "a")).contains(a);
        InputId first = external.input().id();
        assertThat(append(a, input(event(event))))
                .isInstanceOfSatisfying(
                        AppendResult.Duplicate.class,
                        duplicate -> assertThat(duplicate.first()).isEqualTo(first));
        assertThat(done(store().append(response))).isInstanceOf(AppendResult.Duplicate.class);
    }

    @Test
    public void numberingGoesOnAfterOpeningAgain() {
        SessionId id = create(named("a"));
        admit(id, message("one"));
        commit(new StepCommit(id, 0, consumed(id))
                .withAdded(new StepCommit.Added(
                        List.of(new TranscriptEntry.Answer(AT, TURN, "x", false)),
                        List.of(started(1)),
                        List.of(),
                        List.of())));

        reopenStore();

        AppendResult.Appended next = admit(id, message("two"));
        assertThat(next.number()).isEqualTo(2);
        assertThat(next.input().position()).isEqualTo(new Cursor(5));
        assertThat(done(store().commit(step(id, 0, consumed(id))))).isEqualTo(new StepResult.Stale(1));
        assertThat(commit(id, consumed(id)).version()).isEqualTo(2);
        assertThat(create(SessionSpec.ofPrompt("hi"))).isNotEqualTo(id);
        assertThat(store().unfinished(null, 10)).hasSize(1);
    }

    @Test
    public void aStoreThatTakesWritesIsHealthy() {
        create(named("a"));

        assertThat(store().health()).isEqualTo(Health.OK);
    }

    @Test
    public void closingTwiceDoesNothingMore() {
        store().close();
        store().close();

        assertThat(store().describe()).isNotBlank();
    }
}
