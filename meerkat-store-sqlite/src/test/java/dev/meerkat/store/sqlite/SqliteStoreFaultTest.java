package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.Cursor;
import dev.meerkat.api.EnvelopeId;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.PeerId;
import dev.meerkat.api.PeerSender;
import dev.meerkat.api.RequestId;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.StoreLostException;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.core.Health;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.Correlation;
import dev.meerkat.core.store.CreateResult;
import dev.meerkat.core.store.Envelope;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.Track;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

class SqliteStoreFaultTest {
    private static final int FILLER_CHARS = 10_000;

    /** Gives up at once, so that tests need not wait. */
    private static final Settings QUICK = Settings.DEFAULT.withPatience(new Settings.Patience(3, 1, 1));

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() throws IOException {
        file = directory.toRealPath().resolve("store.db");
    }

    private SqliteStore open(Settings.Append append) {
        return SqliteStore.open(file, QUICK.withAppend(append));
    }

    /** Appends and syncs well, except for some records, at or after which a fault is met. */
    private static Settings.Append failing(Set<Integer> which, boolean afterwards) {
        AtomicInteger records = new AtomicInteger();
        return (segment, record) -> {
            boolean fails = which.contains(records.incrementAndGet());
            if (!fails || afterwards) {
                Settings.DEFAULT.append().append(segment, record);
            }
            if (fails) {
                throw new IOException("the disk said no");
            }
        };
    }

    private void assertRefused(SqliteStore store, SessionId session, String problem) {
        assertThatThrownBy(() -> Script.done(Script.append(store, session, Script.message("later"))))
                .hasCauseInstanceOf(StoreException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(problem);
    }

    private static void assertUnknown(CompletionStage<?> stage) {
        assertThatThrownBy(() -> Script.done(stage))
                .hasCauseInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("the disk said no");
    }

    private static void assertUnavailable(SqliteStore store, String code) {
        assertThat(store.health().status()).isEqualTo(Health.Status.UNAVAILABLE);
        assertThat(store.health().problems()).extracting(Health.Problem::code).containsExactly(code);
    }

    /** Waits until the store has noticed something by itself. */
    private static void awaitStatus(SqliteStore store, Health.Status status) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (store.health().status() != status && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(store.health().status()).isEqualTo(status);
    }

    /** Another process that has the lock for writing; to SQLite, another connection is the same. */
    private Connection locking() throws SQLException {
        Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
        }
        return other;
    }

    @Test
    void aLockOfAnotherProcessIsWaitedFor() throws Exception {
        try (SqliteStore store =
                SqliteStore.open(file, Settings.DEFAULT.withPatience(new Settings.Patience(100_000, 1, 1)))) {
            SessionId session = Script.create(store, "a");
            CompletionStage<AppendResult> waiting;
            try (Connection other = locking()) {
                assertThat(other.isClosed()).isFalse();
                waiting = Script.append(store, session, Script.message("waits"));
                awaitStatus(store, Health.Status.UNAVAILABLE);
                assertThat(waiting.toCompletableFuture()).isNotDone();
                assertThat(store.load(session)).isPresent();
            }

            assertThat(Script.done(waiting)).isInstanceOf(AppendResult.Appended.class);
            assertThat(store.health()).isEqualTo(Health.OK);
        }
    }

    @Test
    void aLockThatIsHeldForLongerRefusesWhatSurelyIsNotStoredUntilItIsGone() throws Exception {
        try (SqliteStore store = SqliteStore.open(file, QUICK)) {
            SessionId session = Script.create(store, "a");
            try (Connection other = locking()) {
                assertThat(other.isClosed()).isFalse();
                assertRefused(store, session, "nothing of this was stored");
                assertRefused(store, session, "nothing of this was stored");
                assertUnavailable(store, StoreException.CODE);
            }

            assertThat(Script.done(Script.append(store, session, Script.message("good"))))
                    .isInstanceOfSatisfying(
                            AppendResult.Appended.class,
                            appended -> assertThat(appended.number()).isEqualTo(1));
            assertThat(store.health()).isEqualTo(Health.OK);
        }
    }

