package dev.meerkat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.AdmittedInput;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.Retention;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.DeadLetterChange;
import dev.meerkat.core.store.FailedInput;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Trim;
import dev.meerkat.core.store.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Stores: removing what is no longer needed. */
public abstract class StoreRetentionChapter extends StoreDeletionChapter {
    /** For the next chapter. */
    StoreRetentionChapter() {}

    @Test
    public void aReaderWithAnOldCursorGetsAGapAndThenAllThatIsLeft() {
        SessionId id = handled(5);
        List<SessionEvent> before = events(id);
        Cut cut = new Cut(new Cursor(6), 0);

        trim(id, cut, AT.plusSeconds(1), Long.MAX_VALUE);

        for (int i = 0; i < 2; i++) {
            List<SessionEvent> rest = before.subList(6, before.size());
            assertThat(store().cut(id)).isEqualTo(cut);
            assertThat(events(id).get(0)).isEqualTo(new SessionEvent.Gap(new Cursor(6), OptionalLong.of(6)));
            assertThat(events(id).subList(1, events(id).size())).isEqualTo(rest);
            assertThat(store().events(id, new Cursor(4), 1))
                    .containsExactly(new SessionEvent.Gap(new Cursor(6), OptionalLong.of(2)));
            assertThat(store().events(id, new Cursor(4), 3)).hasSize(3).endsWith(rest.get(1));
            for (int at = 6; at <= before.size(); at++) {
                assertThat(store().events(id, new Cursor(at), 100)).isEqualTo(before.subList(at, before.size()));
            }
            assertThat(load(id).log().last()).isEqualTo(new Cursor(before.size()));
            reopenStore();
        }
    }

    @Test
    public void theEventsOfAStepAreReadAndCutAtAnyPlace() {
        SessionId id = idle(named("a"));
        StoredSession session = load(id);
        commit(new StepCommit(
                        id, session.standing().version(), session.standing().progress())
                .withAdded(new StepCommit.Added(
                        List.of(),
                        List.of(started(1), started(2), started(3), started(4), started(5)),
                        List.of(),
                        List.of())));
        admit(id, event("behind"));
        List<SessionEvent> all = events(id);

        for (int after = 0; after < all.size(); after++) {
            for (int limit = 1; limit <= all.size(); limit++) {
                assertThat(store().events(id, new Cursor(after), limit))
                        .isEqualTo(all.subList(after, Math.min(all.size(), after + limit)));
            }
        }
        for (int cut = all.size() - 5; cut < all.size(); cut++) {
            trim(id, new Cut(new Cursor(cut), 0), Instant.EPOCH, Long.MAX_VALUE);
            for (int i = 0; i < 2; i++) {
                assertThat(store().events(id, new Cursor(cut), 100)).isEqualTo(all.subList(cut, all.size()));
                assertThat(events(id).get(0)).isEqualTo(new SessionEvent.Gap(new Cursor(cut), OptionalLong.of(cut)));
                reopenStore();
            }
        }
    }

    @Test
    public void aTranscriptKeepsItsNumbersAndTheInputsThatItHas() {
        SessionId id = handled(5);
        List<TranscriptEntry> before = store().transcript(id, 0, 100);

        trim(id, new Cut(load(id).log().last(), 4), AT.plusSeconds(1), Long.MAX_VALUE);

        assertThat(store().cut(id).entries()).isEqualTo(4);
        assertThat(store().transcript(id, 4, 100)).isEqualTo(before.subList(4, before.size()));
        assertThat(store().transcript(id, 0, 2)).isEqualTo(before.subList(4, 6));
        assertThat(load(id).log().messageCount()).isEqualTo(before.size());
    }

    @Test
    public void aKeyIsKnownUntilItMayBeForgotten() {
        SessionId id = handled(3);
        StoredSession before = load(id);
        Cut all = new Cut(before.log().last(), before.log().messageCount());

        trim(id, all, Instant.EPOCH, Long.MAX_VALUE);
        assertThat(append(id, input(event(keyed(1))))).isInstanceOf(AppendResult.Duplicate.class);

        trim(id, all, AT.plusSeconds(1), Long.MAX_VALUE);
        AppendResult again = append(id, input(event(keyed(1))));

        assertThat(again).isInstanceOf(AppendResult.Appended.class);
        assertThat(((AppendResult.Appended) again).input().position())
                .isEqualTo(new Cursor(before.log().last().sequence() + 1));
        assertThat(((AppendResult.Appended) again).number()).isEqualTo(4);
        assertThat(load(id).inbox().waitingExternalBytes()).isEqualTo(keyed(1).sizeBytes());
    }

