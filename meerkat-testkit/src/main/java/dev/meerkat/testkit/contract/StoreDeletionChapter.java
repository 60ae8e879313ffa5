package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.ResponseStatus;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.ChangeResult;
import dev.meerkat.core.store.ContextKey;
import dev.meerkat.core.store.DeleteResult;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Stores: deleting sessions, and listing archived ones. */
public abstract class StoreDeletionChapter extends StoreFenceChapter {
    /** For the next chapter. */
    StoreDeletionChapter() {}

    @Test
    public void onlyAnArchivedSessionIsDeleted() {
        SessionId id = idle(named("a"));

        assertThat(done(store().delete(id))).isEqualTo(DeleteResult.LIVE);
        assertThat(load(id).standing().archived()).isFalse();
        assertThat(done(store().delete(new SessionId(new UUID(7, 7))))).isEqualTo(DeleteResult.ABSENT);

        archive(id);
        assertThat(done(store().delete(id))).isEqualTo(DeleteResult.DELETED);
        assertThat(done(store().delete(id))).isEqualTo(DeleteResult.ABSENT);
    }

    @Test
    public void noReadFindsADeletedSession() {
        SessionId id = full("a");
        Envelope envelope = outbox(id).get(0);
        archive(id);

        assertThat(done(store().delete(id))).isEqualTo(DeleteResult.DELETED);

        for (int i = 0; i < 2; i++) {
            assertThat(store().load(id)).isEmpty();
            assertThat(store().find("default", "a")).isEmpty();
            assertThat(events(id)).isEmpty();
            assertThat(store().transcript(id, 0, 10)).isEmpty();
            assertThat(outbox(id)).isEmpty();
            assertThat(store().retries(id)).isEmpty();
            assertThat(store().deadLetters(id, 0, 10)).isEmpty();
            assertThat(store().waiting(id, Track.EXTERNAL, 0, 10)).isEmpty();
            assertThat(store().list(SessionQuery.all().ofArchived())).isEmpty();
            assertThat(store().list(SessionQuery.all().ofArchived().withLabel("k", "v")))
                    .isEmpty();
            assertThat(store().unfinished(null, 10)).isEmpty();
            assertThat(append(id, input(message("late"))))
                    .isEqualTo(new AppendResult.Refused(AppendResult.Reason.UNKNOWN_SESSION));
            assertThat(done(store().commit(step(id, 3, SessionProgress.START)))).isInstanceOf(StepResult.Stale.class);
            assertThat(done(store().settle(id, envelope.id(), null))).isInstanceOf(ChangeResult.Absent.class);
            reopenStore();
        }
    }

    @Test
    public void whatBelongsToOthersStaysAsItWas() {
        SessionId gone = full("a");
        SessionId kept = full("b");
        RequestId sent = request(gone, kept, true);
        RequestId received = request(kept, gone, true);
        archive(gone);
        StoredSession before = load(kept);
        List<?> log = events(kept);
        List<?> transcript = store().transcript(kept, 0, 100);

        done(store().delete(gone));

        assertThat(parts(load(kept))).isEqualTo(parts(before));
        assertThat(events(kept)).isEqualTo(log);
        assertThat(store().transcript(kept, 0, 100)).isEqualTo(transcript);
        assertThat(outbox(kept)).hasSize(1);
        assertThat(store().deadLetters(kept, 0, 10)).hasSize(1);
        assertThat(store().request(sent)).isEmpty();
        assertThat(store().request(received)).isPresent();
        assertThat(done(store().append(response(gone, kept, sent, ResponseStatus.COMPLETED))))
                .isEqualTo(new AppendResult.Refused(AppendResult.Reason.UNKNOWN_SESSION));
    }

    @Test
    public void aSessionAfterADeletedOneHasNothingOfIt() {
        SessionId first = full("a");
        archive(first);
        done(store().delete(first));

        SessionId second = create(named("a"));

        assertThat(positions(second)).containsExactly(1L, 2L);
        assertThat(store().transcript(second, 0, 10)).isEmpty();
        assertThat(append(second, input(event(keyed())))).isInstanceOf(AppendResult.Appended.class);
        StepCommit note = new StepCommit(
                        second,
                        load(second).standing().version(),
                        load(second).standing().progress())
                .withAdded(new StepCommit.Added(
                        List.of(new TranscriptEntry.SystemPrompt(AT, "note")), List.of(), List.of(), List.of()))
                .withContextKey(new ContextKey("note", "1"));
        assertThat(done(store().commit(note))).isInstanceOf(StepResult.Committed.class);
    }

    @Test
    public void aLongSessionIsDeletedWholeWhileOthersAreWrittenTo() {
        SessionId id = create(named("a"));
        for (int i = 0; i < 5_000; i++) {
            var unused = store().append(InputAppend.local(id, input(event("e" + i))));
        }
        archive(id);
        SessionId other = create(named("b"));

        var deleted = store().delete(id);
        admit(other, event("between"));

        assertThat(done(deleted)).isEqualTo(DeleteResult.DELETED);
        assertThat(events(id)).isEmpty();
        assertThat(store().waiting(other, Track.EXTERNAL, 0, 10)).hasSize(1);
    }

    @Test
    public void archivedSessionsAreListedInOrderOfCreation() {
        SessionId a = idle(named("a").withLabels(Map.of("team", "x")));
        SessionId b = idle(named("b"));
        SessionId c = idle(named("c").withLabels(Map.of("team", "x")));
        archive(c);
        archive(a);

        SessionQuery archived = SessionQuery.all().ofArchived();
        assertThat(store().list(archived)).containsExactly(a, c);
        assertThat(store().list(archived.page(1, 5))).containsExactly(c);
        assertThat(store().list(archived.withLabel("team", "x"))).containsExactly(a, c);
        assertThat(store().list(SessionQuery.all())).containsExactly(b);
        assertThat(store().list(SessionQuery.all().withLabel("team", "x"))).isEmpty();
    }

    private static ExternalEvent keyed() {
        return ExternalEvent.genericJson("deploy", Json.parse("{\"n\":1}")).withIdempotencyKey("k");
    }

    /** A session that has something in every table. */
    final SessionId full(String name) {
        SessionId id = create(named(name).withLabels(Map.of("k", "v")).withSystemPrompt("be short"));
        AppendResult.Appended event = (AppendResult.Appended) append(id, input(event(keyed())));
        StoredSession session = load(id);
        commit(new StepCommit(
                        id,
                        session.standing().version(),
                        consumed(session.inbox().admitted()))
                .withAdded(new StepCommit.Added(
                        List.of(
                                new TranscriptEntry.Input(AT, TURN, event.input()),
                                new TranscriptEntry.Answer(AT, TURN, "done", false)),
                        List.of(started(1)),
                        List.of(envelope(id, id, "hello")),
                        List.of(failed(event.input(), FailedInput.State.DEAD, Duration.ZERO))))
                .withContextKey(new ContextKey("note", "1")));
        return id;
    }
}
