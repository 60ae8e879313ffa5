package dev.meerkat.store.jdbc;

import dev.meerkat.api.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The file of a store: what can be said about it before SQLite opens it, and its name in messages. */
record StoreFile(Path path) {
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = 100;
    private static final int AT_PAGE_BYTES = 16;
    private static final int AT_CHANGE_COUNTER = 24;
    private static final int AT_PAGE_COUNT = 28;
    private static final int AT_VALID_FOR = 92;
    private static final int LARGEST_PAGE = 65_536;

    /** The file of a path, by the one name that all paths to it lead to. */
    static StoreFile at(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        try {
            return new StoreFile(Files.exists(absolute) ? absolute.toRealPath() : realParent(absolute));
        } catch (IOException e) {
            throw new StoreFile(absolute).failure("cannot be opened", e);
        }
    }

    private static Path realParent(Path absolute) throws IOException {
        Path parent = absolute.getParent();
        return parent == null || !Files.exists(parent)
                ? absolute
                : parent.toRealPath().resolve(absolute.getFileName());
    }

    /** Refuses places where no store can be. */
    void checkPlace() {
        Path directory = path.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw failure("cannot be opened: there is no directory " + directory, null);
        }
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
     * Refuses files that are no database, or only a part of one. Must come before SQLite opens the
     * file and under the lock: closing the file here would drop locks that SQLite has on it.
     */
    void checkContent() {
        if (!Files.exists(path)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long length = channel.size();
            if (length == 0) {
                return;
            }
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
            int read = 0;
            while (read >= 0 && header.hasRemaining()) {
                read = channel.read(header);
            }
            if (header.hasRemaining() || !Arrays.equals(header.array(), 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
                throw failure("cannot be opened: it is not an SQLite database", null);
            }
            long expected = expectedLength(header);
            if (length < expected && !hasLog()) {
                throw failure(
                        "cannot be opened: it is truncated, " + length + " of " + expected + " bytes are there", null);
            }
        } catch (IOException e) {
            throw failure("cannot be read", e);
        }
    }

    private static long expectedLength(ByteBuffer header) {
        if (header.getInt(AT_CHANGE_COUNTER) != header.getInt(AT_VALID_FOR)) {
            return 0;
        }
        int page = Short.toUnsignedInt(header.getShort(AT_PAGE_BYTES));
        return Integer.toUnsignedLong(header.getInt(AT_PAGE_COUNT)) * (page == 1 ? LARGEST_PAGE : page);
    }

    /** After a crash, pages may be in the write-ahead log only, so the file's length says nothing. */
    private boolean hasLog() throws IOException {
        Path log = beside("-wal");
        return Files.exists(log) && Files.size(log) > 0;
    }

    Path beside(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    StoreException failure(String problem, @Nullable Throwable cause) {
        String detail = cause == null ? "" : ": " + cause.getMessage();
        return new StoreException(text(problem) + detail, cause);
    }

    String text(String problem) {
        return "the store file " + path + " " + problem;
    }
}
