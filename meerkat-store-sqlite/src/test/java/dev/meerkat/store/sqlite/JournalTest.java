package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.StoreException;
import dev.meerkat.core.store.NewSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that is gone leaves behind: a database, and a journal with what it has not yet. */
class JournalTest {
    private static final int SESSIONS = 5;

    @TempDir
    Path directory;

    private final List<SessionId> written = new ArrayList<>();
    private Path file;
    private Path log;

    /** Writes sessions, a record each, and copies the files while only the journal has them. */
    @BeforeEach
    void crash() throws Exception {
        Path original = directory.toRealPath().resolve("original.db");
        Opened opened = Opened.open(StoreFile.at(original), Settings.DEFAULT);
        opened.writer().follower().lock().lock();
        try {
            for (int i = 0; i < SESSIONS; i++) {
                NewSession session = Script.session("session " + i);
                new CreateSession(session).run(opened.writer().begin());
                opened.writer().append(() -> {});
                written.add(session.id());
            }
            copyTo("crashed", original);
        } finally {
            opened.writer().follower().lock().unlock();
        }
        opened.close();
    }

    private List<SessionId> found() {
        try (SqliteStore store = SqliteStore.open(file)) {
            return store.list(SessionQuery.all());
        }
    }

    private List<JournalRecord> records() throws IOException {
        ByteBuffer segment = ByteBuffer.wrap(Files.readAllBytes(log));
        List<JournalRecord> records = new ArrayList<>();
        int at = JournalRecord.SEGMENT_HEADER;
        for (Optional<JournalRecord> next = JournalRecord.from(segment, at, 1, 100);
                next.isPresent();
                next = JournalRecord.from(segment, next.get().end(), 1, 100)) {
            records.add(next.get());
        }
        return records;
    }

    private void change(int at, int... bytes) throws IOException {
        byte[] content = Files.readAllBytes(log);
        for (int i = 0; i < bytes.length; i++) {
            content[at + i] = (byte) bytes[i];
        }
        Files.write(log, content);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(file.getParent())) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatOnlyTheJournalHasIsThereAgainAndAClosedStoreIsOneFile() throws Exception {
        assertThat(records()).hasSize(SESSIONS);

        assertThat(found()).isEqualTo(written);

        assertThat(files()).containsExactly("store.db", "store.db.lock");
        assertThat(found()).isEqualTo(written);
    }

    @Test
    void aCrashAfterRecoveryRecoversTheSame() throws Exception {
        Opened opened = Opened.open(StoreFile.at(file), Settings.DEFAULT);
        Path again =
                Files.createDirectory(directory.toRealPath().resolve("again")).resolve("store.db");
        for (Path part : Stream.concat(Stream.of(file, Path.of(file + "-wal")), opened.file().logs().stream())
                .toList()) {
            Files.copy(part, again.resolveSibling(part.getFileName()));
        }
        opened.close();
        file = again;

        assertThat(found()).isEqualTo(written);
    }

    @Test
    void aRecordThatTheCrashCutShortIsLeftOut() throws Exception {
        List<JournalRecord> records = records();
        int end = records.get(SESSIONS - 1).end();
        int begin = records.get(SESSIONS - 2).end();
        Path image = file;
        for (int cut : new int[] {begin + 1, begin + 15, begin + 16, (begin + end) / 2, end - 8}) {
            copyTo("cut at " + cut, image);
            change(cut, new int[end - cut]);

            assertThat(found()).as("cut at %s", cut).isEqualTo(written.subList(0, SESSIONS - 1));
        }
    }

    /** Goes on with a copy of the files of a store. */
    private void copyTo(String name, Path store) throws IOException {
        Path copies = Files.createDirectory(directory.toRealPath().resolve(name));
        for (String suffix : List.of("", "-wal", "-log.1")) {
            Files.copy(Path.of(store + suffix), copies.resolve("store.db" + suffix));
        }
        file = copies.resolve("store.db");
        log = Path.of(file + "-log.1");
    }

