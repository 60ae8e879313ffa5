package dev.meerkat.store.sqlite;

import dev.meerkat.api.StoreException;
import dev.meerkat.api.StoreInUseException;
import dev.meerkat.store.sqlite.internal.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file of a store: what can be said about it before SQLite opens it, and its name in messages.
 *
 * @param path the file
 * @param shown the name; of a copy, that of the original
 */
record StoreFile(Path path, Path shown) {
    /** The files that SQLite and the lock use, if they are there. */
    private static final List<String> SUFFIXES = List.of("", "-wal", "-shm", "-journal", ".lock");

    /** Files of the journal are named by this and a growing number. */
    private static final String LOG = "-log.";

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = 100;
    private static final int AT_PAGE_BYTES = 16;
    private static final int AT_CHANGE_COUNTER = 24;
    private static final int AT_PAGE_COUNT = 28;
    private static final int AT_VALID_FOR = 92;
    private static final int LARGEST_PAGE = 65_536;

    /** Looks at the content of a database, and refuses it by an exception. */
    @FunctionalInterface
    interface Check {
        void run(Db db) throws SQLException, IOException;
    }

    private StoreFile(Path path) {
        this(path, path);
    }

    /** The file of a path, by the one name that all paths to it lead to; the file itself may be no link. */
    static StoreFile at(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        try {
            return new StoreFile(
                    parent == null || !Files.exists(parent)
                            ? absolute
                            : parent.toRealPath().resolve(absolute.getFileName()));
        } catch (IOException e) {
            throw new StoreFile(absolute).failure("cannot be opened", e);
        }
    }

