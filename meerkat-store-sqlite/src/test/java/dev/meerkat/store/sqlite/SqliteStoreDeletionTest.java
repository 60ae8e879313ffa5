package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.core.store.AppendResult;
import dev.meerkat.core.store.CreateResult;
import dev.meerkat.core.store.Cut;
import dev.meerkat.core.store.DeleteResult;
import dev.meerkat.core.store.InputAppend;
import dev.meerkat.core.store.NewInput;
import dev.meerkat.core.store.NewSession;
import dev.meerkat.core.store.SessionProgress;
import dev.meerkat.core.store.SessionStore;
import dev.meerkat.core.store.StepCommit;
import dev.meerkat.core.store.StepResult;
import dev.meerkat.core.store.StoredSession;
import dev.meerkat.core.store.Track;
import dev.meerkat.core.store.Trim;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a deleted session leaves in the files. */
class SqliteStoreDeletionTest {
    private static final Instant AT = Instant.parse("2026-11-22T10:15:30Z");
    private static final int EVENTS = 400;

    @TempDir
    Path directory;

    private int ids;

    @Test
    void noFileHasAnythingOfADeletedSessionNeitherWhileOpenNorAfterwards() throws Exception {
        SessionId kept;
        try (SessionStore store = SqliteStore.open(file())) {
            SessionId gone = create(store, "gone-name");
            kept = create(store, "kept-name");
            // Small and large ones in turns, so that they share pages, split them, and have pages of their own.
            for (int i = 0; i < EVENTS; i++) {
                append(store, gone, "secret", i);
                append(store, kept, "public", i);
            }
            archive(store, gone);
            assertThat(trace("secret")).isNotEmpty();

            assertThat(done(store.delete(gone))).isEqualTo(DeleteResult.DELETED);

            assertThat(trace("secret")).isEmpty();
            assertThat(trace("gone-name")).isEmpty();
            assertThat(trace("public")).isNotEmpty();
            append(store, kept, "public", EVENTS);
            assertThat(trace("secret")).isEmpty();
        }
        assertThat(trace("secret")).isEmpty();
        try (SessionStore store = SqliteStore.open(file())) {
            assertThat(store.load(kept)).isPresent();
            assertThat(store.waiting(kept, Track.EXTERNAL, 0, 1_000)).hasSize(EVENTS + 1);
            assertThat(trace("secret")).isEmpty();
        }
    }

    @Test
    void whatACrashLeftOfADeletionIsDoneAtTheNextOpening() throws Exception {
        SessionId gone;
        try (SessionStore store = SqliteStore.open(file())) {
            gone = create(store, "gone-name");
            for (int i = 0; i < EVENTS; i++) {
                append(store, gone, "secret", i);
            }
            archive(store, gone);
        }
        begin(gone);

        try (SessionStore store = SqliteStore.open(file())) {
            assertThat(store.load(gone)).isEmpty();
            // Writes are done one after the other, and these came behind it.
            for (int i = 0; i < 10 && !trace("secret").isEmpty(); i++) {
                create(store, "other-" + i);
            }
        }
        try (Db db = Db.writing(file())) {
            assertThat(db.number("SELECT count(*) FROM deleted")).isZero();
            assertThat(db.number("SELECT count(*) FROM inputs")).isEqualTo(db.number("SELECT count(*) FROM sessions"));
        }
        assertThat(trace("secret")).isEmpty();
    }

    /** As a process leaves it that ends after the first write of a deletion. */
    private void begin(SessionId gone) throws Exception {
        try (Db db = Db.writing(file())) {
            db.begin();
            long no = SessionReads.number(db, gone);
            db.make(change(RowChange.DELETED, no, Codes.bytes(gone.value())));
            db.make(change(RowChange.NO_LABELS, no));
            db.make(change(RowChange.NO_PROGRESS, no));
            db.make(change(RowChange.NO_SESSION, no));
            db.commit();
        }
    }

    private static Change change(RowChange what, Object... arguments) {
        return new Change(what, arguments);
    }

    @Test
    void theFileShrinksByWhatIsDeleted() throws Exception {
        long written = EVENTS / 4 * 480_000L;
        try (SessionStore store = SqliteStore.open(file())) {
            SessionId gone = create(store, "gone-name");
            for (int i = 0; i < EVENTS / 4; i++) {
                append(store, gone, "secret".repeat(40), 50 * i);
            }
            archive(store, gone);
            done(store.delete(gone));
            awaitSizeBelow(written / 20);
        }
    }

