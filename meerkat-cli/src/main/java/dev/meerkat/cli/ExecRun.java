package dev.meerkat.cli;

import dev.meerkat.api.FailedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** One run of a program. Closing it ends the program and all that it started. */
final class ExecRun implements AutoCloseable {
    static final int MOST_ANSWER_BYTES = 1 << 20;
    /** What a failure's message has room for. */
    private static final int MOST_ERROR_BYTES = 800;
    /** How long what the program started, and left behind, may still write. */
    private static final int REST_SECONDS = 2;

    private final Process process;
    private final CompletableFuture<byte[]> answer = new CompletableFuture<>();
    private final CompletableFuture<byte[]> errors = new CompletableFuture<>();

    ExecRun(Process process, byte[] input) {
        this.process = process;
        thread("meerkat-exec-in", () -> write(input));
        thread("meerkat-exec-out", () -> readAnswer());
        thread("meerkat-exec-err", () -> readErrors());
    }

    private static void thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    String answer() throws InterruptedException {
        int code = process.waitFor();
        byte[] bytes = rest(answer, "answer");
        if (bytes.length > MOST_ANSWER_BYTES) {
            throw new FailedException(
                    "answer_too_long", "the agent's program wrote more than " + MOST_ANSWER_BYTES + " bytes", null);
        }
        if (code != 0) {
            String said = new String(rest(errors, "errors"), StandardCharsets.UTF_8).strip();
            throw new FailedException(
                    "agent_failed",
                    "the agent's program ended with " + code + (said.isEmpty() ? "" : ": " + said),
                    null);
        }
        return new String(bytes, StandardCharsets.UTF_8).strip();
    }

    private static byte[] rest(CompletableFuture<byte[]> read, String what) throws InterruptedException {
        try {
            return read.get(REST_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new FailedException(
                    "agent_failed", "the agent's program has ended, but its " + what + " cannot be read to the end", e);
        }
    }

    private void write(byte[] input) {
        try (OutputStream to = process.getOutputStream()) {
            to.write(input);
        } catch (IOException e) {
            // A program need not read what it is told.
        }
    }

    private void readAnswer() {
        try (InputStream from = process.getInputStream()) {
            byte[] read = from.readNBytes(MOST_ANSWER_BYTES + 1);
            answer.complete(read);
            if (read.length > MOST_ANSWER_BYTES) {
                kill();
            }
        } catch (IOException e) {
            answer.completeExceptionally(e);
        }
    }

    /** Reads all, so that the program is not held up, and keeps the end. */
    private void readErrors() {
        byte[] kept = new byte[0];
        try (InputStream from = process.getErrorStream()) {
            byte[] buffer = new byte[MOST_ERROR_BYTES];
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                kept = joined(kept, buffer, read);
            }
        } catch (IOException e) {
            // What came so far is all there is.
        }
        errors.complete(kept);
    }

    private static byte[] joined(byte[] kept, byte[] more, int length) {
        int old = Math.min(kept.length, MOST_ERROR_BYTES - length);
        byte[] joined = new byte[old + length];
        System.arraycopy(kept, kept.length - old, joined, 0, old);
        System.arraycopy(more, 0, joined, old, length);
        return joined;
    }

    private void kill() {
        // First, because those of a dead process are nobody's.
        List<ProcessHandle> started;
        try (Stream<ProcessHandle> all = process.descendants()) {
            started = all.toList();
        }
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
