package dev.meerkat.store.sqlite.kill;

import static dev.meerkat.store.sqlite.kill.DeletionKillChild.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Cursor;
import dev.meerkat.api.ExternalEvent;
import dev.meerkat.api.InputBody;
import dev.meerkat.api.InputId;
import dev.meerkat.api.Json;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionSpec;
import dev.meerkat.api.TranscriptEntry;
import dev.meerkat.api.TurnId;
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
import dev.meerkat.store.sqlite.SqliteStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that deletes a session, or removes a part of one, and then looks for what is left of all sessions. */
@Tag("heavy")
@Timeout(600)
class DeletionKillTest {
    static final Instant AT = Instant.parse("2026-11-22T10:15:30Z");
    private static final int CYCLES = Integer.getInteger("meerkat.kill.cycles", 4);
    private static final int STEP = 1_000;
    /** So many make a deletion, or a removal of most, take several writes. */
    private static final int STEPS = 5;

    private static final int GROUPS_OF_DELETION = 12;
    private static final int GROUPS_OF_TRIM = 5;
    private static final int ALL = 100_000;

    private final Random random = new Random(20261130);
    private int ids;

    @TempDir
    Path folder;

    /** What can be read of a session. */
    private record Content(List<SessionEvent> events, List<TranscriptEntry> entries) {
        static Content of(SessionStore store, SessionId id) {
            Cut cut = store.cut(id);
            return new Content(store.events(id, cut.events(), ALL), store.transcript(id, cut.entries(), ALL));
        }

        Content without(Cut cut) {
            return new Content(
                    events.stream()
                            .filter(event -> event.cursor().compareTo(cut.events()) > 0)
                            .toList(),
                    entries.subList((int) cut.entries(), entries.size()));
        }
    }

