package dev.meerkat.server.internal.rpc;

import dev.meerkat.json.internal.LineReader;
import dev.meerkat.json.internal.LineTooLongException;
import dev.meerkat.json.internal.NoRoomException;
import dev.meerkat.server.internal.calls.Shared;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JSON-RPC with one client. One thread reads lines and one writes them; what the lines ask for happens on the workers.
 *
 * <p>When the client writes no more, the answers of its calls are still written, for {@link #DRAIN} at most, and then
 * the connection is closed.
 */
final class Connection {
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final String name;
    private final Shared shared;
    private final Wire wire;
    private final Gate gate;
    private final Bounds bounds;
    private final Timeouts timeouts;
    private final Outbox outbox;
    private final Dispatch dispatch;
    private final Thread reader;
    private final Thread writer;
    private final CompletableFuture<Void> inputEnded = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable ScheduledFuture<?> deadline;

    Connection(String name, Shared shared, Wire wire, Gate gate, Bounds bounds, Timeouts timeouts) {
        this.name = name;
        this.shared = shared;
        this.wire = wire;
        this.gate = gate;
        this.bounds = bounds;
        this.timeouts = timeouts;
        this.outbox = new Outbox(shared.limits().bufferedEvents());
        this.dispatch = new Dispatch(shared, outbox, gate, bounds, name, timeouts.tool());
        this.reader = thread("read", this::read);
        this.writer = thread("write", this::write);
    }

    private Thread thread(String task, Runnable body) {
        Thread thread = new Thread(body, name + "-" + task);
        thread.setDaemon(true);
        return thread;
    }

    void start() {
        if (!gate.isOpen()) {
            limit(timeouts.token(), () -> {
                if (!gate.isOpen()) {
                    end();
                }
            });
        }
        reader.start();
        writer.start();
    }

    /** Completes when the client writes no more. */
    CompletionStage<Void> inputEnded() {
        return inputEnded;
    }

    /** Completes when all is over. */
    CompletionStage<Void> closed() {
        return closed;
    }

    private void read() {
        LineReader lines = new LineReader(wire.input(), shared.limits().messageBytes(), bounds.memory());
        MessageReader messages = new MessageReader(shared.calls().line());
        try {
            for (LineReader.Line line = next(lines); line != null; line = next(lines)) {
                if (!line.blank()) {
                    dispatch.accept(messages.read(line));
                }
            }
        } catch (IOException e) {
            LOG.debug("{}: reading ends: {}", name, e.toString());
            if (!stopped.get()) {
                end();
            }
        } catch (InterruptedException e) {
            LOG.debug("{}: reading was interrupted", name);
        } catch (RuntimeException e) {
            LOG.error("{}: reading failed", name, e);
            end();
        } finally {
            lines.release();
            stop(DRAIN);
            inputEnded.complete(null);
        }
    }

    /** The next line, or null if there is none or no more are taken. */
    private LineReader.@Nullable Line next(LineReader lines) throws IOException, InterruptedException {
        while (!stopped.get() && !gate.exhausted()) {
            outbox.awaitRoom();
            try {
                LineReader.Line line = lines.next();
                return stopped.get() ? null : line;
            } catch (LineTooLongException e) {
                dispatch.accept(
                        MessageReader.tooLong(lines.begun(), shared.limits().messageBytes()));
                lines.skip();
            } catch (NoRoomException e) {
                dispatch.accept(MessageReader.noRoom(lines.begun()));
                lines.skip();
            }
        }
        return null;
    }

    private void write() {
        try {
            for (Outbox.Batch batch = outbox.take(); batch != null; batch = outbox.take()) {
                try {
                    wire.write(batch.bytes());
                } finally {
                    batch.done();
                }
            }
        } catch (IOException e) {
            LOG.debug("{}: writing ends: {}", name, e.toString());
        } catch (InterruptedException e) {
            LOG.debug("{}: writing was interrupted", name);
        } catch (RuntimeException e) {
            LOG.error("{}: writing failed", name, e);
        } finally {
            end();
            wire.close();
            closed.complete(null);
        }
    }

    /**
     * Reads no more, waits for the answers that are owed, and ends. Never blocks.
     *
     * @param atMost how long it waits for them
     */
    void stop(Duration atMost) {
        if (!stopped.getAndSet(true)) {
            outbox.finish();
            dispatch.inputEnded();
            limit(atMost, this::end);
            if (closed.isDone()) {
                cancel(deadline);
            }
            if (Thread.currentThread() != reader) {
                wire.stopReading(reader);
            }
        }
    }

    /** Waits until all is over, and if it does not come to that, ends at once. */
    void awaitEnd(long nanos) {
        try {
            closed.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("{}: calls have no answers yet", name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end();
    }

    /** Runs something later on a worker, because it may block, instead of what was to run before. */
    private void limit(Duration delay, Runnable task) {
        cancel(deadline);
        try {
            deadline = shared.workers().schedule(() -> onWorker(task), delay);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    private void onWorker(Runnable task) {
        try {
            shared.workers().execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    private static void cancel(@Nullable ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Ends at once. What its calls began goes on; its streams and its tools are gone. Idempotent. */
    void end() {
        if (!ended.getAndSet(true)) {
            outbox.close();
            wire.abort();
            cancel(deadline);
            if (!stopped.getAndSet(true) && Thread.currentThread() != reader) {
                wire.stopReading(reader);
            }
            dispatch.close();
        }
    }
}
