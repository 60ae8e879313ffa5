package dev.meerkat.client.internal.rpc;

import dev.meerkat.client.ServerUnreachableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A child process, spoken to over its standard input and output. */
final class ChildChannel implements LineChannel {
    /** Less than five seconds in all. */
    private static final Patience PATIENCE =
            new Patience(Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(1));

    private static final int CHUNK = 8 << 10;

    private final ChildCommand command;
    private final TextTail errors;
    private final Patience patience;
    private final ReentrantLock state = new ReentrantLock();
    /** Held by who writes: closing the input would wait for it, and for the child to read. */
    private final ReentrantLock writing = new ReentrantLock();

    private volatile @Nullable Process process;
    private volatile @Nullable Thread errorReader;
    private boolean closed;

    /**
     * How long each step of the end may take.
     *
     * @param writer until who writes to the child is done
     * @param input until the child has ended because its input has
     * @param signal until it has ended because of a signal, of which there are two
     */
    record Patience(Duration writer, Duration input, Duration signal) {}

    ChildChannel(ChildCommand command, int stderrBytes) {
        this(command, stderrBytes, PATIENCE);
    }

    ChildChannel(ChildCommand command, int stderrBytes, Patience patience) {
        this.command = command;
        this.errors = new TextTail(stderrBytes);
        this.patience = patience;
    }

    @Override
    public void open(Duration timeout) {
        ProcessBuilder builder = command.process();
        // Under the lock, so that a child is either never started or seen by who closes.
        state.lock();
        try {
            if (closed) {
                throw new ServerUnreachableException(name() + " was not started, because it was closed", null);
            }
            Process started = builder.start();
            process = started;
            Children.add(started);
            errorReader = ClientThreads.start("stderr", () -> drain(started.getErrorStream()));
        } catch (IOException e) {
            throw new ServerUnreachableException("cannot start " + name() + ": " + e.getMessage(), e);
        } finally {
            state.unlock();
        }
    }

    /** Reads for as long as the child writes: a child whose standard error is full stands still. */
    private void drain(InputStream stream) {
        byte[] chunk = new byte[CHUNK];
        try {
            for (int count = stream.read(chunk); count >= 0; count = stream.read(chunk)) {
                errors.add(chunk, count);
            }
        } catch (IOException e) {
            // The child is gone.
        }
    }

    @Override
    public InputStream input() {
        return running().getInputStream();
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        writing.lock();
        try {
            OutputStream output = running().getOutputStream();
            output.write(bytes);
            output.flush();
        } finally {
            writing.unlock();
        }
    }

    private Process running() {
        Process started = process;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started;
    }

    @Override
    public String name() {
        return command.executable() == null
                ? "the server's process"
                : command.executable().toString();
    }

    @Override
    public String lastWords(Duration wait) {
        Process started = process;
        Thread reader = errorReader;
        if (started == null || reader == null) {
            return "";
        }
        StringBuilder words = new StringBuilder();
        try {
            if (started.waitFor(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                words.append("; its exit code is ").append(started.exitValue());
                reader.join(Math.max(1, wait.toMillis()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        String text = errors.text();
        if (!text.isEmpty()) {
            words.append("; its standard error ends with:\n").append(text);
        }
        return words.toString();
    }

    @Override
    public void close() {
        Process started;
        state.lock();
        try {
            closed = true;
            started = process;
        } finally {
            state.unlock();
        }
        if (started != null && !(endInput(started) && ended(started))) {
            boolean unused = Children.end(started, patience.signal());
        }
    }

    /** A server ends by itself when its input does. */
    private boolean endInput(Process started) {
        try {
            if (!writing.tryLock(patience.writer().toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
            try {
                started.getOutputStream().close();
            } finally {
                writing.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (IOException e) {
            // It has ended its input itself.
        }
        return true;
    }

    private boolean ended(Process started) {
        try {
            return started.waitFor(patience.input().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
