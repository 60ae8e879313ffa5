package dev.meerkat.store.sqlite.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.CommsCommand;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.Json;
import dev.meerkat.api.Session;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.SessionFile;
import dev.meerkat.core.store.DeleteResult;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that imports a session into a store which has another one: afterwards the session is there as it was written, or
 * nothing of it is, and importing it again works.
 */
@Timeout(600)
class ImportKillTest {
    /** An import takes much longer than what other processes are killed in. */
    private static final int CYCLES = Math.max(5, Integer.getInteger("meerkat.kill.cycles", 0) / 10);
    /** So many make an import take several writes. */
    private static final int INPUTS = 3_000;
    /** Writes of an import, and a few of those that follow it. */
    private static final int GROUPS = 10;

    private final Random random = new Random(20261201);

    @TempDir
    Path folder;

    @Test
    void aSessionWhoseImportIsKilledIsWholeOrNotThereAndIsImportedAgain() throws Exception {
        SessionId id = write(folder.resolve("a.jsonl"));
        byte[] file = Files.readAllBytes(folder.resolve("a.jsonl"));
        SessionId other = write(folder.resolve("other.jsonl"));
        byte[] others = Files.readAllBytes(folder.resolve("other.jsonl"));
        try (SessionStore store = SqliteStore.open(store())) {
            assertThat(SessionFile.read(store, new ByteArrayInputStream(others)))
                    .isEqualTo(other);
        }
        int whole = 0;
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            runAndKill();

            try (SessionStore store = SqliteStore.open(store())) {
                if (store.load(id).isPresent()) {
                    whole++;
                } else {
                    assertThat(store.find("default", "a")).isEmpty();
                    assertThat(SessionFile.read(store, new ByteArrayInputStream(file)))
                            .isEqualTo(id);
                }
                assertThat(exported(store, id)).isEqualTo(file);
                assertThat(exported(store, other)).isEqualTo(others);
            }
            assertNoRowsOfNoSession();
            try (SessionStore store = SqliteStore.open(store())) {
                delete(store, id);
            }
        }
        System.out.println("killed " + CYCLES + " imports, " + whole + " times after the session was there");
    }

    private Path store() {
        return folder.resolve("kill.db");
    }

    /** The file of a session in which much waits, with a schedule. */
    private static SessionId write(Path file) throws Exception {
        try (MemoryStore store = MemoryStore.create()) {
            SessionId id;
            try (var meerkat = MeerkatRuntime.of(turn -> "ok").store(store).open()) {
                String name = file.getFileName().toString().replace(".jsonl", "");
                Session session = meerkat.create(SessionSpec.withoutPrompt().withCommsName(name));
                id = session.id();
                for (int i = 0; i < INPUTS; i++) {
                    session.sendExternalEvent(ExternalEvent.genericJson("push", Json.of("event " + i))
                            .withIdempotencyKey("key-" + i));
                }
                session.later(Duration.ofDays(1), CommsCommand.Input.of("tomorrow"));
            }
            Files.write(file, exported(store, id));
            return id;
        }
    }

    private static byte[] exported(SessionStore store, SessionId id) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SessionFile.write(store, id, out);
        return out.toByteArray();
    }

    /** Kills the process within one of its first groups of writes. */
    private void runAndKill() throws IOException, InterruptedException {
        Process child = KillTest.start(
                ImportKillChild.class, store(), folder.resolve("a.jsonl").toString());
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            int most = 1 + random.nextInt(GROUPS);
            String line = "";
            for (int i = 0; i < most && !ImportKillChild.DONE.equals(line); i++) {
                line = lines.readLine();
                assertThat(line).as("the child ended by itself").isNotNull();
            }
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as("killed, not ended by itself").isEqualTo(137);
    }

    private static void delete(SessionStore store, SessionId id) throws Exception {
        try (var meerkat = MeerkatRuntime.of(turn -> "ok").store(store).open()) {
            meerkat.delete(id);
        }
        assertThat(store.load(id)).isEmpty();
        assertThat(done(store, id)).isEqualTo(DeleteResult.ABSENT);
    }

    private static DeleteResult done(SessionStore store, SessionId id) throws Exception {
        return store.delete(id).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private void assertNoRowsOfNoSession() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store());
                Statement statement = connection.createStatement()) {
            for (String table : List.of("inputs", "event_keys", "events", "transcript", "progress", "schedules")) {
                assertThat(count(statement, table + " WHERE session_no NOT IN (SELECT no FROM sessions)"))
                        .as(table)
                        .isZero();
            }
            assertThat(count(statement, "deleted")).isZero();
        }
    }

    private static long count(Statement statement, String rows) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + rows)) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }
}
