package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.TurnId;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.CreateResult;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreGroupTest {
    private static final SessionEvent.Gap LIVE = new SessionEvent.Gap(Cursor.START, OptionalLong.of(1));

    @TempDir
    Path directory;

    private final AtomicInteger syncs = new AtomicInteger();
    private final CountDownLatch syncing = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    /** The second sync waits, so that all writes that come in the meantime make one group. */
    private SqliteStore open(Settings settings) {
        return SqliteStore.open(directory.resolve("store.db"), settings.withAppend((segment, bytes) -> {
            if (syncs.incrementAndGet() == 2) {
                syncing.countDown();
                await(goOn);
            }
            Settings.DEFAULT.append().append(segment, bytes);
        }));
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IOException("not released");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static StepCommit step(SessionId id, long version, List<SessionEvent> events) {
        return new StepCommit(id, version, SessionProgress.START)
                .withAdded(new StepCommit.Added(List.of(), events, List.of(), List.of()));
    }

    @Test
    void whatArrivesDuringASyncIsOneRecordAndRefusalsDisturbNobody() throws Exception {
        try (SqliteStore store = open(Settings.DEFAULT)) {
            SessionId a = Script.create(store, "a");
            NewInput first = Script.message("holds the disk");
            CompletionStage<AppendResult> held = Script.append(store, a, first);
            await(syncing);
            NewSession sameName = Script.session("a");
            NewSession other = Script.session("c");
            NewSession sameId = new NewSession(a, other.spec(), new byte[32], Script.AT, other.prompt());

            CompletionStage<AppendResult> good = Script.append(store, a, Script.message("good"));
            CompletionStage<AppendResult> duplicate = Script.append(store, a, first);
            CompletionStage<AppendResult> unknown =
                    Script.append(store, new SessionId(Script.uuid()), Script.message("lost"));
            CompletionStage<CreateResult> taken = store.create(sameName);
            CompletionStage<CreateResult> again = store.create(sameId);
            CompletionStage<StepResult> stale = store.commit(step(a, 7, List.of()));
            CompletionStage<StepResult> live = store.commit(step(a, 0, List.of(LIVE)));
            CompletionStage<StepResult> stepped = store.commit(step(
                    a,
                    0,
                    List.of(new SessionEvent.TurnStarted(Cursor.START, Script.AT, new TurnId(Script.uuid()), 1))));
            assertThat(good.toCompletableFuture()).isNotDone();
            goOn.countDown();

            assertThat(Script.done(held)).isInstanceOf(AppendResult.Appended.class);
            assertThat(((AppendResult.Appended) Script.done(good)).input().position())
                    .isEqualTo(new Cursor(4));
            assertThat(Script.done(duplicate)).isEqualTo(new AppendResult.Duplicate(first.id(), new Cursor(3)));
            assertThat(Script.done(unknown)).isEqualTo(new AppendResult.Refused(AppendResult.Reason.UNKNOWN_SESSION));
            assertThat(Script.done(taken)).isEqualTo(new CreateResult.NameTaken(a));
            assertThatThrownBy(() -> Script.done(again)).hasCauseInstanceOf(StoreException.class);
            assertThat(Script.done(stale)).isEqualTo(new StepResult.Stale(0));
            assertThatThrownBy(() -> Script.done(live)).hasCauseInstanceOf(StoreException.class);
            assertThat(Script.done(stepped)).isEqualTo(new StepResult.Committed(1, new Cursor(5)));
            assertThat(syncs).hasValue(3);
            assertThat(store.events(a, Cursor.START, 10)).hasSize(5);
        }
    }

    @Test
    void tooManyWaitingWritesAreRefusedAndTheOthersAreDone() throws Exception {
        try (SqliteStore store = open(Settings.DEFAULT.withWaiting(3, 1 << 20))) {
            SessionId a = Script.create(store, "a");
            List<CompletionStage<AppendResult>> taken = new ArrayList<>();
            taken.add(Script.append(store, a, Script.message("holds the disk")));
            await(syncing);
            for (int i = 0; i < 3; i++) {
                taken.add(Script.append(store, a, Script.message("waits")));
            }

            assertThatThrownBy(() -> Script.done(Script.append(store, a, Script.message("too much"))))
                    .hasCauseInstanceOf(StoreException.class)
                    .hasMessageContaining("3 are waiting");
            goOn.countDown();

            for (CompletionStage<AppendResult> stage : taken) {
                assertThat(Script.done(stage)).isInstanceOf(AppendResult.Appended.class);
            }
            assertThat(Script.done(Script.append(store, a, Script.message("room again"))))
                    .isInstanceOf(AppendResult.Appended.class);
        }
    }

    @Test
    void tooManyWaitingBytesAreRefused() throws Exception {
        try (SqliteStore store = open(Settings.DEFAULT.withWaiting(100, 10_000))) {
            SessionId a = Script.create(store, "a");
            CompletionStage<AppendResult> held = Script.append(store, a, Script.message("holds the disk"));
            await(syncing);
            CompletionStage<AppendResult> large = Script.append(store, a, Script.message("x".repeat(20_000)));

            assertThatThrownBy(() -> Script.done(Script.append(store, a, Script.message("too much"))))
                    .hasCauseInstanceOf(StoreException.class);
            goOn.countDown();

            assertThat(Script.done(held)).isInstanceOf(AppendResult.Appended.class);
            assertThat(Script.done(large)).isInstanceOf(AppendResult.Appended.class);
        }
    }

    @Test
    void closingFinishesTheWritesThatWait() throws Exception {
        SqliteStore store = open(Settings.DEFAULT);
        SessionId a = Script.create(store, "a");
        List<CompletionStage<AppendResult>> waiting = new ArrayList<>();
        waiting.add(Script.append(store, a, Script.message("holds the disk")));
        await(syncing);
        for (int i = 0; i < 100; i++) {
            waiting.add(Script.append(store, a, Script.message("waits")));
        }
        goOn.countDown();
        store.close();

        assertThat(waiting)
                .allSatisfy(stage -> assertThat(stage.toCompletableFuture()).isCompleted());
    }

    @Test
    void writesOfASessionCompleteInTheirOrder() throws Exception {
        try (SqliteStore store = open(Settings.DEFAULT)) {
            SessionId a = Script.create(store, "a");
            List<Long> completed = new ArrayList<>();
            List<CompletionStage<?>> waiting = new ArrayList<>();
            waiting.add(Script.append(store, a, Script.message("holds the disk")));
            await(syncing);
            for (int i = 0; i < 200; i++) {
                // Not complete yet, so the committer runs this.
                waiting.add(Script.append(store, a, Script.message("waits"))
                        .thenAccept(result -> completed.add(((AppendResult.Appended) result).number())));
            }
            goOn.countDown();
            for (CompletionStage<?> stage : waiting) {
                Script.done(stage);
            }

            assertThat(completed).hasSize(200).isSorted();
        }
    }

    @Test
    void anyPageOfALongMixedLogIsRight() throws Exception {
        goOn.countDown();
        try (SqliteStore store = open(Settings.DEFAULT)) {
            SessionId a = Script.create(store, "a");
            List<CompletionStage<?>> all = new ArrayList<>();
            long version = 0;
            for (int i = 0; i < 300; i++) {
                NewInput input = i % 7 < 4 ? Script.message("m") : Script.event(Json.NULL);
                all.add(Script.append(store, a, input));
                if (i % 11 == 0) {
                    all.add(store.commit(step(
                            a,
                            version++,
                            List.of(new SessionEvent.TurnStarted(
                                    Cursor.START, Script.AT, new TurnId(Script.uuid()), 1)))));
                }
            }
            for (CompletionStage<?> stage : all) {
                Script.done(stage);
            }

            List<SessionEvent> log = store.events(a, Cursor.START, 1_000);
            assertThat(log).hasSize(2 + 300 + 28);
            for (int after = 0; after <= log.size(); after++) {
                assertThat(store.events(a, new Cursor(after), 5))
                        .isEqualTo(log.subList(after, Math.min(log.size(), after + 5)));
            }
        }
    }
}