    /** Refuses places where no store can be. */
    void checkPlace() {
        Path directory = path.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw failure("cannot be opened: there is no directory " + directory, null);
        }
        checkOwners(directory);
        checkLog();
        if (!Files.exists(path)) {
            if (!Files.isWritable(directory)) {
                throw failure("cannot be created: its directory is read-only", null);
            }
            return;
        }
        if (!Files.isRegularFile(path)) {
            throw failure("cannot be opened: it is not a regular file", null);
        }
        if (!Files.isWritable(path) || !Files.isWritable(directory)) {
            throw failure("cannot be opened: it, or its directory, is read-only", null);
        }
    }

    /**
     * Refuses a write-ahead log without its database: SQLite would delete it, and with it writes that were acknowledged. A
     * crash leaves no such thing, because the database is synced before its log is begun.
     */
    private void checkLog() {
        try {
            boolean empty = !Files.exists(path) || Files.size(path) == 0;
            List<Path> logs = new ArrayList<>();
            if (hasContent("-wal") && !hasContent("-journal")) {
                logs.add(beside("-wal"));
            }
            for (Path segment : logs()) {
                if (Files.size(segment) > 0) {
                    logs.add(segment);
                }
            }
            if (empty && !logs.isEmpty()) {
                throw failure(
                        "cannot be opened: it is " + (Files.exists(path) ? "empty" : "gone") + ", but its log "
                                + logs.get(0) + " is there, with writes that were acknowledged. Put the file back;"
                                + " or remove that log to begin with an empty store",
                        null);
            }
        } catch (IOException e) {
            throw failure("cannot be opened", e);
        }
    }

    /** Refuses files that another user could have put there, or could change. */
    private void checkOwners(Path directory) {
        try {
            Optional<String> shared = PrivateFiles.sharedProblem(directory);
            if (shared.isPresent()) {
                throw failure("cannot be opened: its directory " + directory + " " + shared.get(), null);
            }
        } catch (IOException e) {
            throw failure("cannot be opened", e);
        }
        try {
            List<Path> files = new ArrayList<>(logs());
            SUFFIXES.forEach(suffix -> files.add(beside(suffix)));
            for (Path file : files) {
                Optional<String> problem =
                        Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? PrivateFiles.problem(file) : Optional.empty();
                if (problem.isPresent()) {
                    throw failure("cannot be opened: " + file + " " + problem.get(), null);
                }
            }
        } catch (IOException e) {
            throw failure("cannot be opened", e);
        }
    }

    /** Makes the file if there is none; what SQLite makes beside it gets its mode. */
    void create() throws IOException {
        PrivateFiles.createFile(path);
    }

    /**
     * Refuses files that are no store of ours, or only a part of one, and leaves them as they are. Must come before
     * SQLite opens the file for good and under the lock: closing the file here would drop locks that SQLite has on it.
     */
    void checkContent(Check check) throws SQLException {
        try {
            // After a crash in the middle of a change, SQLite must first take that back.
            if (Files.size(path) == 0 || hasContent("-journal")) {
                return;
            }
            boolean log = hasContent("-wal");
            checkHeader(log);
            if (!log) {
                PageSums.check(this);
            }
            try (Db db = log ? Db.reading(path) : Db.readingAlone(path)) {
                check.run(db);
            }
        } catch (IOException e) {
            throw failure("cannot be read", e);
        }
    }

    private void checkHeader(boolean log) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
            int read = 0;
            while (read >= 0 && header.hasRemaining()) {
                read = channel.read(header);
            }
            if (header.hasRemaining() || !Arrays.equals(header.array(), 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
                throw failure("cannot be opened: it is not an SQLite database", null);
            }
            long length = channel.size();
            long expected = expectedLength(header);
            // After a crash, pages may be in the write-ahead log only, so the file's length says nothing.
            if (length < expected && !log) {
                throw failure(
                        "cannot be opened: it is truncated, " + length + " of " + expected + " bytes are there", null);
            }
        }
    }

    private static long expectedLength(ByteBuffer header) {
        if (header.getInt(AT_CHANGE_COUNTER) != header.getInt(AT_VALID_FOR)) {
            return 0;
        }
        int page = Short.toUnsignedInt(header.getShort(AT_PAGE_BYTES));
        return Integer.toUnsignedLong(header.getInt(AT_PAGE_COUNT)) * (page == 1 ? LARGEST_PAGE : page);
    }

    /** Adds checksums to the database, if it is whole without any other file; all connections must be closed. */
    void addSums() throws IOException {
        if (!hasContent("-wal") && !hasContent("-journal")) {
            PageSums.add(this);
        }
    }

    /** Whether the database is whole without any other file. */
    boolean isClosed() throws IOException {
        for (Path log : logs()) {
            if (Files.size(log) > 0) {
                return false;
            }
        }
        return !hasContent("-wal") && !hasContent("-journal");
    }

    private boolean hasContent(String suffix) throws IOException {
        Path beside = beside(suffix);
        return Files.exists(beside) && Files.size(beside) > 0;
    }

    /** A file of the journal. */
    Path log(long number) {
        return beside(LOG + number);
    }

    /** A file that was one of the journal, and will be again. */
    Path spareLog() {
        return beside(LOG + "spare");
    }

    /** The number of the last file of the journal, or 0 if there is none. */
    long lastLog() throws IOException {
        List<Path> logs = logs();
        return logs.isEmpty() ? 0 : number(logs.get(logs.size() - 1));
    }

    /** The files of the journal, in their order. */
    List<Path> logs() throws IOException {
        Pattern name = Pattern.compile(Pattern.quote(beside(LOG).getFileName().toString()) + "\\d{1,18}");
        List<Path> logs = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(path.resolveSibling("."))) {
            for (Path each : all) {
                if (name.matcher(each.getFileName().toString()).matches()) {
                    logs.add(path.resolveSibling(each.getFileName()));
                }
            }
        }
        logs.sort(Comparator.comparingLong(StoreFile::number));
        return logs;
    }

    /** The number of a file of the journal. */
    static long number(Path log) {
        String name = log.getFileName().toString();
        return Long.parseLong(name.substring(name.lastIndexOf('.') + 1));
    }

    Path beside(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    StoreInUseException inUse(String where) {
        return new StoreInUseException(text("is open already, in " + where));
    }

    StoreException failure(String problem, @Nullable Throwable cause) {
        String detail = cause == null ? "" : ": " + cause.getMessage();
        return new StoreException(text(problem) + detail, cause);
    }

    String text(String problem) {
        return "the store file " + shown + " " + problem;
    }
}
