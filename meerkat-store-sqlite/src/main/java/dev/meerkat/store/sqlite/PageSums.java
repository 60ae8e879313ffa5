package dev.meerkat.store.sqlite;

import dev.meerkat.api.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Checksums of all pages of a closed database. They stand at the end of its file, where SQLite does not look; the first
 * changes that SQLite brings there cut them off. So they are there after an orderly close, and as long as nobody has
 * changed the database since.
 *
 * <p>Making and checking them reads the whole file once. No connection to the database may be open meanwhile: closing
 * the file here would drop its locks.
 */
final class PageSums {
    private static final byte[] MAGIC = "MkatSum1".getBytes(StandardCharsets.US_ASCII);
    /** Behind the sums: how many there are, the length of a page, a checksum of all that, and the magic. */
    private static final int FOOTER = 3 * Integer.BYTES + 8;

    private static final int SQLITE_HEADER = 100;
    private static final int AT_PAGE_BYTES = 16;
    private static final int AT_PAGE_COUNT = 28;
    private static final int LARGEST_PAGE = 65_536;
    private static final int BUFFER = 1 << 20;

    /** Pages of a file. */
    private record Pages(FileChannel channel, int count, int bytes) {

        long end() {
            return (long) count * bytes;
        }

        /** Tells the checksum of each page, in order. */
        void each(Found found) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocateDirect(Math.max(BUFFER, bytes));
            int number = 0;
            for (long at = 0; at < end(); at += buffer.limit()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), end() - at));
                readFully(channel, buffer, at);
                for (int page = 0; page < buffer.limit(); page += bytes) {
                    found.page(number++, checksum(buffer.slice(page, bytes)));
                }
            }
        }
    }

    /** What is done with the checksum of a page. */
    @FunctionalInterface
    private interface Found {
        void page(int number, int sum);
    }

    private PageSums() {}

    private static int checksum(ByteBuffer bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return (int) checksum.getValue();
    }

    private static void readFully(FileChannel channel, ByteBuffer buffer, long at) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new IOException("it ends at byte " + (at + buffer.position()));
            }
        }
        buffer.flip();
    }

    /** Adds them to a database that is closed and has all that was written. */
    static void add(StoreFile file) throws IOException {
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer header = ByteBuffer.allocate(SQLITE_HEADER);
            readFully(channel, header, 0);
            int bytes = Short.toUnsignedInt(header.getShort(AT_PAGE_BYTES));
            Pages pages = new Pages(channel, header.getInt(AT_PAGE_COUNT), bytes == 1 ? LARGEST_PAGE : bytes);
            if (pages.count() <= 0 || pages.end() > channel.size()) {
                throw new IOException("it has " + channel.size() + " bytes, and should have " + pages.end());
            }
            ByteBuffer sums = ByteBuffer.allocate(pages.count() * Integer.BYTES + FOOTER);
            pages.each((number, sum) -> sums.putInt(sum));
            sums.putInt(pages.count()).putInt(pages.bytes());
            sums.putInt(checksum(sums.slice(0, sums.position()))).put(MAGIC).flip();
            for (long at = pages.end(); sums.hasRemaining(); ) {
                at += channel.write(sums, at);
            }
            channel.truncate(pages.end() + sums.limit());
            channel.force(true);
        }
    }

    /**
     * Compares a database with them, if they are there.
     *
     * @throws StoreException if a page is not as it was, naming it
     */
    static void check(StoreFile file) throws IOException {
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
            ByteBuffer sums = read(channel).orElse(null);
            if (sums == null) {
                return;
            }
            int end = sums.limit() - FOOTER;
            Pages pages = new Pages(channel, sums.getInt(end), sums.getInt(end + Integer.BYTES));
            pages.each((number, sum) -> {
                if (sums.getInt(number * Integer.BYTES) != sum) {
                    throw file.failure(
                            "cannot be opened: it is damaged: page " + (number + 1) + ", from byte "
                                    + (long) number * pages.bytes()
                                    + " on, is not as it was when the store was closed. Restore it from a backup, or"
                                    + " keep what sqlite3's .recover finds",
                            null);
                }
            });
        }
    }

    /**
     * What is wrong if a database has none, although it was closed in order. The transaction that closes it says that it needs no
     * segment of the journal, and the one that opens it names one; so a store that was never closed, or by a version before there were
     * sums, is told apart.
     */
    static Optional<String> missing(Db db, StoreFile file) throws SQLException, IOException {
        if (!file.isClosed()
                || db.number("PRAGMA user_version") < Schema.WITH_JOURNAL
                || db.number("SELECT count(*) FROM meta WHERE segment = 0 AND epoch > 0") == 0) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
            return read(channel).isPresent()
                    ? Optional.empty()
                    : Optional.of(
                            "was closed in order, but the checksums behind its pages are cut off or damaged, so that damage of"
                                    + " the pages is not found; a loss of power in the last moment of closing, or another program that has written there, leaves that too."
                                    + " Opening and closing it adds new ones");
        }
    }

    /** Sums and footer, if they are there and whole: a loss of power may have spoiled them, though no page. */
    private static Optional<ByteBuffer> read(FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < FOOTER) {
            return Optional.empty();
        }
        ByteBuffer footer = ByteBuffer.allocate(FOOTER);
        readFully(channel, footer, size - FOOTER);
        long count = footer.getInt(0);
        long length = count * Integer.BYTES + FOOTER;
        if (!footer.slice(FOOTER - MAGIC.length, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))
                || count <= 0
                || length > Integer.MAX_VALUE
                || size != count * footer.getInt(Integer.BYTES) + length) {
            return Optional.empty();
        }
        ByteBuffer sums = ByteBuffer.allocate((int) length);
        readFully(channel, sums, size - length);
        int at = sums.limit() - MAGIC.length - Integer.BYTES;
        return sums.getInt(at) == checksum(sums.slice(0, at)) ? Optional.of(sums) : Optional.empty();
    }
}