    @Test
    public void theNewestKeysAreKnownIfSoManyAreKept() {
        SessionId id = handled(5);
        StoredSession before = load(id);

        trim(id, new Cut(before.log().last(), before.log().messageCount()), Instant.EPOCH, 2);

        assertThat(append(id, input(event(keyed(4))))).isInstanceOf(AppendResult.Duplicate.class);
        assertThat(append(id, input(event(keyed(5))))).isInstanceOf(AppendResult.Duplicate.class);
        assertThat(append(id, input(event(keyed(1))))).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    public void whatWaitsIsNeverRemovedNorWhatIsTriedAgainOrDead() {
        SessionId id = idle(named("a"));
        List<AdmittedInput> failing = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            failing.add(admit(id, event(keyed(i))).input());
        }
        StoredSession session = load(id);
        commit(new StepCommit(
                        id,
                        session.standing().version(),
                        consumed(session.inbox().admitted()))
                .withAdded(new StepCommit.Added(
                        List.of(),
                        List.of(started(1), started(2)),
                        List.of(envelope(id, id, "on its way")),
                        List.of(
                                failed(failing.get(0), FailedInput.State.SET_ASIDE, Duration.ofMinutes(1)),
                                failed(failing.get(1), FailedInput.State.DEAD, Duration.ZERO)))));
        AdmittedInput waiting = admit(id, event(keyed(7))).input();
        admit(id, message("last"));

        trim(id, new Cut(load(id).log().last(), 100), AT.plusSeconds(1), 0);

        for (int i = 0; i < 2; i++) {
            assertThat(store().waiting(id, Track.EXTERNAL, 0, 10))
                    .extracting(Waiting::input)
                    .containsExactly(waiting);
            assertThat(store().waiting(id, Track.QUEUED, 0, 10)).hasSize(1);
            assertThat(store().retries(id).orElseThrow().first().input()).isEqualTo(failing.get(0));
            assertThat(store().deadLetters(id, 0, 10)).hasSize(1);
            assertThat(outbox(id)).hasSize(1);
            assertThat(append(id, input(event(keyed(7))))).isInstanceOf(AppendResult.Duplicate.class);
            reopenStore();
        }
        InputId dead = failing.get(1).id();
        done(store().change(new DeadLetterChange(id, dead, DeadLetterChange.Kind.DISCARD, AT)));
        admit(id, message("behind"));
        trim(id, new Cut(load(id).log().last(), 100), AT.plusSeconds(1), 0);
        assertThat(store().place(id, dead)).isEmpty();
        assertThat(append(id, input(event(keyed(1))))).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    public void theSessionGoesOnAsIfNothingHadBeenRemoved() {
        SessionId id = handled(4);
        StoredSession before = load(id);
        trim(id, new Cut(before.log().last(), before.log().messageCount()), AT.plusSeconds(1), 0);
        reopenStore();

        assertThat(parts(load(id))).isEqualTo(parts(before));
        AppendResult.Appended next = admit(id, event("next"));
        commit(new StepCommit(
                        id,
                        before.standing().version(),
                        consumed(load(id).inbox().admitted()))
                .withAdded(new StepCommit.Added(
                        List.of(new TranscriptEntry.Input(AT, TURN, next.input())),
                        List.of(started(3)),
                        List.of(),
                        List.of())));

        assertThat(next.number()).isEqualTo(5);
        assertThat(next.input().position().sequence())
                .isEqualTo(before.log().last().sequence() + 1);
        assertThat(store().transcript(id, before.log().messageCount(), 10)).hasSize(1);
        assertThat(store().events(id, before.log().last(), 10)).hasSize(2);
    }

    @Test
    public void aLongPastIsRemovedInParts() {
        SessionId id = create(named("a"));
        for (int i = 0; i < 3_500; i++) {
            var unused = store().append(InputAppend.local(id, input(event("e" + i))));
        }
        commit(id, consumed(id));
        long last = load(id).log().last().sequence();
        Trim trim = new Trim(id, new Cut(new Cursor(last - 10), 0), AT.plusSeconds(1), Long.MAX_VALUE);

        int parts = 1;
        while (done(store().trim(trim))) {
            parts++;
        }

        assertThat(parts).isLessThan(20);
        assertThat(events(id)).hasSize(11);
        assertThat(done(store().trim(trim))).isFalse();
    }

    @Test
    public void sessionsWithARuleOfTheirOwnAreFound() {
        Retention rule = Retention.ofAge(Duration.ofDays(30))
                .withEvents(Retention.Keep.FOREVER.withCount(10).withBytes(1_000));
        SessionId a = create(named("a"));
        SessionId b = create(named("b").withRetention(rule));
        SessionId c = idle(named("c").withRetention(rule));
        archive(c);

        assertThat(store().retained(false, null, 10)).containsExactly(b, c);
        assertThat(store().retained(false, b, 10)).containsExactly(c);
        assertThat(store().retained(true, null, 2)).containsExactly(a, b);
        assertThat(load(b).spec().retention()).contains(rule);
        assertThat(load(a).spec().retention()).isEmpty();
    }

    private void trim(SessionId id, Cut upTo, Instant keysBefore, long keysKept) {
        Trim trim = new Trim(id, upTo, keysBefore, keysKept);
        for (int i = 0; done(store().trim(trim)); i++) {
            assertThat(i).isLessThan(100);
        }
    }

    private static ExternalEvent keyed(int number) {
        return ExternalEvent.genericJson("deploy", Json.parse("{\"n\":" + number + "}"))
                .withIdempotencyKey("k" + number);
    }

    /** A session that has handled some events, each with an entry for it and one for the answer. */
    private SessionId handled(int count) {
        SessionId id = idle(named("a"));
        for (int i = 1; i <= count; i++) {
            AppendResult.Appended event = (AppendResult.Appended) append(id, input(event(keyed(i))));
            StoredSession session = load(id);
            commit(new StepCommit(
                            id,
                            session.standing().version(),
                            consumed(session.inbox().admitted()))
                    .withAdded(new StepCommit.Added(
                            List.of(
                                    new TranscriptEntry.Input(AT, TURN, event.input()),
                                    new TranscriptEntry.Answer(AT, TURN, "done " + i, false)),
                            List.of(started(i)),
                            List.of(),
                            List.of())));
        }
        return id;
    }
}
