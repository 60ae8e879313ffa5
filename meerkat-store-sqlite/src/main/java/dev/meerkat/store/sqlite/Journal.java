package dev.meerkat.store.sqlite;

import dev.meerkat.api.StoreException;
import dev.meerkat.api.StoreLostException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The journal in front of the database: what is in it and synced is durable, though the database may not have it yet.
 * It is a row of files, the segments, named by growing numbers. The database says up to which record it has everything;
 * what is behind that is made again when the store is opened. Confined to the thread that writes.
 *
 * <p>A record is written only when the one before it is synced. So a crash can spoil only the last one, which nobody was
 * told of, and a bad record that a good one follows is damage. A segment may be in a file that was one before: behind its
 * records there are older ones then, which have smaller numbers.
 */
final class Journal implements AutoCloseable {
    private static final long MOST_NUMBERS = 1L << 40;
    private static final int LEAST_BUFFER = 1 << 20;
    private static final int MOST_BUFFER = 8 << 20;

    /** Makes a change again. */
    @FunctionalInterface
    interface Replay {
        void make(Change change) throws SQLException;
    }

    private final StoreFile file;
    private final Settings settings;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(LEAST_BUFFER);
    private @Nullable Segment current;
    private long number;
    private long last;
    private boolean spare;

    Journal(StoreFile file, Settings settings) {
        this.file = file;
        this.settings = settings;
    }

    /** The number of the last record. */
    long last() {
        return last;
    }

    /** How long the current segment is, in bytes. */
    long length() {
        return current == null ? 0 : current.length();
    }

    /** Whether records can be appended; not after one that may be there or not. */
    boolean writable() {
        return current != null;
    }

    /** Refuses segments whose changes belong to another version of the tables, before anything is changed. */
    static void check(StoreFile file, int schemaVersion) throws IOException {
        for (Path path : file.logs()) {
            Optional<Integer> version = JournalRecord.schemaVersion(header(path));
            if (version.isPresent() && version.get() != schemaVersion) {
                throw file.failure(
                        "cannot be opened: its log " + path + " is of schema version " + version.get()
                                + ", and this is version " + schemaVersion + "; open and close it once with the"
                                + " version of Meerkat that wrote it",
                        null);
            }
        }
    }

