package dev.meerkat.server.contract;

import dev.meerkat.server.MeerkatServer;
import dev.meerkat.server.RunningServer;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An executable whose standard input and output lead to a server in this JVM, once. */
final class PipedCommand implements AutoCloseable {
    private static final long MOST_SECONDS = 10;

    private final Path executable;
    private final FutureTask<RunningServer> running;

    PipedCommand(MeerkatServer server, Path directory) throws IOException, InterruptedException {
        Path in = directory.resolve("in");
        Path out = directory.resolve("out");
        Process make = new ProcessBuilder("mkfifo", in.toString(), out.toString()).start();
        if (!make.waitFor(MOST_SECONDS, TimeUnit.SECONDS) || make.exitValue() != 0) {
            throw new IOException("cannot make pipes in " + directory);
        }
        executable = directory.resolve("served-rpc");
        Files.writeString(executable, """
                #!/bin/sh
                cat < '%s' &
                exec cat > '%s'
                """.formatted(out, in));
        Files.setPosixFilePermissions(executable, PosixFilePermissions.fromString("rwx------"));
        // Opening a pipe waits for its other end.
        running = new FutureTask<>(
                () -> server.rpcStreams(new FileInputStream(in.toFile()), new FileOutputStream(out.toFile()))
                        .start());
        Thread opener = new Thread(running, "served-pipes");
        opener.setDaemon(true);
        opener.start();
    }

    Path executable() {
        return executable;
    }

    @Override
    public void close() throws IOException {
        try {
            running.get(MOST_SECONDS, TimeUnit.SECONDS).close();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("nobody started " + executable, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
