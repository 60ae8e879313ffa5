package dev.meerkat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs command lines in this process. */
final class Cmd {
    static final int SECONDS = 60;

    private static final AtomicInteger PROGRAMS = new AtomicInteger();

    private Cmd() {}

    /** What a command that reads nothing meets. */
    static Surroundings surroundings() {
        return surroundings(Map.of());
    }

    /** The same with variables in the environment. */
    static Surroundings surroundings(Map<String, String> variables) {
        return new Running(InputStream.nullInputStream(), variables).surroundings;
    }

    /** What a command did. */
    record Result(int code, String out, String err) {
        Result ok() {
            assertThat(code).as(err).isZero();
            return this;
        }

        List<String> lines() {
            return out.lines().toList();
        }

        Result failsWith(int expected, String... said) {
            assertThat(code).as(out + err).isEqualTo(expected);
            List.of(said).forEach(text -> assertThat(err).contains(text));
            return this;
        }
    }

    static Result run(String... args) {
        return withInput("", args);
    }

    static Result withInput(String input, String... args) {
        return run(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), Map.of(), args);
    }

    static Result run(InputStream in, Map<String, String> variables, String... args) {
        Running running = new Running(in, variables);
        int code = Cli.run(running.surroundings, args);
        return running.result(code);
    }

    /** Starts a command in a thread. */
    static Running start(InputStream in, String... args) {
        Running running = new Running(in, Map.of());
        running.start(args);
        return running;
    }

    /** A command that runs. */
    static final class Running {
        private final Captured out = new Captured();
        private final Captured err = new Captured();
        private final Surroundings surroundings;
        private final CompletableFuture<Integer> code = new CompletableFuture<>();
        private Thread thread = Thread.currentThread();

        private Running(InputStream in, Map<String, String> variables) {
            surroundings = new Surroundings(
                    in,
                    out,
                    new Terminal(out),
                    new Terminal(err),
                    false,
                    variables,
                    () -> "made-up",
                    new Programs("test-" + PROGRAMS.incrementAndGet()));
        }

        private void start(String... args) {
            thread = new Thread(
                    () -> {
                        code.complete(Cli.run(surroundings, args));
                        out.end();
                    },
                    "command");
            thread.start();
        }

        /** What it has written, as soon as that contains a text. */
        String awaitOutput(String text) throws InterruptedException {
            assertThat(out.await(text))
                    .as("waiting for " + text + ": " + out + err)
                    .isTrue();
            return out.toString(StandardCharsets.UTF_8);
        }

        /** Asks it to end, as SIGTERM does. */
        Result stop() throws Exception {
            thread.interrupt();
            return end();
        }

        Result end() throws Exception {
            return result(code.get(SECONDS, TimeUnit.SECONDS));
        }

        private Result result(int exit) {
            return new Result(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        }
    }

    /** Output that can be waited for. */
    private static final class Captured extends ByteArrayOutputStream {
        private boolean ended;

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            notifyAll();
        }

        synchronized void end() {
            ended = true;
            notifyAll();
        }

        synchronized boolean await(String text) throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            while (!toString(StandardCharsets.UTF_8).contains(text)) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0 || ended) {
                    return false;
                }
                wait(left);
            }
            return true;
        }
    }
}
