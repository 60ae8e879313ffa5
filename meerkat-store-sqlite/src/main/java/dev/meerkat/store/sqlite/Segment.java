package dev.meerkat.store.sqlite;

import dev.meerkat.store.sqlite.internal.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The file of the journal that is written to. It is filled with zeros before records come, so that a record changes
 * neither its length nor where it lies, and a sync has the record alone to write. Confined to the thread that writes.
 */
final class Segment implements AutoCloseable {
    private static final int LEAST_FILL = 64 << 10;
    private static final int MOST_FILL = 1 << 20;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(MOST_FILL).asReadOnlyBuffer();

    /** Nothing of a record was written. */
    static final class NoRoomException extends IOException {
        private static final long serialVersionUID = 1L;

        NoRoomException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private final Path path;
    private final FileChannel channel;
    private final @Nullable Object key;
    private long filled;
    private long end;

    private Segment(Path path, FileChannel channel, @Nullable Object key) {
        this.path = path;
        this.channel = channel;
        this.key = key;
    }

    /** Makes an empty segment, which is found by its name after a loss of power too. */
    static Segment create(Path path, ByteBuffer header) throws IOException {
        PrivateFiles.createFile(path);
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
        try {
            Segment segment = new Segment(path, channel, key(path));
            segment.append(header);
            channel.force(true);
            syncDirectory(path);
            return segment;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Makes an empty segment of a file that is none any more, which keeps its blocks, and its bytes behind the header. */
    static Segment again(Path spare, Path path, ByteBuffer header) throws IOException {
        FileChannel channel = FileChannel.open(spare, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try {
            Segment segment = new Segment(path, channel, key(spare));
            segment.filled = channel.size();
            segment.append(header);
            channel.force(true);
            Files.move(spare, path);
            syncDirectory(path);
            return segment;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    static void syncDirectory(Path path) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel directory = FileChannel.open(path.resolveSibling("."), StandardOpenOption.READ)) {
                directory.force(true);
            }
        }
    }

    private static @Nullable Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    Path path() {
        return path;
    }

    long length() {
        return end;
    }

    /** Whether the file is still found by its name. */
    boolean isThere() {
        try {
            return key == null ? Files.exists(path) : key.equals(key(path));
        } catch (IOException e) {
            return false;
        }
    }

    /** Writes bytes to the end; another exception than {@link NoRoomException} may leave a part of them there. */
    void append(ByteBuffer bytes) throws IOException {
        fill(end + bytes.remaining());
        long at = end;
        end += bytes.remaining();
        write(bytes, at);
    }

    void sync() throws IOException {
        channel.force(false);
    }

    private void fill(long needed) throws NoRoomException {
        try {
            while (filled < needed) {
                int step = (int) Math.max(LEAST_FILL, Math.min(MOST_FILL, filled));
                write(ZEROS.duplicate().limit(step), filled);
                filled += step;
            }
        } catch (IOException e) {
            throw new NoRoomException(e);
        }
    }

    private void write(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