    @Test
    void theEndOfAFaultIsNoticedWithoutAWrite() throws Exception {
        try (SqliteStore store = SqliteStore.open(file, QUICK)) {
            SessionId session = Script.create(store, "a");
            try (Connection other = locking()) {
                assertThat(other.isClosed()).isFalse();
                assertRefused(store, session, "locked");
            }

            awaitStatus(store, Health.Status.OK);
        }
    }

    @Test
    void aRecordForWhichThereWasNoRoomIsTriedAgain() throws Exception {
        AtomicInteger records = new AtomicInteger();
        try (SqliteStore store = open((segment, record) -> {
            if (Set.of(2, 3).contains(records.incrementAndGet())) {
                throw new Segment.NoRoomException(new IOException("the disk is full"));
            }
            Settings.DEFAULT.append().append(segment, record);
        })) {
            SessionId session = Script.create(store, "a");

            assertThat(Script.done(Script.append(store, session, Script.message("m"))))
                    .isInstanceOf(AppendResult.Appended.class);

            assertThat(store.waiting(session, Track.QUEUED, 0, 10)).hasSize(1);
        }
    }

    @Test
    void aFailedSyncLeavesTheOutcomeOpenAndTheStoreOpensItselfAnew() throws Exception {
        NewInput input = Script.message("unknown");
        try (SqliteStore store = open(failing(Set.of(3), false))) {
            SessionId session = Script.create(store, "a");
            Script.done(Script.append(store, session, Script.message("acknowledged")));

            assertUnknown(Script.append(store, session, input));

            assertThat(Script.done(Script.append(store, session, input)))
                    .isInstanceOfSatisfying(
                            AppendResult.Appended.class,
                            appended -> assertThat(appended.number()).isEqualTo(2));
            assertThat(store.waiting(session, Track.QUEUED, 0, 10)).hasSize(2);
            assertThat(store.health()).isEqualTo(Health.OK);
            assertThat(store.epoch()).isEqualTo(1);
        }
    }

    @Test
    void whatWasStoredAllTheSameIsFoundByTheSameId() throws Exception {
        NewInput input = Script.message("stored all the same");
        try (SqliteStore store = open(failing(Set.of(2), true))) {
            SessionId session = Script.create(store, "a");

            assertUnknown(Script.append(store, session, input));

            assertThat(Script.done(Script.append(store, session, input)))
                    .isEqualTo(new AppendResult.Duplicate(input.id(), new Cursor(3)));
            assertThat(store.waiting(session, Track.QUEUED, 0, 10)).hasSize(1);
        }
    }

