package dev.meerkat.client.fake;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * An executable whose standard input and output lead to a fake in this JVM: a shell script and named
 * pipes in place of a whole JVM for each test. {@link FakeRpcMain} is the fake as a real process.
 *
 * <p>Each process makes two pipes of its own and tells of them in a third, which is always open here.
 */
@SuppressWarnings("try") // closing may be interrupted
public final class FakeStdio implements AutoCloseable {
    private static final long MOST_MILLIS = 5_000;
    private static final String CLOSE = "close";

    private final FakeServer server;
    private final Path directory;
    private final Path executable;
    private final RandomAccessFile arrivals;
    private final Thread porter;
    private final Map<Thread, Path> processes = new ConcurrentHashMap<>();

    /** Makes the executable in a directory of its own. */
    public FakeStdio(FakeServer server, Path directory) throws IOException, InterruptedException {
        this.server = server;
        this.directory = directory;
        Path pipe = directory.resolve("arrivals");
        Process make = new ProcessBuilder("mkfifo", pipe.toString()).start();
        if (!make.waitFor(MOST_MILLIS, TimeUnit.MILLISECONDS) || make.exitValue() != 0) {
            throw new IOException("cannot make " + pipe);
        }
        // Both ends, so that nothing waits for the other side and nothing ends before this does.
        arrivals = new RandomAccessFile(pipe.toFile(), "rw");
        executable = directory.resolve("fake-rkat-rpc");
        Files.writeString(executable, """
                #!/bin/sh
                d='%s'/$$
                mkdir "$d" && mkfifo "$d/in" "$d/out" && echo $$ > '%s' || exit 1
                cat < "$d/out" &
                exec cat > "$d/in"
                """.formatted(directory, pipe));
        Files.setPosixFilePermissions(executable, PosixFilePermissions.fromString("rwx------"));
        porter = start(this::admit);
    }

    private static Thread start(Runnable work) {
        Thread thread = new Thread(work, "fake-stdio");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** What to start as a server. */
    public Path executable() {
        return executable;
    }

    private void admit() {
        try {
            BufferedReader lines = new BufferedReader(
                    new InputStreamReader(new FileInputStream(arrivals.getFD()), StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null && !line.equals(CLOSE); line = lines.readLine()) {
                Path process = directory.resolve(line);
                processes.put(start(() -> serve(process)), process);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void serve(Path process) {
        try (InputStream in = new FileInputStream(process.resolve("in").toFile());
                OutputStream out = new FileOutputStream(process.resolve("out").toFile())) {
            FakeTcp.serve(server, in, out);
        } catch (IOException e) {
            // The process is gone.
        }
    }

    /** Waits for the threads, within a bound; the processes must have ended. */
    @Override
    public void close() throws IOException, InterruptedException {
        arrivals.write((CLOSE + "\n").getBytes(StandardCharsets.US_ASCII));
        porter.join(MOST_MILLIS);
        for (Map.Entry<Thread, Path> process : processes.entrySet()) {
            process.getKey().join(MOST_MILLIS);
            if (process.getKey().isAlive()) {
                throw new IllegalStateException("the process of the fake goes on: " + process.getValue());
            }
        }
        arrivals.close();
    }
}
