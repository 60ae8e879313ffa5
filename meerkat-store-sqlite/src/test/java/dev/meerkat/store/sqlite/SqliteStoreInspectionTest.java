package dev.meerkat.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meerkat.api.SessionId;
import dev.meerkat.api.SessionQuery;
import dev.meerkat.api.StoreException;
import dev.meerkat.api.StoreInUseException;
import dev.meerkat.core.store.NewSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A look at a store that nobody has open changes no byte of it. */
class SqliteStoreInspectionTest {
    private static final Settings KEPT =
            Settings.DEFAULT.withRhythm(new Settings.Rhythm(30, 8L << 20, 16L << 20, 60_000, 60_000));

    @TempDir
    Path directory;

    private Path file;
    private SessionId session;

    @BeforeEach
    void aStoreWithASession() throws Exception {
        file = Files.createDirectory(directory.resolve("place")).resolve("store.db");
        try (SqliteStore store = SqliteStore.open(file)) {
            NewSession created = Script.session("a");
            Script.done(store.create(created));
            session = created.id();
            Script.done(Script.append(store, session, Script.message("hi")));
        }
    }

    /** The content of each file there. */
    private static Map<String, String> content(Path place) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.list(place)) {
            for (Path each : files.toList()) {
                content.put(each.getFileName().toString(), HexFormat.of().formatHex(Files.readAllBytes(each)));
            }
        }
        return content;
    }

    private List<SessionId> seen = new ArrayList<>();

    private SqliteReport inspected(Path store) throws IOException {
        Map<String, String> before = content(store.getParent());
        seen = new ArrayList<>();
        try {
            return SqliteStore.inspect(store, copy -> seen.addAll(copy.list(SessionQuery.all())));
        } finally {
            assertThat(content(store.getParent())).isEqualTo(before);
        }
    }

    @Test
    void aStoreThatWasClosedIsFoundWell() throws IOException {
        SqliteReport report = inspected(file);

        assertThat(report.problems()).isEmpty();
        assertThat(report.repairable()).isEmpty();
        assertThat(report.notes()).isEmpty();
        assertThat(seen).containsExactly(session);
        Files.delete(file.resolveSibling("store.db.lock"));
        assertThat(inspected(file).problems()).isEmpty();
        assertThat(file.resolveSibling("store.db.lock")).doesNotExist();
    }

    @Test
    void whatACrashHasLeftIsSeenAndStays() throws Exception {
        Path crashed = Files.createDirectory(directory.resolve("crashed"));
        try (SqliteStore store = SqliteStore.open(file, KEPT)) {
            Script.done(store.create(Script.session("b")));
            try (Stream<Path> files = Files.list(file.getParent())) {
                for (Path each : files.toList()) {
                    Files.copy(each, crashed.resolve(each.getFileName()));
                }
            }
        }

        SqliteReport report = inspected(crashed.resolve("store.db"));

        assertThat(report.problems()).isEmpty();
        assertThat(report.notes()).hasSize(1).first().asString().contains("not closed in order");
        assertThat(seen).hasSize(2);
    }

    @Test
    void aDamagedPageIsNamedByTheStoresOwnName() throws Exception {
        byte[] content = Files.readAllBytes(file);
        content[5_000] ^= 1;
        Files.write(file, content);

        SqliteReport report = inspected(file);

        assertThat(report.problems()).hasSize(1).first().asString().contains("the store file " + file, "page 2");
        assertThat(seen).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE inputs SET session_no = 77; rows of table inputs",
                "DELETE FROM progress; sessions have no progress",
                "INSERT INTO event_keys VALUES (1, 5, 9); keys belong to no event",
                "INSERT INTO failed_inputs VALUES (1, 4, 9, 2, 0, x'00', x'00'); failed inputs are not there",
                "INSERT INTO transcript VALUES (1, 0, 4, 9, 0, x'00', NULL); entries of transcripts",
                "INSERT INTO cuts VALUES (1, 1, 0); events stand before the beginning",
                "INSERT INTO schedules VALUES (5, x'00', 1, x'00'); rows of table schedules",
            })
    void aRuleBetweenTablesThatIsBrokenIsNamed(String damage) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(damage.substring(0, damage.indexOf(';'))))
                    .isPositive();
        }

        SqliteReport report = inspected(file);

        assertThat(report.problems()).anyMatch(problem -> problem.contains(damage.substring(damage.indexOf(';') + 2)));
        assertThat(report.repairable()).hasSize(1);
    }

    @Test
    void whatIsOpenOrNoStoreIsRefused() throws Exception {
        try (SqliteStore open = SqliteStore.open(file)) {
            assertThatThrownBy(() -> SqliteStore.inspect(file, copy -> {}))
                    .isInstanceOf(StoreInUseException.class)
                    .hasMessageContaining(open.describe());
        }
        Path none = file.resolveSibling("none.db");
        assertThatThrownBy(() -> SqliteStore.inspect(none, copy -> {})).isInstanceOf(StoreException.class);
        assertThat(none).doesNotExist();
        Path text = Files.writeString(file.resolveSibling("text.db"), "this is no database, and never was");
        assertThat(inspected(text).problems()).hasSize(1).first().asString().contains(text.toString());
    }
}
