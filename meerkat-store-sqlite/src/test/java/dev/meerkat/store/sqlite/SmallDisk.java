package dev.meerkat.store.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A real file system of one megabyte, which can be full or read-only, also for a privileged user. */
record SmallDisk(Path path) implements AutoCloseable {
    /** Mounts it; a user who may not is told so by an aborted test. */
    static SmallDisk mount(Path path) throws IOException {
        Files.createDirectory(path);
        boolean mounted = run(List.of("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path.toString()));
        Assumptions.assumeTrue(mounted, "this test needs the right to mount a file system");
        return new SmallDisk(path);
    }

    void makeReadOnly() throws IOException {
        if (!run(List.of("mount", "-o", "remount,ro", path.toString()))) {
            throw new IOException("remounting " + path + " failed");
        }
    }

    /** Gives a file to another user; a user who may not is told so by an aborted test. */
    static void giveAway(Path file) {
        Assumptions.assumeTrue(
                run(List.of("chown", "12345", file.toString())), "this test needs the right to give a file away");
    }

    @Override
    public void close() throws IOException {
        if (!run(List.of("umount", path.toString()))) {
            throw new IOException("unmounting " + path + " failed");
        }
    }

    private static boolean run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
