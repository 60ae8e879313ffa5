package dev.meerkat.store.sqlite;

import dev.meerkat.api.StoreLostException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Which files a store has open: what is written into a file that is no longer found by its name is lost with the
 * process. Where a file system gives files no keys, only a missing file is noticed. Thread-safe.
 */
final class OpenFiles {
    private final StoreFile file;
    private final @Nullable Object database;
    private final Path logPath;
    private volatile @Nullable Object log;

    private OpenFiles(StoreFile file) throws IOException {
        this.file = file;
        this.database = key(file.path());
        this.logPath = file.beside("-wal");
        this.log = key(logPath);
    }

    /** The files of a database that is open. */
    static OpenFiles of(StoreFile file) {
        try {
            return new OpenFiles(file);
        } catch (IOException e) {
            throw file.failure("cannot be opened", e);
        }
    }

    private static @Nullable Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** The write-ahead log was made anew, by closing and opening the database. */
    void logRenewed() throws IOException {
        log = key(logPath);
    }

    /** Throws if the database is not the one that was opened. */
    void checkDatabase() {
        check(file.path(), database);
    }

    /** Throws if the database, or its write-ahead log, is not the one that was opened. */
    void check() {
        checkDatabase();
        check(logPath, log);
    }

    private void check(Path path, @Nullable Object expected) {
        Object found;
        try {
            found = key(path);
        } catch (IOException e) {
            throw lost(path, e);
        }
        if (expected != null && !expected.equals(found)) {
            throw lost(path, null);
        }
    }

    private StoreLostException lost(Path path, @Nullable IOException cause) {
        return new StoreLostException(
                file.text("is lost: " + path + " was deleted, moved or replaced while it was open."
                        + " Nothing more is written; stop this process, put the file back, and start again"),
                cause);
    }
}
