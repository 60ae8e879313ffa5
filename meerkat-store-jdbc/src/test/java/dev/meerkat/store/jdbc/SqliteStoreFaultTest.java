package dev.meerkat.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.Track;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreFaultTest {
    private static final int FILLER_CHARS = 10_000;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() throws IOException {
        file = directory.toRealPath().resolve("store.db");
    }

    /** Commits well a number of times, and then meets a fault, before or after the commit itself. */
    private static Settings.Commit failing(AtomicInteger good, boolean afterwards) {
        return db -> {
            if (good.decrementAndGet() < 0) {
                if (afterwards) {
                    db.commit();
                }
                throw new SQLException("the disk said no");
            }
            db.commit();
        };
    }

    private void assertFailed(SqliteStore store, SessionId session) {
        assertThatThrownBy(() -> Script.done(Script.append(store, session, Script.message("later"))))
                .hasCauseInstanceOf(StoreException.class)
                .hasMessageContaining(file.toString());
        assertThatThrownBy(() -> Script.create(store, "later"))
                .hasCauseInstanceOf(StoreException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void aFailedSyncLeavesTheOutcomeOpenAndEndsAllWriting() throws Exception {
        Settings settings = Settings.DEFAULT.withCommit(failing(new AtomicInteger(2), false));
        SessionId session;
        try (SqliteStore store = SqliteStore.open(file, settings)) {
            session = Script.create(store, "a");
            Script.done(Script.append(store, session, Script.message("acknowledged")));

            assertThatThrownBy(() -> Script.done(Script.append(store, session, Script.message("unknown"))))
                    .hasCauseInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("the disk said no");

            assertFailed(store, session);
            assertThat(store.load(session).orElseThrow().admitted().queued()).isEqualTo(1);
        }
        try (SqliteStore store = SqliteStore.open(file)) {
            assertThat(store.waiting(session, Track.QUEUED, 0, 10)).hasSize(1);
            assertThat(Script.done(Script.append(store, session, Script.message("again"))))
                    .isInstanceOfSatisfying(
                            AppendResult.Appended.class,
                            appended -> assertThat(appended.number()).isEqualTo(2));
        }
    }

    @Test
    void aLostAcknowledgementIsReconciledByTheSameId() throws Exception {
        Settings settings = Settings.DEFAULT.withCommit(failing(new AtomicInteger(1), true));
        NewInput input = Script.message("stored all the same");
        SessionId session;
        try (SqliteStore store = SqliteStore.open(file, settings)) {
            session = Script.create(store, "a");
            assertThatThrownBy(() -> Script.done(Script.append(store, session, input)))
                    .hasCauseInstanceOf(UncheckedIOException.class);
            assertFailed(store, session);
        }
        try (SqliteStore store = SqliteStore.open(file)) {
            assertThat(Script.done(Script.append(store, session, input)))
                    .isEqualTo(new AppendResult.Duplicate(input.id(), new Cursor(3)));
        }
    }

    @Test
    void aFullDatabaseLosesNothingThatWasAcknowledged() throws Exception {
        SessionId session;
        List<InputId> acknowledged = new ArrayList<>();
        try (SqliteStore store = SqliteStore.open(file, Settings.DEFAULT.withMaxPages(100))) {
            session = Script.create(store, "a");

            assertThatThrownBy(() -> fill(store, session, acknowledged))
                    .hasCauseInstanceOf(StoreException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("full");

            assertFailed(store, session);
            assertThat(stored(store, session)).isEqualTo(acknowledged);
        }
        assertThat(acknowledged).isNotEmpty();
        try (SqliteStore store = SqliteStore.open(file)) {
            assertThat(stored(store, session)).isEqualTo(acknowledged);
            Script.done(Script.append(store, session, Script.message("room again")));
        }
    }

    @Test
    void aFullDiskLosesNothingThatWasAcknowledged() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"))) {
            file = disk.path().toRealPath().resolve("store.db");
            SessionId session;
            List<InputId> acknowledged = new ArrayList<>();
            try (SqliteStore store = SqliteStore.open(file)) {
                session = Script.create(store, "a");

                assertThatThrownBy(() -> fill(store, session, acknowledged))
                        .isInstanceOf(ExecutionException.class)
                        .hasMessageContaining(file.toString())
                        .hasMessageContaining("full");

                assertFailed(store, session);
                assertThat(stored(store, session)).isEqualTo(acknowledged);
            }
            assertThat(acknowledged).isNotEmpty();
            Path elsewhere = directory.resolve("moved.db");
            copyWithLog(elsewhere);
            try (SqliteStore store = SqliteStore.open(elsewhere)) {
                assertThat(stored(store, session)).startsWith(acknowledged.toArray(new InputId[0]));
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

    @Test
    void aDamagedRowIsNamedAndTheOthersAreRead() throws Exception {
        SessionId damaged;
        SessionId whole;
        try (SqliteStore store = SqliteStore.open(file)) {
            damaged = Script.create(store, "a");
            whole = Script.create(store, "b");
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE inputs SET body = x'7b7d' WHERE session_no = 1");
        }

        try (SqliteStore store = SqliteStore.open(file)) {
            assertThatThrownBy(() -> store.waiting(damaged, Track.PROMPT, 0, 10))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("damaged");
            assertThat(store.waiting(whole, Track.PROMPT, 0, 10)).hasSize(1);
        }
    }

    @Test
    void aClosedStoreRefusesEverythingAndNamesItself() throws Exception {
        SqliteStore store = SqliteStore.open(file);
        SessionId session = Script.create(store, "a");
        store.close();

        assertFailed(store, session);
        assertThatThrownBy(() -> store.load(session))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("closed");
    }
}
