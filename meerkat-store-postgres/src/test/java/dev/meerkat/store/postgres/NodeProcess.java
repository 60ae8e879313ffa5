package dev.meerkat.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A {@link NodeChild}, and what it has told. */
final class NodeProcess {
    private final String name;
    private final Process process;
    private final Told told = new Told();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread reader;

    private NodeProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.reader = new Thread(this::read);
        reader.start();
    }

    static NodeProcess start(String schema, String name) throws IOException {
        return start(schema, name, Map.of());
    }

    /** Starts one with more variables of its environment. */
    static NodeProcess start(String schema, String name, Map<String, String> variables) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        classPath(),
                        NodeChild.class.getName(),
                        schema,
                        name)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        // So that it starts no server of its own.
        builder.environment().put(TestServer.VARIABLE, TestServer.address());
        builder.environment().putAll(variables);
        return new NodeProcess(name, builder.start());
    }

    /** All that a test runs on, whether it came by class path or by module path. */
    static String classPath() {
        return String.join(
                File.pathSeparator,
                Path.of("target", "classes").toAbsolutePath().toString(),
                Path.of("target", "test-classes").toAbsolutePath().toString(),
                System.getProperty("java.class.path"),
                System.getProperty("jdk.module.path", ""));
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.equals("stopped")) {
                    stopped.countDown();
                } else if (line.equals("closed")) {
                    closed.countDown();
                } else {
                    told.accept(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return name;
    }

    Told told() {
        return told;
    }

    /** Waits until it has ended, and all that it told is read. */
    void awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        reader.join(TimeUnit.SECONDS.toMillis(60));
    }

    void stopSending() throws Exception {
        if (process.isAlive() && stopped.getCount() > 0) {
            line();
        }
        if (process.isAlive()) {
            assertThat(stopped.await(120, TimeUnit.SECONDS)).isTrue();
        }
    }

    void close() throws Exception {
        line();
        assertThat(closed.await(120, TimeUnit.SECONDS)).isTrue();
        awaitEnd();
    }

    private void line() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    void signal(String signal) throws Exception {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
        assertThat(kill.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }

    void destroy() {
        process.destroyForcibly();
    }
}