    @Test
    void aSessionWhoseDeletionIsKilledIsWholeOrGoneForGoodAndNoOtherOneIsTouched() throws Exception {
        SessionId kept;
        SessionId other;
        Content before;
        try (SessionStore store = SqliteStore.open(file())) {
            kept = create(store, "kept", 1);
            other = create(store, "other", 1);
            before = Content.of(store, kept);
        }
        int whole = 0;
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            SessionId gone;
            Content all;
            try (SessionStore store = SqliteStore.open(file())) {
                gone = create(store, "gone-" + cycle, STEPS);
                archive(store, gone);
                all = Content.of(store, gone);
            }

            runAndKill(GROUPS_OF_DELETION, gone.toString());

            try (SessionStore store = SqliteStore.open(file())) {
                if (store.load(gone).isPresent()) {
                    whole++;
                    assertThat(Content.of(store, gone)).isEqualTo(all);
                    assertThat(done(store.delete(gone))).isEqualTo(DeleteResult.DELETED);
                } else {
                    goOn(store, other);
                }
                assertThat(store.load(gone)).isEmpty();
                assertThat(store.events(gone, Cursor.START, ALL)).isEmpty();
                assertThat(Content.of(store, kept)).isEqualTo(before);
            }
            assertNoRowsOfDeletedSessions();
        }
        assertThat(CYCLES).isPositive();
        System.out.println("killed " + CYCLES + " times, " + whole + " times before anything was deleted");
    }

    @Test
    void whatIsLeftOfASessionWhenRetentionIsKilledIsWholeFromItsBeginningOn() throws Exception {
        SessionId kept;
        Content before;
        try (SessionStore store = SqliteStore.open(file())) {
            kept = create(store, "kept", 1);
            before = Content.of(store, kept);
        }
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            SessionId trimmed;
            Content all;
            Cut upTo;
            try (SessionStore store = SqliteStore.open(file())) {
                trimmed = create(store, "trimmed-" + cycle, STEPS);
                all = Content.of(store, trimmed);
                long last = all.events().get(all.events().size() - 1).cursor().sequence();
                upTo = new Cut(new Cursor(last * 9 / 10), all.entries().size() * 9L / 10);
            }

            runAndKill(
                    GROUPS_OF_TRIM,
                    trimmed.toString(),
                    Long.toString(upTo.events().sequence()),
                    Long.toString(upTo.entries()));

            try (SessionStore store = SqliteStore.open(file())) {
                Cut cut = store.cut(trimmed);
                System.out.println("killed when " + cut + " of " + upTo + " was removed");
                assertThat(Content.of(store, trimmed)).isEqualTo(all.without(cut));
                assertThat(Content.of(store, kept)).isEqualTo(before);

                DeletionKillChild.trim(store, trimmed, upTo);

                assertThat(store.cut(trimmed)).isEqualTo(upTo);
                assertThat(Content.of(store, trimmed)).isEqualTo(all.without(upTo));
                assertThat(Content.of(store, kept)).isEqualTo(before);
            }
        }
    }

    private Path file() {
        return folder.resolve("kill.db");
    }

    /** Kills the process within one of its first groups of writes. */
    private void runAndKill(int groups, String... arguments) throws IOException, InterruptedException {
        Process child = KillTest.start(DeletionKillChild.class, file(), arguments);
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            int most = 1 + random.nextInt(groups);
            String line = "";
            for (int i = 0; i < most && !DeletionKillChild.DONE.equals(line); i++) {
                line = lines.readLine();
                assertThat(line).as("the child ended by itself").isNotNull();
            }
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as("killed, not ended by itself").isEqualTo(137);
    }

    /** Each group of writes has the next part of a deletion that goes on. */
    private void goOn(SessionStore store, SessionId other) throws Exception {
        for (int i = 0; i < 2 * GROUPS_OF_DELETION; i++) {
            AppendResult unused = done(append(store, other));
        }
    }

    private void assertNoRowsOfDeletedSessions() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            for (String table : List.of("inputs", "event_keys", "events", "transcript", "progress", "cuts")) {
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

    private UUID uuid() {
        return new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | ++ids);
    }

    /** A session that has handled inputs. */
    private SessionId create(SessionStore store, String name, int steps) throws Exception {
        SessionId id = new SessionId(uuid());
        SessionSpec spec = SessionSpec.withoutPrompt().withKeepAliveAs(name);
        assertThat(done(store.create(new NewSession(id, spec, new byte[] {1}, AT, Optional.empty()))))
                .isInstanceOf(CreateResult.Created.class);
        for (int step = 0; step < steps; step++) {
            List<CompletionStage<AppendResult>> appends = new ArrayList<>();
            for (int i = 0; i < STEP; i++) {
                appends.add(append(store, id));
            }
            handle(store, id, appends);
        }
        return id;
    }

    private CompletionStage<AppendResult> append(SessionStore store, SessionId id) {
        InputId input = new InputId(uuid());
        ExternalEvent event =
                ExternalEvent.genericJson("push", Json.of("event " + ids)).withIdempotencyKey("key-" + ids);
        return store.append(
                InputAppend.local(id, new NewInput(input, AT, Track.EXTERNAL, new InputBody.External(event))));
    }

    private void handle(SessionStore store, SessionId id, List<CompletionStage<AppendResult>> appends)
            throws Exception {
        TurnId turn = new TurnId(uuid());
        List<TranscriptEntry> entries = new ArrayList<>();
        for (CompletionStage<AppendResult> append : appends) {
            AppendResult result = done(append);
            assertThat(result).isInstanceOf(AppendResult.Appended.class);
            entries.add(new TranscriptEntry.Input(AT, turn, ((AppendResult.Appended) result).input()));
        }
        StoredSession session = store.load(id).orElseThrow();
        StepCommit step = new StepCommit(
                        id,
                        session.standing().version(),
                        new SessionProgress(session.inbox().admitted(), null, null))
                .withAdded(new StepCommit.Added(
                        entries,
                        List.of(new SessionEvent.TurnStarted(Cursor.START, AT, turn, 1)),
                        List.of(),
                        List.of()));
        assertThat(done(store.commit(step))).isInstanceOf(StepResult.Committed.class);
    }

    private static void archive(SessionStore store, SessionId id) throws Exception {
        StoredSession session = store.load(id).orElseThrow();
        StepCommit step = new StepCommit(
                        id, session.standing().version(), session.standing().progress())
                .withChange(StepCommit.Change.ARCHIVE);
        assertThat(done(store.commit(step))).isInstanceOf(StepResult.Committed.class);
    }
}
