package dev.meerkat.cli;

import dev.meerkat.api.FailedException;
import dev.meerkat.core.agent.TransientFailureException;
import dev.meerkat.wire.internal.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One run of a program. Closing it ends the program and all that it started. */
final class ExecRun implements AutoCloseable {
    static final int MOST_ANSWER_BYTES = 1 << 20;
    /** What a failure's message has room for. */
    private static final int MOST_ERROR_BYTES = 800;
    /** {@code EX_TEMPFAIL} of sysexits.h: the program says that its failure will pass. */
    private static final int TEMPORARY_FAILURE = 75;
    /** How long what the program started, and left behind, may still write, and how long it takes to kill it. */
    private static final int REST_SECONDS = 1;

    private final Programs programs;
    private final Programs.Program program;
    private final Process process;
    private final CompletableFuture<Boolean> input = new CompletableFuture<>();
    private final CompletableFuture<byte[]> answer = new CompletableFuture<>();
    private final CompletableFuture<byte[]> errors = new CompletableFuture<>();

    ExecRun(Programs programs, Programs.Program program, byte[] document) {
        this.programs = programs;
        this.program = program;
        this.process = program.process();
        thread("meerkat-exec-in", () -> write(document));
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
        if (!isOver()) {
            // What it left behind holds its output open.
            programs.kill(program);
            if (!isOver()) {
                throw new FailedException(
                        "agent_failed",
                        "the agent's program has ended, but its output cannot be read to the end",
                        null);
            }
        }
        byte[] bytes = answer.join();
        if (bytes.length > MOST_ANSWER_BYTES) {
            throw new FailedException(
                    "answer_too_long", "the agent's program wrote more than " + MOST_ANSWER_BYTES + " bytes", null);
        }
        if (code != 0) {
            String said = new String(errors.join(), StandardCharsets.UTF_8).strip();
            String message = "the agent's program ended with " + code + (said.isEmpty() ? "" : ": " + said);
            throw new FailedException(
                    "agent_failed",
                    message,
                    code == TEMPORARY_FAILURE ? new TransientFailureException(message, null) : null);
        }
        try {
            return Utf8.text(bytes).strip();
        } catch (CharacterCodingException e) {
            // Without its cause: an IOException would count as a failure that passes.
            throw new FailedException("agent_failed", "the output of the agent's program is not UTF-8", null);
        }
    }

    /** Whether all that it wrote is read; waits for it. */
    private boolean isOver() throws InterruptedException {
        try {
            ends().get(REST_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private CompletableFuture<Void> ends() {
        return CompletableFuture.allOf(input, answer, errors);
    }

    private void write(byte[] document) {
        try (OutputStream to = process.getOutputStream()) {
            to.write(document);
        } catch (IOException e) {
            // A program need not read what it is told.
        }
        input.complete(true);
    }

    private void readAnswer() {
        try (InputStream from = process.getInputStream()) {
            byte[] read = from.readNBytes(MOST_ANSWER_BYTES + 1);
            answer.complete(read);
            if (read.length > MOST_ANSWER_BYTES) {
                programs.kill(program);
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

    @Override
    public void close() {
        programs.kill(program);
        programs.ended(program);
    }
}