    @Test
    void theFileShrinksByWhatRetentionRemovesWhileItIsOpen() throws Exception {
        long written = EVENTS / 4 * 480_000L;
        try (SessionStore store = SqliteStore.open(file())) {
            SessionId kept = create(store, "kept-name");
            for (int i = 0; i < EVENTS / 4; i++) {
                append(store, kept, "secret".repeat(40), 50 * i);
            }
            StoredSession session = store.load(kept).orElseThrow();
            assertThat(done(store.commit(new StepCommit(
                            kept,
                            session.standing().version(),
                            new SessionProgress(session.inbox().admitted(), null, null)))))
                    .isInstanceOf(StepResult.Committed.class);
            assertThat(Files.size(file())).isGreaterThan(written / 2);

            Trim trim = new Trim(kept, new Cut(session.log().last(), 0), AT.plusSeconds(1), Long.MAX_VALUE);
            boolean more = true;
            while (more) {
                more = done(store.trim(trim));
            }

            awaitSizeBelow(written / 20);
        }
    }

    /** Waits for a store that is open, and that nobody writes to. */
    private void awaitSizeBelow(long bytes) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (Files.size(file()) >= bytes && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(Files.size(file())).isLessThan(bytes);
    }

    @Test
    void aFileOfAnEarlierVersionCanShrinkToo() throws Exception {
        SqliteStore.open(file(), Settings.DEFAULT.withMigrations(Schema.MIGRATIONS.subList(0, 4)))
                .close();
        try (Db db = Db.writing(file())) {
            db.execute("PRAGMA journal_mode = DELETE");
            db.execute("PRAGMA auto_vacuum = NONE");
            db.execute("VACUUM");
        }

        SqliteStore.open(file()).close();

        try (Db db = Db.reading(file())) {
            assertThat(db.text("PRAGMA auto_vacuum")).isEqualTo("2");
            assertThat(db.text("PRAGMA integrity_check")).isEqualTo("ok");
        }
    }

    private Path file() {
        return directory.resolve("store.db");
    }

    /** The files that have a text. */
    private List<String> trace(String text) throws IOException {
        String wanted = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        List<String> found = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.toList();
        }
        for (Path each : files) {
            if (Files.exists(each)
                    && Files.readString(each, StandardCharsets.ISO_8859_1).contains(wanted)) {
                found.add(each.getFileName().toString());
            }
        }
        return found;
    }

    private UUID uuid() {
        return new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | ++ids);
    }

    private SessionId create(SessionStore store, String name) throws Exception {
        SessionId id = new SessionId(uuid());
        SessionSpec spec = SessionSpec.ofPrompt("hi").withKeepAliveAs(name).withDeferredStart();
        NewInput prompt = new NewInput(
                new InputId(uuid()), AT, Track.PASSIVE, spec.prompt().orElseThrow());
        assertThat(done(store.create(new NewSession(id, spec, new byte[] {1}, AT, Optional.of(prompt)))))
                .isInstanceOf(CreateResult.Created.class);
        return id;
    }

    private void append(SessionStore store, SessionId id, String text, int i) throws Exception {
        String payload = "{\"text\":\"" + text.repeat(i % 50 == 0 ? 2_000 : 1 + i % 7) + "\"}";
        InputBody body = new InputBody.External(
                ExternalEvent.genericJson("push", Json.parse(payload)).withIdempotencyKey(text.substring(0, 6) + i));
        AppendResult result =
                done(store.append(InputAppend.local(id, new NewInput(new InputId(uuid()), AT, Track.EXTERNAL, body))));
        assertThat(result).isInstanceOf(AppendResult.Appended.class);
    }

    private static void archive(SessionStore store, SessionId id) throws Exception {
        StoredSession session = store.load(id).orElseThrow();
        assertThat(done(store.commit(new StepCommit(
                                id,
                                session.standing().version(),
                                session.standing().progress())
                        .withChange(StepCommit.Change.ARCHIVE))))
                .isInstanceOf(StepResult.Committed.class);
    }

    private static <T> T done(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
