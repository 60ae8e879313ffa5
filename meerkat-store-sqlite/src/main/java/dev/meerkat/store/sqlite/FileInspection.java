package dev.meerkat.store.sqlite;

import dev.meerkat.api.StoreException;
import dev.meerkat.core.store.SessionStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Looks at a store that nobody has open, and changes nothing of it: its files are copied, and the copy is opened, with all that
 * opening does, and compared with the rules that hold between its tables.
 */
final class FileInspection {
    /** A rule that no row may break, as a count of those that do. */
    private record Rule(String broken, String count) {}

    private static final String OWNED = "SELECT no FROM sessions UNION ALL SELECT session_no FROM deleted";
    private static final List<Rule> RULES = rules();

    private final StoreFile file;
    private final List<String> problems = new ArrayList<>();
    private final List<String> repairable = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private FileInspection(StoreFile file) {
        this.file = file;
    }

    private static List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        for (String table : List.of(
                "inputs",
                "event_keys",
                "context_keys",
                "events",
                "transcript",
                "handle_replies",
                "outbox",
                "failed_inputs",
                "schedules",
                "labels",
                "progress",
                "cuts")) {
            rules.add(new Rule(
                    "rows of table " + table + " belong to no session",
                    "SELECT count(*) FROM " + table + " WHERE session_no NOT IN (" + OWNED + ")"));
        }
        rules.add(new Rule(
                "sessions have no progress",
                "SELECT count(*) FROM sessions WHERE no NOT IN (SELECT session_no FROM progress)"));
        rules.add(new Rule(
                "keys belong to no event",
                "SELECT count(*) FROM event_keys k WHERE NOT EXISTS (SELECT 1 FROM inputs i"
                        + " WHERE i.session_no = k.session_no AND i.track = 4 AND i.n = k.n)"));
        rules.add(new Rule(
                "failed inputs are not there",
                "SELECT count(*) FROM failed_inputs f WHERE NOT EXISTS (SELECT 1 FROM inputs i"
                        + " WHERE i.session_no = f.session_no AND i.track = f.track AND i.n = f.n)"));
        rules.add(new Rule(
                "entries of transcripts are inputs that are not there",
                "SELECT count(*) FROM transcript t WHERE t.track IS NOT NULL AND NOT EXISTS (SELECT 1 FROM inputs i"
                        + " WHERE i.session_no = t.session_no AND i.track = t.track AND i.n = t.n)"));
        rules.add(new Rule(
                "events stand before the beginning of their log",
                "SELECT count(*) FROM events e JOIN cuts c ON c.session_no = e.session_no WHERE e.seq <= c.events"));
        rules.add(new Rule(
                "entries stand before the beginning of their transcript",
                "SELECT count(*) FROM transcript t JOIN cuts c ON c.session_no = t.session_no WHERE t.i < c.entries"));
        rules.add(new Rule(
                "schedules belong to archived sessions",
                "SELECT count(*) FROM schedules q JOIN sessions s ON s.no = q.session_no WHERE s.archived = 1"));
        return rules;
    }

    /** Looks; {@code sessions} is told the opened copy, if it can be opened. */
    static SqliteReport of(StoreFile file, Consumer<? super SessionStore> sessions) {
        FileInspection inspection = new FileInspection(file);
        try {
            if (!Files.isRegularFile(file.path())) {
                throw file.failure("cannot be read: it is no file", null);
            }
            file.checkPlace();
            Path directory = Files.createTempDirectory("meerkat-doctor");
            try {
                StoreFile copy = inspection.copied(directory);
                inspection.checkVersion(copy);
                inspection.look(copy, sessions);
            } finally {
                delete(directory);
            }
        } catch (IOException e) {
            throw file.failure("cannot be copied for a look at it", e);
        }
        return new SqliteReport(inspection.problems, inspection.repairable, inspection.notes);
    }

    /** What another version, or another program, has written is not damaged, and is not to be repaired. */
    private void checkVersion(StoreFile copy) {
        try (Db db = Db.readingAlone(copy.path())) {
            Schema.check(db, file, Schema.MIGRATIONS);
        } catch (SQLException e) {
            // A database that cannot be read is told of when it is opened.
        }
    }

    /** A file that is not there to be locked is locked by nobody. */
    private StoreFile copied(Path directory) throws IOException {
        if (Files.exists(file.beside(".lock"))) {
            StoreLock lock = StoreLock.acquire(file);
            try {
                return copiedAlone(directory);
            } finally {
                lock.close();
            }
        }
        return copiedAlone(directory);
    }

    private StoreFile copiedAlone(Path directory) throws IOException {
        StoreFile copy = new StoreFile(directory.resolve(file.path().getFileName()), file.path());
        List<Path> all = new ArrayList<>(file.logs());
        for (String suffix : List.of("", "-wal", "-journal")) {
            all.add(file.beside(suffix));
        }
        for (Path each : all) {
            if (Files.exists(each)) {
                Files.copy(each, directory.resolve(each.getFileName()));
            }
        }
        return copy;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(directory);
    }

    private void look(StoreFile copy, Consumer<? super SessionStore> sessions) throws IOException {
        boolean closed = copy.isClosed();
        try {
            if (!closed) {
                notes.add("it was not closed in order; the next opening makes what its logs have");
            }
            try (SqliteStore opened = SqliteStore.open(copy, Settings.DEFAULT)) {
                opened.unsummed().ifPresent(problem -> repairable.add("it " + problem));
                sessions.accept(opened);
            }
            try (Db db = Db.readingAlone(copy.path())) {
                integrity(db);
                for (Rule rule : RULES) {
                    long broken = db.number(rule.count());
                    if (broken > 0) {
                        problems.add(broken + " " + rule.broken());
                    }
                }
            }
        } catch (StoreException e) {
            problems.add(String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            problems.add("it cannot be read: " + e.getMessage());
        }
    }

    private void integrity(Db db) throws SQLException {
        PreparedStatement check = db.prepare("PRAGMA integrity_check(20)");
        try (ResultSet row = check.executeQuery()) {
            while (row.next()) {
                if (!row.getString(1).equals("ok")) {
                    problems.add("its pages do not fit together: " + row.getString(1));
                }
            }
        }
    }
}
