package dev.meerkat.interop;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A process that is ended with the test. */
final class Command implements AutoCloseable {
    private static final long MOST_SECONDS = 120;

    private final Process process;
    private final BufferedReader out;
    private final File err;

    private Command(Process process, File err) {
        this.process = process;
        this.err = err;
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    /** The packaged command of that name; skips the test, visibly, if nothing was packaged. */
    static String packaged(String name) {
        Path command = Path.of(System.getProperty("meerkat.home"), "bin", name);
        Assumptions.assumeTrue(Files.isExecutable(command), "the command is not packaged; the phase package does it");
        return command.toString();
    }

    static Command start(Map<String, String> environment, List<String> words) throws IOException {
        File err = File.createTempFile("meerkat-interop", ".err");
        err.deleteOnExit();
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(words)).redirectError(err);
        builder.environment().putAll(environment);
        return new Command(builder.start(), err);
    }

    /** Skips the test, visibly, on a machine that has not got a program. */
    static void need(String program) {
        boolean there = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
        Assumptions.assumeTrue(there, "this machine has no " + program);
    }

    /** Runs to the end, which must be a good one. What it printed. */
    static String run(Map<String, String> environment, String... words) throws IOException, InterruptedException {
        try (Command command = start(environment, List.of(words))) {
            command.process.getOutputStream().close();
            StringBuilder text = new StringBuilder();
            for (String line = command.line(); line != null; line = command.line()) {
                text.append(line).append('\n');
            }
            if (!command.process.waitFor(MOST_SECONDS, TimeUnit.SECONDS) || command.process.exitValue() != 0) {
                throw new IOException(words[0] + " failed:\n" + text + command.errors());
            }
            return text.toString();
        }
    }

    /** The next line that it prints, or null at the end. The whole test is bounded by its timeout. */
    String line() throws IOException {
        return out.readLine();
    }

    /** The next line that holds a text. */
    String lineWith(String part) throws IOException {
        for (String line = line(); line != null; line = line()) {
            if (line.contains(part)) {
                return line;
            }
        }
        throw new IOException("it ended without printing " + part + "\n" + errors());
    }

    void write(String line) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    /** Asks it to end. Its exit code. */
    int terminate() throws InterruptedException, IOException {
        process.toHandle().destroy();
        return exitCode();
    }

    int exitCode() throws InterruptedException, IOException {
        if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("it does not end");
        }
        return process.exitValue();
    }

    String errors() throws IOException {
        return Files.readString(err.toPath());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
