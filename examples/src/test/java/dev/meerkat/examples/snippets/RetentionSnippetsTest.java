package dev.meerkat.examples.snippets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meerkat.api.*;
import dev.meerkat.core.MeerkatRuntime;
import dev.meerkat.core.SessionFile;
import dev.meerkat.core.SessionTransfer;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RetentionSnippetsTest {
    private final Agent agent = turn -> "ok";

    @Test
    void aSessionIsDeleted() throws InterruptedException {
        try (Meerkat meerkat = MeerkatRuntime.of(agent).open()) {
            Session session = meerkat.create(SessionSpec.withoutPrompt());
            // snippet: delete
            meerkat.delete(session.id());
            // end
            assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(session::snapshot);
        }
    }

    @Test
    void whatIsOldGoesByARule(@TempDir Path directory) throws InterruptedException {
        try (SqliteStore store = SqliteStore.open(directory.resolve("sessions.db"))) {
            // snippet: retention
            Retention month = Retention.ofAge(Duration.ofDays(30));
            try (Meerkat runtime =
                    MeerkatRuntime.of(agent).store(store).retention(month).open()) {
                runtime.create(SessionSpec.ofPrompt("You are a watcher.")
                        .withKeepAliveAs("watcher")
                        .withRetention(month.withEvents(
                                Retention.Keep.FOREVER.withCount(10_000).withBytes(64 << 20))));
            }
            // end
            assertThat(store.retained(false, null, 10)).hasSize(1);
        }
    }

    @Test
    void aStoreIsCopiedWhileItIsOpen(@TempDir Path directory) {
        Path copy = directory.resolve("copy.db");
        try (SqliteStore store = SqliteStore.open(directory.resolve("sessions.db"))) {
            // snippet: backup
            store.backup(copy); // an SqliteStore that is open
            // end
        }
        assertThat(Files.exists(copy)).isTrue();
    }

    @Test
    void aSessionMovesToAnotherStore(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("session.jsonl");
        try (SqliteStore store = SqliteStore.open(directory.resolve("sessions.db"));
                MemoryStore other = MemoryStore.create()) {
            SessionId id;
            try (Meerkat meerkat = MeerkatRuntime.of(agent).store(store).open()) {
                id = meerkat.create(SessionSpec.withoutPrompt()).id();
            }
            // snippet: export
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
                SessionFile.write(store, id, out);
            }
            try (InputStream in = Files.newInputStream(file)) {
                SessionFile.read(other, in); // a store that no runtime has open
            }
            // end
            assertThat(other.load(id)).isPresent();
        }
    }

    @Test
    void anOpenRuntimeTakesASessionIn() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Meerkat meerkat = MeerkatRuntime.of(agent).open()) {
            SessionId id = meerkat.create(SessionSpec.withoutPrompt()).id();
            SessionTransfer.of(meerkat).exportSession(id, out);
            InputStream in = new ByteArrayInputStream(out.toByteArray());
            // snippet: transfer
            SessionTransfer transfer = SessionTransfer.of(meerkat);
            transfer.exportSession(id, out);
            meerkat.delete(id);
            SessionId same = transfer.importSession(in);
            // end
            assertThat(meerkat.open(same).id()).isEqualTo(id);
        }
    }
}