    @Test
    void whileNothingReachesTheDiskNothingIsTriedAndAllIsRefused() throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        try (SqliteStore store = open((segment, record) -> {
            if (broken.get()) {
                throw new IOException("the disk said no");
            }
            Settings.DEFAULT.append().append(segment, record);
        })) {
            SessionId session = Script.create(store, "a");
            broken.set(true);
            assertUnknown(Script.append(store, session, Script.message("unknown")));

            assertRefused(store, session, "nothing of this was stored");
            assertUnavailable(store, StoreException.CODE);
            broken.set(false);

            assertThat(Script.done(Script.append(store, session, Script.message("good"))))
                    .isInstanceOf(AppendResult.Appended.class);
            assertThat(store.waiting(session, Track.QUEUED, 0, 10)).hasSize(1);
        }
    }

    @Test
    void aDamagedFileTakesNoMoreWritesAndSaysSo() throws Exception {
        Settings.Commit damaged = db -> {
            throw new SQLiteException("the pages make no sense", SQLiteErrorCode.SQLITE_CORRUPT);
        };
        try (SqliteStore store = SqliteStore.open(file, QUICK.withCommit(damaged))) {
            SessionId session = Script.create(store, "a");
            awaitStatus(store, Health.Status.UNAVAILABLE);

            assertRefused(store, session, "is damaged");
            assertUnavailable(store, StoreException.CODE);
            assertThat(store.load(session)).isPresent();
        }
    }

    /** Changes something, and fails then. */
    private static final class Poison extends Write<Boolean> {
        @Override
        long payloadBytes() {
            return 0;
        }

        @Override
        Boolean apply(Tables tables) throws SQLException {
            tables.draft.update(RowChange.ARCHIVED, 1);
            throw new IllegalStateException("a row that cannot be read");
        }
    }

    @Test
    void anErrorInTheMiddleOfAWriteRefusesItAndNotItsNeighbours() throws Exception {
        Opened opened = Opened.open(StoreFile.at(file), QUICK);
        Committer committer = new Committer(opened, QUICK);
        NewSession session = Script.session("a");
        NewSession other = Script.session("b");
        // Not started yet, so these make one group.
        CompletionStage<CreateResult> before = committer.submit(new CreateSession(session));
        CompletionStage<Boolean> poison = committer.submit(new Poison());
        CompletionStage<CreateResult> after = committer.submit(new CreateSession(other));
        committer.start();

        assertThat(Script.done(before)).isInstanceOf(CreateResult.Created.class);
        assertThat(Script.done(after)).isInstanceOf(CreateResult.Created.class);
        assertThatThrownBy(() -> Script.done(poison))
                .hasCauseInstanceOf(StoreException.class)
                .hasMessageContaining("a row that cannot be read");
        assertThat(committer.health()).isEqualTo(Health.OK);
        assertThat(committer.finish()).isTrue();
        opened.close();
        try (SqliteStore store = SqliteStore.open(file)) {
            assertThat(store.list(SessionQuery.all())).containsExactly(session.id(), other.id());
            assertThat(store.epoch()).isEqualTo(2);
        }
    }

    @Test
    void anotherProcessThatOpenedTheFileEndsThisStoreInPlainWords() throws Exception {
        try (SqliteStore store = SqliteStore.open(file, QUICK)) {
            SessionId session = Script.create(store, "a");
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                    Statement statement = other.createStatement()) {
                statement.execute("UPDATE meta SET epoch = epoch + 1");
            }

            assertLost(store, session, "another process has opened it (opening number 2; this one is number 1)");
        }
    }

    private void assertLost(SqliteStore store, SessionId session, String problem) {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> Script.done(Script.append(store, session, Script.message("lost"))))
                    .hasCauseInstanceOf(StoreLostException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining(problem);
        }
        assertThatThrownBy(() -> store.load(session)).isInstanceOf(StoreLostException.class);
        assertUnavailable(store, StoreLostException.CODE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deleted",
                "moved",
                "replaced by an empty file",
                "replaced by a copy",
                "without its write-ahead log",
                "without its log"
            })
    void aFileThatIsGoneIsNoticedBeforeTheNextAcknowledgement(String how) throws Exception {
        try (SqliteStore store = SqliteStore.open(file, QUICK)) {
            SessionId session = Script.create(store, "a");
            Path elsewhere = directory.resolve("elsewhere.db");
            switch (how) {
                case "deleted" -> Files.delete(file);
                case "moved" -> Files.move(file, elsewhere);
                case "replaced by an empty file" -> {
                    Files.move(file, elsewhere);
                    Files.createFile(file);
                }
                case "replaced by a copy" -> {
                    Files.copy(file, elsewhere);
                    Files.move(elsewhere, file, StandardCopyOption.REPLACE_EXISTING);
                }
                case "without its write-ahead log" -> Files.delete(Path.of(file + "-wal"));
                default -> Files.delete(StoreFile.at(file).logs().get(0));
            }

            assertLost(store, session, "was deleted, moved or replaced");
        }
    }

    @Test
    void aFileThatIsGoneIsToldByHealthWithoutAWrite() throws Exception {
        try (SqliteStore store = SqliteStore.open(file)) {
            Files.delete(file);

            assertUnavailable(store, StoreLostException.CODE);
        }
    }

    @Test
    void aFileThatGoesDuringASyncLeavesTheOutcomeOpen() throws Exception {
        AtomicInteger records = new AtomicInteger();
        try (SqliteStore store = open((segment, record) -> {
            Settings.DEFAULT.append().append(segment, record);
            if (records.incrementAndGet() == 2) {
                delete(file);
            }
        })) {
            SessionId session = Script.create(store, "a");

            assertThatThrownBy(() -> Script.done(Script.append(store, session, Script.message("gone"))))
                    .hasCauseInstanceOf(UncheckedIOException.class);
            assertLost(store, session, "was deleted, moved or replaced");
        }
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFullDatabaseLosesNothingThatWasAcknowledged() throws Exception {
        SessionId session;
        List<InputId> acknowledged = new ArrayList<>();
        try (SqliteStore store = SqliteStore.open(file, QUICK.withMaxPages(100))) {
            session = Script.create(store, "a");

            assertThatThrownBy(() -> fill(store, session, acknowledged))
                    .hasCauseInstanceOf(StoreException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("full");

            assertThat(stored(store, session)).isEqualTo(acknowledged);
        }
        assertThat(acknowledged).isNotEmpty();
        try (SqliteStore store = SqliteStore.open(file)) {
            assertThat(stored(store, session)).isEqualTo(acknowledged);
            Script.done(Script.append(store, session, Script.message("room again")));
        }
    }

    @Test
    void aFullDiskLosesNothingAndIsWrittenToAgainWhenItHasRoom() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"))) {
            file = disk.path().toRealPath().resolve("store.db");
            Path filler = disk.path().resolve("filler");
            Files.write(filler, new byte[700_000]);
            SessionId session;
            List<InputId> acknowledged = new ArrayList<>();
            try (SqliteStore store = SqliteStore.open(file, QUICK)) {
                session = Script.create(store, "a");

                assertThatThrownBy(() -> fill(store, session, acknowledged))
                        .hasCauseInstanceOf(StoreException.class)
                        .hasMessageContaining(file.toString())
                        .hasMessageContaining("No space left on device");
                assertUnavailable(store, StoreException.CODE);
                assertThat(stored(store, session)).isEqualTo(acknowledged);

                Files.delete(filler);
                NewInput more = Script.event(Json.of("x".repeat(FILLER_CHARS)));
                assertThat(Script.done(Script.append(store, session, more))).isInstanceOf(AppendResult.Appended.class);
                acknowledged.add(more.id());
                assertThat(store.health()).isEqualTo(Health.OK);
                assertThat(stored(store, session)).isEqualTo(acknowledged);
            }
            Path elsewhere = directory.resolve("moved.db");
            copyWithLog(elsewhere);
            try (SqliteStore store = SqliteStore.open(elsewhere)) {
                assertThat(stored(store, session)).isEqualTo(acknowledged);
            }
        }
    }

    private void copyWithLog(Path target) throws IOException {
        for (String suffix : List.of("", "-wal")) {
            Path source = Path.of(file + suffix);
            if (Files.exists(source)) {
                Files.copy(source, Path.of(target + suffix));
            }
        }
    }

    private static void fill(SqliteStore store, SessionId session, List<InputId> acknowledged)
            throws ExecutionException {
        for (int i = 0; i < 1_000; i++) {
            NewInput input = Script.event(Json.of("x".repeat(FILLER_CHARS)));
            Script.done(Script.append(store, session, input));
            acknowledged.add(input.id());
        }
    }

    private static List<InputId> stored(SqliteStore store, SessionId session) {
        return store.waiting(session, Track.EXTERNAL, 0, 1_000).stream()
                .map(waiting -> waiting.input().id())
                .toList();
    }

    @Test
    void whatCannotBeStoredIsRefusedAndTheStoreGoesOn() throws Exception {
        try (SqliteStore store = SqliteStore.open(file)) {
            SessionId session = Script.create(store, "a");
            NewInput good = Script.message("good");
            NewInput late = new NewInput(good.id(), Instant.MAX, good.track(), good.body());

            assertThatThrownBy(() -> Script.done(Script.append(store, session, late)))
                    .hasCauseInstanceOf(StoreException.class)
                    .hasMessageContaining(file.toString());

            assertThat(Script.done(Script.append(store, session, good))).isInstanceOf(AppendResult.Appended.class);
        }
    }

    /** What is damaged, and which table and column must be named. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            UPDATE inputs SET body = x'7b7d' WHERE session_no = 1 | inputs | body
            UPDATE inputs SET body = 'text' WHERE session_no = 1 | inputs | body
            UPDATE inputs SET id = x'00' WHERE session_no = 1 | inputs | id
            UPDATE inputs SET at = 'noon' WHERE session_no = 1 | inputs | at
            UPDATE inputs SET seq = -1 WHERE session_no = 1 | inputs | seq
            UPDATE events SET body = x'ff' WHERE session_no = 1 | events | body
            UPDATE transcript SET body = NULL WHERE session_no = 1 | transcript | at
            UPDATE transcript SET body = NULL, at = 1 WHERE session_no = 1 | transcript | turn
            UPDATE transcript SET body = NULL, at = 1, turn = zeroblob(16) WHERE session_no = 1 | inputs | id
            UPDATE transcript SET body = x'' WHERE session_no = 1 | transcript | body
            UPDATE outbox SET body = x'7b7d' WHERE session_no = 1 | outbox | body
            UPDATE sessions SET spec = x'00' WHERE no = 1 | sessions | spec
            UPDATE progress SET body = x'5b5d' WHERE session_no = 1 | progress | body
            UPDATE progress SET version = 'first' WHERE session_no = 1 | progress | version
            DELETE FROM progress WHERE session_no = 1 | progress | version
            UPDATE requests SET responder = 'nobody' | requests | responder
            UPDATE requests SET reply = x'7b7d' | requests | reply
            """)
    void aDamagedRowIsNamedAndTheOthersAreRead(String damage, String table, String column) throws Exception {
        SessionId damaged;
        SessionId whole;
        RequestId request = new RequestId(Script.uuid());
        try (SqliteStore store = SqliteStore.open(file)) {
            damaged = Script.create(store, "a");
            whole = Script.create(store, "b");
            fillAllTables(store, damaged, whole, request);
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(damage)).isPositive();
        }

        try (SqliteStore store = SqliteStore.open(file)) {
            List<Throwable> problems = Stream.<ThrowingCallable>of(
                            () -> store.load(damaged),
                            () -> store.waiting(damaged, Track.PROMPT, 0, 10),
                            () -> store.events(damaged, Cursor.START, 10),
                            () -> store.transcript(damaged, 0, 10),
                            () -> store.outbox(damaged, 0, 10),
                            () -> store.request(request))
                    .map(Assertions::catchThrowable)
                    .filter(Objects::nonNull)
                    .toList();

            assertThat(problems)
                    .isNotEmpty()
                    .allSatisfy(problem -> assertThat(problem)
                            .isInstanceOf(StoreException.class)
                            .hasMessageContaining(file.toString())
                            .hasMessageContaining("damaged")
                            .hasMessageMatching("(?s).*table [a-z, ]*" + table + ".*column " + column + ":.*")
                            .hasMessageContaining(table.equals("requests") ? request.toString() : damaged.toString()));
            assertThat(store.load(whole)).isPresent();
            assertThat(store.waiting(whole, Track.PROMPT, 0, 10)).hasSize(1);
            assertThat(store.unfinished(null, 10)).containsExactly(damaged, whole);
            assertThat(store.health()).isEqualTo(Health.OK);
        }
    }

    private static void fillAllTables(SqliteStore store, SessionId a, SessionId b, RequestId request)
            throws ExecutionException {
        PeerSender sender = new PeerSender(new PeerId(Script.uuid()), "a");
        Envelope envelope = new Envelope(
                new EnvelopeId(Script.uuid()),
                new Envelope.Party(a, sender),
                new Envelope.Party(b, sender),
                CommsCommand.PeerMessage.to("b", "hi"),
                false,
                Script.AT,
                Optional.empty(),
                true);
        Script.done(store.commit(new StepCommit(a, 0, SessionProgress.START)
                .withAdded(new StepCommit.Added(
                        List.of(new TranscriptEntry.SystemPrompt(Script.AT, "be short")),
                        List.of(),
                        List.of(envelope),
                        List.of()))));
        InputBody asks = new InputBody.PeerRequest(
                sender, request, CommsCommand.PeerRequest.to("b", "review", Json.EMPTY_OBJECT));
        NewInput asked = new NewInput(new InputId(Script.uuid()), Script.AT, Track.of(asks), asks);
        Script.done(store.append(new InputAppend(
                b, asked, new Correlation.Opens(request, a, true, Optional.empty()), Optional.empty())));
    }

    @Test
    void aClosedStoreRefusesEverythingAndNamesItself() throws Exception {
        SqliteStore store = SqliteStore.open(file);
        SessionId session = Script.create(store, "a");
        store.close();

        assertRefused(store, session, "closed");
        assertThatThrownBy(() -> store.load(session))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("closed");
    }
}
