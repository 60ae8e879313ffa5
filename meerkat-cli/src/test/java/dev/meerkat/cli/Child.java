package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meerkat.api.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The command in a process of its own. */
final class Child implements AutoCloseable {
    private final Process process;
    private final Writer in;
    private final Path err;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Child(Process process, Path err) {
        this.process = process;
        this.err = err;
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "child-output");
        reader.setDaemon(true);
        reader.start();
    }

    static Child start(Path directory, String... args) throws IOException {
        return start(directory, Map.of(), command(args));
    }

    static List<String> command(String... args) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
        if (Runtime.version().feature() >= 22) {
            // As the manifest of the packaged command says; else these JDKs warn of the native library of SQLite.
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", classPath(), "dev.meerkat.cli.Main"));
        command.addAll(List.of(args));
        return command;
    }

    static Child start(Path directory, List<String> command) throws IOException {
        return start(directory, Map.of(), command);
    }

    static Child start(Path directory, Map<String, String> variables, List<String> command) throws IOException {
        Path err = directory.resolve("stderr.txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()));
        builder.environment().putAll(variables);
        return new Child(builder.start(), err);
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // It is gone.
        }
    }

    void write(String line) throws IOException {
        in.write(line + "\n");
        in.flush();
    }

    void endInput() throws IOException {
        in.close();
    }

    /** The next line that fulfils a condition; those before are dropped. */
    String await(Predicate<String> wanted) throws InterruptedException {
        String line;
        do {
            line = lines.poll(Cmd.SECONDS, TimeUnit.SECONDS);
            assertThat(line).as("no such line; %s", this).isNotNull();
        } while (!wanted.test(line));
        return line;
    }

    /** Calls a method over JSON-RPC and gives its result. */
    Json call(int id, String method, Object params) throws Exception {
        write(Json.of(Map.of("jsonrpc", "2.0", "id", id, "method", method, "params", params))
                .text());
        Json answer = Json.parse(await(
                line -> Json.parse(line).at("/id").filter(Json.of(id)::equals).isPresent()));
        return answer.at("/result").orElseThrow(() -> new AssertionError(answer));
    }

    /** Ends as SIGTERM ends it. */
    int terminate() throws InterruptedException {
        process.destroy();
        return exitCode();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        exitCode();
    }

    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(Cmd.SECONDS, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** Whether it runs, and what it has said of its troubles. */
    @Override
    public String toString() {
        try {
            return (process.isAlive() ? "it runs" : "it ended with " + process.exitValue()) + ": "
                    + Files.readString(err);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