    private static ByteBuffer header(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer header = ByteBuffer.allocate(JournalRecord.SEGMENT_HEADER);
            int read = 0;
            while (read >= 0 && header.hasRemaining()) {
                read = channel.read(header);
            }
            return header.flip();
        }
    }

    /**
     * Makes all changes behind a record again.
     *
     * @param after the record up to which the database has everything
     * @param needed the number of the segment that must be there, or 0 if none need be
     * @return the number of the last record
     */
    static long replay(StoreFile file, long after, long needed, Replay replay) throws IOException, SQLException {
        List<Path> segments = file.logs();
        checkThere(file, segments, needed);
        long last = after;
        for (Path path : segments) {
            last = new SegmentReplay(file, path, segments).replay(last, replay);
        }
        return last;
    }

    private static void checkThere(StoreFile file, List<Path> segments, long needed) {
        if (needed > 0 && segments.stream().noneMatch(path -> path.equals(file.log(needed)))) {
            throw file.failure(
                    "cannot be opened: its log " + file.log(needed) + " is gone, with writes that were"
                            + " acknowledged. Put it back",
                    null);
        }
    }

    /** One of the segments that are read. */
    private record SegmentReplay(StoreFile file, Path path, List<Path> segments) {

        long replay(long after, Replay replay) throws IOException, SQLException {
            ByteBuffer segment = ByteBuffer.wrap(Files.readAllBytes(path));
            boolean begins = JournalRecord.schemaVersion(segment).isPresent();
            int at = begins ? JournalRecord.SEGMENT_HEADER : 0;
            long last = after;
            while (true) {
                Optional<JournalRecord> next = JournalRecord.from(segment, at, 1, last + MOST_NUMBERS);
                if (next.isEmpty()) {
                    return last;
                }
                JournalRecord record = next.get();
                if (record.number() > last && !begins) {
                    throw damaged(0, "it does not begin as a log does", null);
                }
                if (record.number() > last + 1) {
                    throw damaged(
                            at,
                            "record " + (last + 1) + " cannot be read, and record " + record.number() + " follows",
                            null);
                }
                if (record.number() == last + 1) {
                    make(record, at, replay);
                    last = record.number();
                }
                at = record.end();
            }
        }

        private void make(JournalRecord record, int at, Replay replay) throws SQLException {
            try {
                for (Change change : ChangeForm.read(record.changes())) {
                    if (change.what() == RowChange.SEGMENT) {
                        checkThere(file, segments, ChangeForm.number(Objects.requireNonNull(change.arguments()[0])));
                    }
                    replay.make(change);
                }
            } catch (IllegalArgumentException e) {
                throw damaged(at, "record " + record.number() + " cannot be read: " + e.getMessage(), e);
            }
        }

        private StoreException damaged(int at, String problem, @Nullable Throwable cause) {
            return new StoreException(
                    file.text("is damaged: its log " + path + ", at byte " + at + ": " + problem
                            + ". Restore all files of the store from a backup"),
                    cause);
        }
    }

    /** What was replayed ends with a record, so the next one follows that. */
    void goOnBehind(long record) {
        last = record;
    }

    /**
     * Goes on in a new segment, which is made beside the others. Its number is new too, so that none is missing that the
     * database still names, whenever the power is lost.
     */
    void begin(int schemaVersion) throws IOException {
        close();
        long next = nextSegment();
        current = segment(next, schemaVersion);
        number = next;
    }

    private long nextSegment() throws IOException {
        return Math.max(last, file.lastLog()) + 1;
    }

    /**
     * The same while records are written, without the database: the last record of the old segment names the new one, so
     * that it is missed if it is gone. The old ones are needed until the database has all up to that record.
     *
     * @return what that record changes
     */
    List<Change> roll(int schemaVersion) throws IOException {
        long next = nextSegment();
        Segment fresh = segment(next, schemaVersion);
        List<Change> names = List.of(new Change(RowChange.SEGMENT, new Object[] {next}));
        try {
            append(names);
            close();
        } catch (IOException | RuntimeException | Error e) {
            fresh.close();
            throw e;
        }
        current = fresh;
        number = next;
        return names;
    }

    /** The number of the segment that was begun last, or 0. */
    long segment() {
        return number;
    }

    /** Deletes all segments before one, and keeps one of them for later; by any thread. */
    void dropBefore(long segment) throws IOException {
        for (Path path : file.logs()) {
            if (StoreFile.number(path) < segment) {
                drop(path);
            }
        }
    }

    private synchronized void drop(Path path) throws IOException {
        if (spare) {
            Files.deleteIfExists(path);
        } else {
            Files.move(path, file.spareLog());
            spare = true;
        }
    }

    /** A segment for records, in a file that was one before if there is such a file: that has its blocks already. */
    private synchronized Segment segment(long next, int schemaVersion) throws IOException {
        ByteBuffer header = JournalRecord.segmentHeader(schemaVersion);
        if (spare) {
            spare = false;
            return Segment.again(file.spareLog(), file.log(next), header);
        }
        return Segment.create(file.log(next), header);
    }

    /** Deletes all segments. */
    void dropAll() throws IOException {
        dropBefore(Long.MAX_VALUE);
        dropSpare(file);
    }

    /** Deletes the file that is kept for later, with all that it has. */
    synchronized void dropSpare() throws IOException {
        spare = false;
        dropSpare(file);
    }

    /** Deletes what an earlier opening has kept. */
    static void dropSpare(StoreFile file) throws IOException {
        Files.deleteIfExists(file.spareLog());
    }

    /**
     * Appends changes and syncs them.
     *
     * @throws Segment.NoRoomException if surely nothing was appended
     * @throws IOException if that is unknown; nothing more can be appended then
     * @throws StoreLostException as that, if the segment is gone
     */
    void append(List<Change> changes) throws IOException {
        Segment segment = current;
        if (segment == null) {
            throw new IllegalStateException("no segment was begun");
        }
        ByteBuffer record = buffer(JournalRecord.bound(changes));
        JournalRecord.write(last + 1, changes, record);
        try {
            settings.append().append(segment, record);
        } catch (Segment.NoRoomException e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            current = null;
            segment.close();
            throw e;
        }
        last++;
    }

    private ByteBuffer buffer(int bytes) {
        if (bytes > MOST_BUFFER) {
            return ByteBuffer.allocate(bytes);
        }
        if (bytes > buffer.capacity()) {
            buffer = ByteBuffer.allocateDirect(Math.max(bytes, 2 * buffer.capacity()));
        }
        return buffer.clear();
    }

    /** Throws if the current segment is not found by its name any more. */
    void checkThere() {
        Segment segment = current;
        if (segment != null && !segment.isThere()) {
            throw new StoreLostException(
                    file.text("is lost: " + segment.path() + " was deleted, moved or replaced while it was open."
                            + " Nothing more is written; stop this process, put the file back, and start again"),
                    null);
        }
    }

    @Override
    public void close() throws IOException {
        Segment segment = current;
        current = null;
        if (segment != null) {
            segment.close();
        }
    }
}
