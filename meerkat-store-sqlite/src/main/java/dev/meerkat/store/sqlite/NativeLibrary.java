package dev.meerkat.store.sqlite;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite itself, which its driver unpacks into a file in order to load it. Here that file is in a directory of its own
 * to which nobody else may write, and is deleted as soon as it is loaded: at the end of the process it would be too late
 * for one that is killed.
 */
final class NativeLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);
    private static final String PLACE = "org.sqlite.tmpdir";

    private NativeLibrary() {}

    /** Loads it, if that has not happened yet; a problem is told by the first connection. */
    static synchronized void load() {
        boolean placed = System.getProperty(PLACE) != null || System.getProperty("org.sqlite.lib.path") != null;
        if (placed) {
            return;
        }
        Path directory = null;
        try {
            // Only its owner may do anything in it.
            directory = Files.createTempDirectory("meerkat-sqlite-");
            System.setProperty(PLACE, directory.toString());
            boolean unused = SQLiteJDBCLoader.initialize();
        } catch (Exception e) { // as the driver declares it
            LOG.debug("SQLite cannot be loaded from a directory of its own", e);
        } finally {
            System.clearProperty(PLACE);
            delete(directory);
        }
    }

    private static void delete(@Nullable Path directory) {
        if (directory == null) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // Windows keeps a loaded file; the driver deletes it at the end of the process.
            LOG.debug("{} stays until the process ends", directory, e);
        }
    }
}
