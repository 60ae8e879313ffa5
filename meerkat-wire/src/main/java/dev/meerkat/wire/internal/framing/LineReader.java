package dev.meerkat.wire.internal.framing;

import dev.meerkat.wire.internal.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes into lines, and takes no line that is too long. A byte order mark before a line is no part of it. Not
 * thread-safe but for {@link #received}.
 */
public final class LineReader {
    private static final int FIRST_BYTES = 16 << 10;
    private static final int KEPT_BYTES = 1 << 20;

    private final InputStream input;
    private final int maxBytes;
    private final Room room;
    private byte[] buffer = new byte[FIRST_BYTES];
    private int start;
    private int end;
    private volatile long received;

    /**
     * Reads lines.
     *
     * @param input where they come from
     * @param maxBytes of one line, without its end
     */
    public LineReader(InputStream input, int maxBytes) {
        this(input, maxBytes, new Room() {});
    }

    /**
     * Reads lines that share the room for what is large.
     *
     * @param input where they come from
     * @param maxBytes of one line, without its end
     * @param room what is over 1 MiB is taken from it, and given back with the next read or {@link #release}
     */
    public LineReader(InputStream input, int maxBytes, Room room) {
        this.input = input;
        this.maxBytes = maxBytes;
        this.room = room;
    }

    /** Where large lines find room; there is always some, unless it says otherwise. Thread-safe. */
    public interface Room {
        /** Takes some, if there is enough. */
        default boolean take(long bytes) {
            return true;
        }

        /** Gives back what was taken. */
        default void give(long bytes) {}
    }

    /**
     * A line without its end, valid until the next one is read.
     *
     * @param bytes where it is
     * @param offset where it begins
     * @param length of it
     */
    @SuppressWarnings("ArrayRecordComponent") // a view that is never compared
    public record Line(byte[] bytes, int offset, int length) {
        /** Whether it has nothing but white space. */
        public boolean blank() {
            for (int i = offset; i < offset + length; i++) {
                if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * The next line.
     *
     * @return the line, or null at the end; what stands there without an end is given by {@link #unended}
     * @throws LineTooLongException if it is longer than the maximum; {@link #skip} goes on behind it
     * @throws NoRoomException if there is no room for it; likewise
     * @throws IOException if reading fails
     */
    public @Nullable Line next() throws IOException {
        int seen = 0;
        while (true) {
            for (int i = start + seen; i < end; i++) {
                if (buffer[i] == '\n') {
                    return take(i);
                }
            }
            seen = end - start;
            if (seen > maxBytes) {
                throw new LineTooLongException(maxBytes);
            }
            makeRoom();
            int count = input.read(buffer, end, buffer.length - end);
            if (count < 0) {
                return null;
            }
            end += count;
            long total = received + count;
            received = total;
        }
    }

    /** What has come of the line that is not read yet, valid until something is read. */
    public Line begun() {
        return line(end);
    }

    /** What stands at the end of the input without a line end, once; null if nothing does. */
    public @Nullable Line unended() {
        if (!withinLine()) {
            return null;
        }
        Line line = line(end);
        start = end;
        return line;
    }

    private Line line(int lineEnd) {
        int mark = Utf8.markLength(buffer, start, lineEnd - start);
        return new Line(buffer, start + mark, lineEnd - start - mark);
    }

    /**
     * Reads the line that is not read yet to its end, or to the end of all, and keeps nothing of it.
     *
     * @throws IOException if reading fails
     */
    public void skip() throws IOException {
        while (true) {
            while (start < end) {
                if (buffer[start++] == '\n') {
                    return;
                }
            }
            start = 0;
            end = 0;
            int count = input.read(buffer, 0, buffer.length);
            if (count < 0) {
                return;
            }
            end = count;
            long total = received + end;
            received = total;
        }
    }

    private Line take(int lineEnd) throws LineTooLongException {
        Line line = line(lineEnd);
        if (line.length() > maxBytes) {
            throw new LineTooLongException(maxBytes);
        }
        start = lineEnd + 1;
        return line;
    }

    private void makeRoom() throws NoRoomException {
        int length = end - start;
        if (length == 0) {
            start = 0;
            end = 0;
            release();
        } else if (end == buffer.length && start > 0) {
            System.arraycopy(buffer, start, buffer, 0, length);
            start = 0;
            end = length;
        } else if (end == buffer.length) {
            // One byte more than a line may have is enough to see that it has too many.
            int larger = (int) Math.min(2L * buffer.length, Math.max(maxBytes + 1L, length + 1L));
            if (!room.take(shared(larger) - shared(buffer.length))) {
                throw new NoRoomException();
            }
            buffer = Arrays.copyOf(buffer, larger);
        }
    }

    private static long shared(int length) {
        return Math.max(0, length - KEPT_BYTES);
    }

    /** Gives back the room of a large line, of which nothing is needed any more. */
    public void release() {
        if (buffer.length > KEPT_BYTES) {
            room.give(shared(buffer.length));
            buffer = new byte[FIRST_BYTES];
            start = 0;
            end = 0;
        }
    }

    /** Whether what was read last is a line without an end. */
    public boolean withinLine() {
        return end > start;
    }

    /** How many bytes have come. */
    public long received() {
        return received;
    }
}
