package dev.meerkat.store.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A directory for many short-lived stores: in memory where the system has such a place, because a sync there takes no
 * time. What is shown there does not depend on what a disk keeps.
 *
 * @param path the directory
 */
record MemoryPlace(Path path) implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");

    static MemoryPlace open() throws IOException {
        return new MemoryPlace(
                Files.isWritable(MEMORY)
                        ? Files.createTempDirectory(MEMORY, "meerkat")
                        : Files.createTempDirectory("meerkat").toRealPath());
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        delete(path);
    }
}
