package dev.meerkat.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** JSON-RPC with a process, from one thread. Not thread-safe. */
final class LineProgram implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;
    private static final int LIFE_MINUTES = 9;

    private final Process process;
    private final OutputStream output;
    private final LineInput input;
    private final Map<Long, Long> begun = new HashMap<>();
    private long lastId;

    LineProgram(ProcessBuilder builder, Path errors) throws IOException {
        process = builder.redirectError(errors.toFile()).start();
        // Reading from one that hangs ends when it is killed.
        CompletableFuture.delayedExecutor(LIFE_MINUTES, TimeUnit.MINUTES).execute(process::destroyForcibly);
        output = process.getOutputStream();
        input = new LineInput(process.getInputStream());
    }

    /** An answer, and the nanoseconds that it took. */
    record Answer(String line, long nanos) {}

    /** Calls, and waits for the answer. */
    String call(String method, String params) throws IOException {
        send(method, params);
        return next().line();
    }

    void send(String method, String params) throws IOException {
        long id = ++lastId;
        String line =
                "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}\n";
        begun.put(id, System.nanoTime());
        output.write(line.getBytes(StandardCharsets.UTF_8));
        output.flush();
    }

    /**
     * The next answer to any call.
     *
     * @throws IllegalStateException if it is an error
     */
    Answer next() throws IOException {
        while (true) {
            String line = input.next();
            if (line.contains("\"method\":")) {
                continue;
            }
            Long start = begun.remove(Traffic.id(line));
            if (start == null || line.contains("\"error\":{")) {
                throw new IllegalStateException("unexpected: " + line);
            }
            return new Answer(line, System.nanoTime() - start);
        }
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() throws IOException {
        output.close();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
