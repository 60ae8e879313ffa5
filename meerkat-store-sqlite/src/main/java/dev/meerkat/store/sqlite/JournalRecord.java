package dev.meerkat.store.sqlite;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A record of the journal: the changes of one group of writes. In a segment it is its length, a checksum, its number and
 * the changes, and begins at a multiple of eight bytes.
 *
 * @param number its number, one more than that of the record before
 * @param changes the form of the changes
 * @param end where the next record may begin
 */
record JournalRecord(long number, ByteBuffer changes, int end) {
    /** The bytes before the first record of a segment. */
    static final int SEGMENT_HEADER = 16;

    private static final byte[] MAGIC = "MkatLog1".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER = Integer.BYTES + Integer.BYTES + Long.BYTES;
    private static final int AT_CHECKSUM = Integer.BYTES;
    private static final int AT_NUMBER = AT_CHECKSUM + Integer.BYTES;
    private static final int UNIT = 8;

    /** What a segment begins with. */
    static ByteBuffer segmentHeader(int schemaVersion) {
        return ByteBuffer.allocate(SEGMENT_HEADER)
                .put(MAGIC)
                .putInt(schemaVersion)
                .putInt(0)
                .flip();
    }

    /** The schema version of the changes in a segment, or empty if it does not begin as a segment does. */
    static Optional<Integer> schemaVersion(ByteBuffer segment) {
        return segment.limit() >= SEGMENT_HEADER
                        && segment.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))
                        && segment.getInt(MAGIC.length + Integer.BYTES) == 0
                ? Optional.of(segment.getInt(MAGIC.length))
                : Optional.empty();
    }

    /** At least as many bytes as a record takes. */
    static int bound(List<Change> changes) {
        int bound = HEADER + UNIT;
        for (Change change : changes) {
            bound = Math.addExact(bound, ChangeForm.bound(change));
        }
        return bound;
    }

    /** Writes a record into an empty buffer, and makes it ready to be read. */
    static void write(long number, List<Change> changes, ByteBuffer out) {
        out.position(HEADER);
        for (Change change : changes) {
            ChangeForm.write(change, out);
        }
        int length = out.position() - HEADER;
        out.putInt(0, length).putLong(AT_NUMBER, number);
        out.putInt(AT_CHECKSUM, checksum(out, 0, length));
        while (out.position() % UNIT != 0) {
            out.put((byte) 0);
        }
        out.flip();
    }

    /** Over all but itself: the length, the number and the changes. */
    private static int checksum(ByteBuffer buffer, int at, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(buffer.slice(at, AT_CHECKSUM));
        checksum.update(buffer.slice(at + AT_NUMBER, HEADER - AT_NUMBER + length));
        return (int) checksum.getValue();
    }

    /** The record that begins at a place, if a whole one with a number in a range does. */
    static Optional<JournalRecord> at(ByteBuffer segment, int at, long least, long most) {
        if (segment.limit() - at < HEADER) {
            return Optional.empty();
        }
        int length = segment.getInt(at);
        long number = segment.getLong(at + AT_NUMBER);
        if (length < 0
                || length > segment.limit() - at - HEADER
                || number < least
                || number > most
                || segment.getInt(at + AT_CHECKSUM) != checksum(segment, at, length)) {
            return Optional.empty();
        }
        int end = at + HEADER + length;
        return Optional.of(
                new JournalRecord(number, segment.slice(at + HEADER, length), end + Math.floorMod(-end, UNIT)));
    }

    /** The first record at or behind a place, if there is any. */
    static Optional<JournalRecord> from(ByteBuffer segment, int place, long least, long most) {
        for (int at = place; segment.limit() - at >= HEADER; at += UNIT) {
            Optional<JournalRecord> found = at(segment, at, least, most);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
