package dev.meerkat.store.sqlite;

import dev.meerkat.api.StoreException;
import dev.meerkat.store.sqlite.internal.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies a store into one file, also while a process has it open and writes. SQLite copies a state of the database, which
 * names the first log that it needs; the logs are copied behind it, and opening the copy makes what they have. A log that
 * was deleted or torn meanwhile is found by that opening, and all is done again. All of this happens in a directory of
 * its own, so that two that make the same backup at once do not write to one file.
 */
final class Backup {
    private static final int ATTEMPTS = 20;
    private static final String SEGMENT = "SELECT segment FROM meta";

    private final StoreFile file;
    private final Path target;
    private final StoreFile part;

    private Backup(StoreFile file, Path target, Path directory) {
        this.file = file;
        this.target = target;
        this.part = StoreFile.at(directory.resolve("copy.db"));
    }

    static void make(StoreFile file, Path target) {
        if (!Files.isRegularFile(file.path())) {
            throw file.failure("cannot be copied: it is no file", null);
        }
        // A link that leads nowhere is there, too.
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw file.failure("is not copied: \"" + target + "\" is there already", null);
        }
        Path absolute = target.toAbsolutePath();
        if (absolute.getParent() == null || !Files.isDirectory(absolute.getParent())) {
            throw file.failure("is not copied: there is no directory for \"" + target + "\"", null);
        }
        try {
            Path directory = PrivateFiles.createPart(absolute);
            Backup backup = new Backup(file, absolute, directory);
            try {
                backup.make();
            } finally {
                backup.clearAtLast(directory);
            }
        } catch (FileAlreadyExistsException e) {
            throw file.failure("is not copied: \"" + target + "\" was made meanwhile", e);
        } catch (SQLException | IOException e) {
            throw file.failure("cannot be copied to " + target, e);
        }
    }

    private void make() throws SQLException, IOException {
        StoreException failure = null;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                clear();
                copy();
                // Makes one file of it, and finds what is missing.
                SqliteStore.open(part.path()).close();
                finish();
                return;
            } catch (NoSuchFileException e) {
                failure = file.failure("has a log that was deleted meanwhile", e);
            } catch (StoreException e) {
                failure = e;
            }
        }
        throw file.failure("cannot be copied to " + target, failure);
    }

    private void copy() throws SQLException, IOException {
        PrivateFiles.createFile(part.path());
        // A log is there while the store is open, and after a crash.
        boolean open = Files.exists(file.beside("-wal"));
        try (Db db = open ? Db.reading(file.path()) : Db.readingAlone(file.path())) {
            Schema.check(db, file, Schema.MIGRATIONS);
            db.execute("VACUUM INTO '" + part.path().toString().replace("'", "''") + "'");
        }
        if (!open && Files.exists(file.beside("-wal"))) {
            throw file.failure("was opened meanwhile", null);
        }
        long first;
        try (Db copied = Db.readingAlone(part.path())) {
            first = copied.number(SEGMENT);
        }
        if (first == 0) {
            // As its original was closed.
            PageSums.add(part);
        }
        List<Path> logs = first == 0 ? List.of() : file.logs();
        for (Path log : logs) {
            long number = StoreFile.number(log);
            if (number >= first && Files.exists(log)) {
                Path copy = part.log(number);
                PrivateFiles.createFile(copy);
                Files.copy(log, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void finish() throws IOException {
        try (FileChannel channel = FileChannel.open(part.path(), StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        // Not over another file.
        Files.move(part.path(), target);
        Segment.syncDirectory(target);
    }

    private void clear() throws IOException {
        List<Path> all = new ArrayList<>(part.logs());
        for (String suffix : List.of("", "-wal", "-shm", "-journal", ".lock")) {
            all.add(part.beside(suffix));
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }

    private void clearAtLast(Path directory) {
        try {
            clear();
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // What is left says by its name that it is no backup.
        }
    }
}
