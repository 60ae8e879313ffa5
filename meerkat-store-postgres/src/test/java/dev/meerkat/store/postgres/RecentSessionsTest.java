package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.Marks;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.Track;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** Inputs that are written without a look-up: what another node has done meanwhile counts all the same. */
class RecentSessionsTest {
    private final PostgresOptions options = TestServer.fresh();
    private final String schema = DbConnection.quoted(options.schema());
    /** For each transaction of the first node: whether all of it went in one message. */
    private final List<Boolean> whole = new ArrayList<>();

    @AfterEach
    void drop() {
        TestServer.drop(options);
    }

    private PostgresStore first() {
        return Alone.begun(PostgresStore.open(
                TestServer.source(), options, PostgresSettings.DEFAULT.withCommit((connection, last) -> {
                    whole.add(connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.IDLE);
                    last.send();
                })));
    }

    private PostgresStore other() {
        return PostgresStore.open(TestServer.source(), options, PostgresSettings.DEFAULT);
    }

    private static NewInput event(String key, String payload) {
        InputBody body = new InputBody.External(
                ExternalEvent.genericJson("e", Json.parse(payload)).withIdempotencyKey(key));
        return new NewInput(new InputId(Script.uuid()), Script.AT, Track.of(body), body);
    }

    private static AppendResult append(PostgresStore store, SessionId id, NewInput input) throws Exception {
        return Script.done(Script.append(store, id, input));
    }

    private boolean lastWasWhole() {
        return whole.get(whole.size() - 1);
    }