    @Test
    void aBadRecordThatAGoodOneFollowsIsDamageWithFileAndPlace() throws Exception {
        List<JournalRecord> records = records();
        int second = records.get(0).end();
        byte[] database = Files.readAllBytes(file);
        change(second + 20, 0x55);

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> SqliteStore.open(file))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(log.toString())
                    .hasMessageContaining("at byte " + second)
                    .hasMessageContaining("record 2 cannot be read, and record 3 follows");
        }
        assertThat(file).hasBinaryContent(database);
    }

    @Test
    void everyFlippedByteIsHarmlessOrNamedOrEndsWithTheLastRecord() throws Exception {
        byte[] content = Files.readAllBytes(log);
        int end = records().get(SESSIONS - 1).end();
        int last = records().get(SESSIONS - 2).end();
        int named = 0;
        for (int at = 0; at < end; at++) {
            byte[] flipped = content.clone();
            flipped[at] ^= 0x10;
            Files.write(log, flipped);
            List<Change> changes = new ArrayList<>();
            try {
                assertThat(Journal.replay(StoreFile.at(file), 0, 1, changes::add))
                        .as("byte %s", at)
                        .isGreaterThanOrEqualTo(at < last ? SESSIONS : SESSIONS - 1);
            } catch (StoreException e) {
                assertThat(e).hasMessageContaining(log.toString()).hasMessageContaining("damaged");
                named++;
            }
        }
        assertThat(named).isGreaterThan(last / 2);
    }

    @Test
    void aLogThatIsGoneIsNamed() throws Exception {
        Files.delete(log);

        assertThatThrownBy(() -> SqliteStore.open(file))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("its log " + log + " is gone, with writes that were acknowledged");
    }

    @Test
    void aLogOfAnotherSchemaVersionIsRefused() throws Exception {
        change(8, 0, 0, 0, 99);

        assertThatThrownBy(() -> SqliteStore.open(file))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(log.toString())
                .hasMessageContaining("schema version 99");
    }

    @Test
    void whatIsChangedIsReadFromTheJournalAsItWas() throws Exception {
        List<Change> changes = List.of(
                new Change(RowChange.EVENT, new Object[] {1L, Long.MIN_VALUE, new byte[] {1, 2, 3}}),
                new Change(RowChange.NEW_LABEL, new Object[] {"n\u00e4me \ud83d\ude00", "", true}),
                new Change(RowChange.ARCHIVED, new Object[] {null}));
        ByteBuffer record = ByteBuffer.allocate(JournalRecord.bound(changes));
        JournalRecord.write(7, changes, record);

        JournalRecord read = JournalRecord.at(record, 0, 7, 7).orElseThrow();
        assertThat(read.end()).isEqualTo(record.limit()).isEqualTo(8 * (record.limit() / 8));
        List<Change> again = ChangeForm.read(read.changes());
        assertThat(again)
                .extracting(Change::what)
                .containsExactly(RowChange.EVENT, RowChange.NEW_LABEL, RowChange.ARCHIVED);
        assertThat(again.get(0).arguments()).containsExactly(1L, Long.MIN_VALUE, new byte[] {1, 2, 3});
        assertThat(again.get(1).arguments()).containsExactly("n\u00e4me \ud83d\ude00", "", 1L);
        assertThat(again.get(2).arguments()).containsExactly((Object) null);
        assertThat(JournalRecord.at(record, 0, 8, 9)).isEmpty();
    }

    @Test
    void theCodesInTheJournalAreThoseOfThisSchemaVersion() throws SQLException {
        Set<RowChange> all = EnumSet.allOf(RowChange.class);

        // Who changes what a code means must also make a new schema version.
        assertThat(Schema.MIGRATIONS).hasSize(8);
        assertThat(all)
                .hasSize(50)
                .allSatisfy(change -> assertThat(RowChange.of(change.code)).isEqualTo(change));
        assertThat(RowChange.NEW_SESSION.code).isEqualTo((byte) 1);
        assertThat(RowChange.FAILED_INPUT.code).isEqualTo((byte) 19);
        assertThat(RowChange.NO_SCHEDULES.code).isEqualTo((byte) 23);
        assertThat(RowChange.DEADLINE.code).isEqualTo((byte) 48);
        assertThat(RowChange.EVENTS_LEFT.code).isEqualTo((byte) 49);
    }
}
