package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.StoreException;
import dev.meerkat.core.store.NewInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of stores that are open and written to, and their restoring. */
class SqliteStoreBackupTest {
    private static final int BACKUPS = 8;
    private static final int LEAST_BETWEEN = 300;
    /** Segments are short, so that they are begun and deleted while backups are made. */
    private static final Settings BUSY =
            Settings.DEFAULT.withRhythm(new Settings.Rhythm(20, 64 << 10, 128 << 10, 5, 20));

    @TempDir
    Path directory;

    @Test
    void eachBackupOfABusyStoreHasAllThatWasAcknowledgedBeforeItBegan() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        ConcurrentLinkedQueue<InputId> acknowledged = new ConcurrentLinkedQueue<>();
        List<List<InputId>> before = new ArrayList<>();
        SessionId session;
        try (SqliteStore store = SqliteStore.open(directory.resolve("store.db"), BUSY)) {
            session = Script.create(store, "a");
            Future<?> writes = threads.submit(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    NewInput input = Script.event(Json.of("x".repeat(500)));
                    Script.done(Script.append(store, session, input));
                    acknowledged.add(input.id());
                }
                return null;
            });
            for (int i = 0; i < BACKUPS; i++) {
                int wanted = (i + 1) * LEAST_BETWEEN;
                while (acknowledged.size() < wanted && !writes.isDone()) {
                    Thread.onSpinWait();
                }
                before.add(List.copyOf(acknowledged));
                store.backup(backup(i));
            }
            if (writes.isDone()) {
                writes.get();
            }
        } finally {
            threads.shutdownNow();
            assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
        for (int i = 0; i < BACKUPS; i++) {
            audit(backup(i), session, before.get(i));
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.filter(each -> each.getFileName().toString().contains(".part")))
                    .isEmpty();
        }
    }

    private Path backup(int i) {
        return directory.resolve("backup-" + i + ".db");
    }

    /** Restores it, and looks for holes. */
    private static void audit(Path file, SessionId session, List<InputId> acknowledged) throws Exception {
        try (SqliteStore restored = SqliteStore.open(file)) {
            List<InputId> found = new ArrayList<>();
            Cursor at = Cursor.START;
            List<SessionEvent> page;
            do {
                page = restored.events(session, at, 500);
                for (SessionEvent event : page) {
                    assertThat(event.cursor().sequence()).isEqualTo(at.sequence() + 1);
                    at = event.cursor();
                    if (event instanceof SessionEvent.InputAdmitted admitted) {
                        found.add(admitted.input().id());
                    }
                }
            } while (!page.isEmpty());
            assertThat(found).containsAll(acknowledged);
            Script.done(Script.append(restored, session, Script.message("goes on")));
        }
        try (Db db = Db.readingAlone(file)) {
            assertThat(db.text("PRAGMA integrity_check")).isEqualTo("ok");
        }
    }

    @Test
    void aStoreAtRestIsCopiedToo() throws Exception {
        Path file = directory.resolve("store.db");
        SessionId session;
        try (SqliteStore store = SqliteStore.open(file)) {
            session = Script.create(store, "a");
        }

        SqliteStore.backup(file, backup(0));

        audit(backup(0), session, List.of());
        assertThat(Files.exists(directory.resolve("store.db-wal"))).isFalse();
    }

    @Test
    void aLinkThatLeadsNowhereIsNotReplacedAndAMissingDirectoryIsNamed() throws Exception {
        Path file = directory.resolve("store.db");
        SqliteStore.open(file).close();
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("nowhere"));

        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> SqliteStore.backup(file, link))
                .withMessageContaining("is there already");
        assertThat(Files.isSymbolicLink(link)).isTrue();
        Path missing = directory.resolve("missing").resolve("copy.db");
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> SqliteStore.backup(file, missing))
                .withMessageContaining("no directory for \"" + missing + "\"");
    }

    @Test
    void aFileThatIsThereIsNotReplacedAndWhatIsNoStoreIsNotCopied() throws Exception {
        Path file = directory.resolve("store.db");
        SqliteStore.open(file).close();
        Path there = Files.writeString(directory.resolve("there"), "mine");

        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> SqliteStore.backup(file, there))
                .withMessageContaining(there.toString());
        assertThat(there).hasContent("mine");
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> SqliteStore.backup(there, backup(0)))
                .withMessageContaining(there.toString());
        assertThat(backup(0)).doesNotExist();
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> SqliteStore.backup(directory.resolve("none"), backup(0)));
    }

    @Test
    void ofTwoThatMakeTheSameBackupAtOnceOneMakesItWholeAndTheOtherIsRefused() throws Exception {
        Path file = directory.resolve("store.db");
        Path neighbour = Files.writeString(directory.resolve("backup-0.db.part"), "mine");
        SessionId session;
        List<InputId> acknowledged = new ArrayList<>();
        try (SqliteStore store = SqliteStore.open(file)) {
            session = Script.create(store, "a");
            for (int i = 0; i < 50; i++) {
                NewInput input = Script.event(Json.of("x".repeat(50_000)));
                Script.done(Script.append(store, session, input));
                acknowledged.add(input.id());
            }
        }
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Callable<Boolean>> calls = Collections.nCopies(3, () -> made(file));
            int made = 0;
            for (Future<Boolean> each : threads.invokeAll(calls)) {
                made += each.get() ? 1 : 0;
            }
            assertThat(made).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
        audit(backup(0), session, acknowledged);
        assertThat(neighbour).hasContent("mine");
    }

    private boolean made(Path file) {
        try {
            SqliteStore.backup(file, backup(0));
            return true;
        } catch (StoreException e) {
            assertThat(e).hasMessageContaining(backup(0).toString());
            return false;
        }
    }
}