    private List<String> log(PostgresStore store, SessionId id) {
        List<SessionEvent> events = store.events(id, Cursor.START, 1_000);
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).cursor().sequence()).isEqualTo(i + 1L);
        }
        return events.stream()
                .filter(SessionEvent.InputAdmitted.class::isInstance)
                .map(event -> Script.text(((SessionEvent.InputAdmitted) event).input()))
                .toList();
    }

    @Test
    void anInputForASessionThatNobodyElseHasChangedIsOneMessage() throws Exception {
        try (PostgresStore store = first()) {
            SessionId id = Script.create(store, "a");
            assertThat(lastWasWhole()).isFalse();
            for (int i = 0; i < 3; i++) {
                assertThat(append(store, id, event("k" + i, "1"))).isInstanceOf(AppendResult.Appended.class);
                assertThat(lastWasWhole()).isTrue();
            }
            assertThat(log(store, id)).containsExactly("hi", "e 1", "e 1", "e 1");
            assertThat(store.load(id).orElseThrow().inbox().admitted()).isEqualTo(new Marks(1, 0, 0, 0, 3));
        }
    }

    @Test
    void whatAnotherNodeHasWrittenComesBeforeAndItsKeysCount() throws Exception {
        try (PostgresStore store = first();
                PostgresStore other = other()) {
            SessionId id = Script.create(store, "a");
            append(store, id, event("k1", "1"));
            NewInput theirs = event("k2", "2");
            append(other, id, theirs);

            assertThat(append(store, id, event("k2", "2")))
                    .isEqualTo(new AppendResult.Duplicate(theirs.id(), new Cursor(4)));
            assertThat(append(store, id, event("k2", "9"))).isEqualTo(new AppendResult.Conflict(theirs.id()));
            assertThat(append(store, id, event("k3", "3"))).isInstanceOf(AppendResult.Appended.class);
            assertThat(log(store, id)).containsExactly("hi", "e 1", "e 2", "e 3");
        }
    }

    @Test
    void anInputThatComesTwiceIsADuplicateThoughNothingWasLookedUp() throws Exception {
        try (PostgresStore store = first()) {
            SessionId id = Script.create(store, "a");
            NewInput early = event("k1", "1");
            append(store, id, early);
            append(store, id, event("k2", "2"));
            assertThat(append(store, id, early)).isEqualTo(new AppendResult.Duplicate(early.id(), new Cursor(3)));
            assertThat(append(store, id, event("k1", "1")))
                    .isEqualTo(new AppendResult.Duplicate(early.id(), new Cursor(3)));
            assertThat(append(store, id, event("k1", "9"))).isEqualTo(new AppendResult.Conflict(early.id()));
            assertThat(log(store, id)).containsExactly("hi", "e 1", "e 2");
        }
    }

    @Test
    void aSessionThatIsOftenChangedByOthersIsLookedUpAndLaterReliedOnAgain() throws Exception {
        try (PostgresStore store = first();
                PostgresStore other = other()) {
            SessionId id = Script.create(store, "a");
            List<String> expected = new ArrayList<>(List.of("hi"));
            for (int i = 0; i < 20; i++) {
                append(other, id, event("o" + i, "1"));
                append(store, id, event("m" + i, "2"));
                expected.addAll(List.of("e 1", "e 2"));
            }
            assertThat(log(store, id)).isEqualTo(expected);
            whole.clear();
            for (int i = 0; i < 80; i++) {
                append(store, id, event("n" + i, "3"));
            }
            assertThat(whole.get(0)).isFalse();
            assertThat(lastWasWhole()).isTrue();
        }
    }

    @Test
    void stepsAndInputsOfTheSameNodeFollowEachOther() throws Exception {
        try (PostgresStore store = first()) {
            SessionId id = Script.create(store, "a");
            for (int version = 0; version < 3; version++) {
                append(store, id, event("k" + version, "1"));
                StepResult step = Script.done(store.commit(new StepCommit(id, version, SessionProgress.START)));
                assertThat(step).isEqualTo(new StepResult.Committed(version + 1L, new Cursor(version + 3L)));
            }
            assertThat(store.load(id).orElseThrow().standing().version()).isEqualTo(3);
            assertThat(log(store, id)).hasSize(4);
        }
    }

    @Test
    void aFullLaneIsRefusedOnlyAfterALook() throws Exception {
        try (PostgresStore store = first()) {
            SessionId id = Script.create(store, "a");
            InputAppend.Room room = new InputAppend.Room(1, 1_000);
            append(store, id, event("k1", "1"));
            assertThat(Script.done(
                            store.append(InputAppend.local(id, event("k2", "2")).within(room))))
                    .isEqualTo(new AppendResult.Refused(AppendResult.Reason.TOO_MANY_INPUTS));
            assertThat(lastWasWhole()).isFalse();
        }
    }

    @Test
    void aSessionThatAnotherNodeDeletesIsUnknown() throws Exception {
        try (PostgresStore store = first();
                PostgresStore other = other()) {
            SessionId id = Script.create(store, "a");
            append(store, id, event("k1", "1"));
            TestServer.execute("UPDATE " + schema + ".state SET archived = true, version = version + 1");
            assertThat(append(store, id, event("k2", "2")))
                    .isEqualTo(new AppendResult.Refused(AppendResult.Reason.ARCHIVED));
            Script.done(other.delete(id));
            assertThat(append(store, id, event("k3", "3")))
                    .isEqualTo(new AppendResult.Refused(AppendResult.Reason.UNKNOWN_SESSION));
        }
    }

    @Test
    void aNodeThatWasDeclaredDeadWritesUnderItsNextName() throws Exception {
        try (PostgresStore store = first()) {
            SessionId id = Script.create(store, "a");
            append(store, id, event("k1", "1"));
            long epoch = store.epoch();
            TestServer.execute("UPDATE " + schema + ".node SET dead = true");
            assertThat(append(store, id, event("k2", "2"))).isInstanceOf(AppendResult.Appended.class);
            assertThat(store.epoch()).isGreaterThan(epoch);
            assertThat(log(store, id)).containsExactly("hi", "e 1", "e 2");
        }
    }

    @Test
    void manyInputsOfTwoNodesAreAllThereInOrder() throws Exception {
        try (PostgresStore store = first();
                PostgresStore other = other()) {
            List<SessionId> ids = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                ids.add(Script.create(store, "s" + i));
            }
            List<CompletionStage<AppendResult>> all = new ArrayList<>();
            for (int i = 0; i < 800; i++) {
                SessionId id = ids.get(i % ids.size());
                // Both send each key once.
                all.add(Script.append(store, id, event("k" + i, "1")));
                all.add(Script.append(other, ids.get((i * 5) % ids.size()), event("o" + i, "1")));
                if (i % 8 == 0) {
                    all.add(Script.append(other, id, event("k" + i, "1")));
                }
            }
            int appended = 0;
            for (CompletionStage<AppendResult> one : all) {
                AppendResult result = Script.done(one);
                assertThat(result).isInstanceOfAny(AppendResult.Appended.class, AppendResult.Duplicate.class);
                appended += result instanceof AppendResult.Appended ? 1 : 0;
            }
            int logged = 0;
            for (SessionId id : ids) {
                logged += log(store, id).size() - 1;
            }
            assertThat(appended).isEqualTo(1_600);
            assertThat(logged).isEqualTo(1_600);
        }
    }
}
