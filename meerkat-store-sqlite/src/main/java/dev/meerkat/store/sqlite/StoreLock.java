package dev.meerkat.store.sqlite;

import dev.meerkat.store.sqlite.internal.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that one store at a time has a file. The lock is on a file beside it, which stays. Where it was deleted all
 * the same, and another process let in, the number of the opening tells the first one: see {@link Writer#begin}.
 */
final class StoreLock implements AutoCloseable {
    /** Asked first: on some systems, closing a second channel to a locked file drops the first's lock. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel channel;

    private StoreLock(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static StoreLock acquire(StoreFile file) {
        Path path = file.beside(".lock");
        if (!HELD.add(path)) {
            throw file.inUse("this process");
        }
        FileChannel channel = null;
        try {
            PrivateFiles.createFile(path);
            channel = FileChannel.open(path, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new StoreLock(path, channel);
            }
        } catch (IOException | OverlappingFileLockException e) {
            release(path, channel);
            throw file.failure("cannot be locked", e);
        }
        release(path, channel);
        throw file.inUse("another process");
    }

    private static void release(Path path, @Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // The system gives the lock back when the channel is gone, closed well or not.
        } finally {
            HELD.remove(path);
        }
    }

    @Override
    public void close() {
        release(path, channel);
    }
}
