package dev.meerkat.server.internal.rpc;

import dev.meerkat.server.internal.calls.DaemonThreads;
import dev.meerkat.server.internal.methods.ServerContext;
import dev.meerkat.wire.internal.framing.LineReader;
import dev.meerkat.wire.internal.framing.LineTooLongException;
import dev.meerkat.wire.internal.framing.NoRoomException;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages of JSON-RPC to and from one client. One thread reads lines and one writes them; what the lines ask for happens on the workers.
 *
 * <p>When the client writes no more, the answers of its calls are still written, for {@link #DRAIN} at most, and then
 * the connection is closed.
 */
final class Connection {
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final String name;
    private final ServerContext shared;
    private final Wire wire;
    private final TokenGate gate;
    private final Bounds bounds;
    private final Timeouts timeouts;
    private final SendQueue outbox;
    private final RpcConversation conversation;
    private final Thread reader;
    private final Thread writer;
    private final CompletableFuture<Void> inputEnded = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable ScheduledFuture<?> deadline;

    /**
     * A connection, not started.
     *
     * @param conversation made for what waits to be written
     */
    Connection(
            String name,
            ServerContext shared,
            Wire wire,
            TokenGate gate,
            Bounds bounds,
            Timeouts timeouts,
            Function<SendQueue, RpcConversation> conversation) {
        this.name = name;
        this.shared = shared;
        this.wire = wire;
        this.gate = gate;
        this.bounds = bounds;
        this.timeouts = timeouts;
        this.outbox = new SendQueue(shared.limits().bufferedEvents(), shared.memory(), this::drop);
        this.conversation = conversation.apply(outbox);
        this.reader = DaemonThreads.of(name + "-read", this::read);
        this.writer = DaemonThreads.of(name + "-write", this::write);
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
                    accept(messages.read(line));
                }
            }
        } catch (IOException e) {
            LOG.debug("{}: reading ends: {}", name, e.toString());
            if (!stopped.get()) {
                end();
            }
        } catch (InterruptedException e) {
            LOG.debug("{}: reading was interrupted", name);
        } catch (RuntimeException | Error e) {
            LOG.error("{}: reading failed", name, e);
            end();
        } finally {
            lines.release();
            stop(DRAIN);
            inputEnded.complete(null);
        }
    }

    /**
     * Carries out a message. Where others than clients can connect, such as a web page whose browser sends the lines of an
     * HTTP request, the first line that is no JSON object is the last that is read.
     */
    private void accept(Message message) {
        conversation.accept(message);
        if (message instanceof Message.NoObject && !wire.isPrivate()) {
            LOG.warn("{}: closed, because it sent a line that is no JSON object", name);
            stop(DRAIN);
        }
    }

    /** The next line, or null if there is none or no more are taken. */
    private LineReader.@Nullable Line next(LineReader lines) throws IOException, InterruptedException {
        while (!stopped.get() && !gate.exhausted()) {
            outbox.awaitRoom();
            try {
                LineReader.Line line = lines.next();
                if (line == null) {
                    // No beginning of an object is an object, so a line that was cut off is never carried out.
                    line = lines.unended();
                }
                return stopped.get() ? null : line;
            } catch (LineTooLongException e) {
                accept(MessageReader.tooLong(lines.begun(), shared.limits().messageBytes()));
                skip(lines);
            } catch (NoRoomException e) {
                accept(MessageReader.noRoom(lines.begun()));
                skip(lines);
            }
        }
        return null;
    }

    private void skip(LineReader lines) throws IOException {
        if (!stopped.get()) {
            lines.skip();
        }
    }

    private void write() {
        try {
            for (SendQueue.Batch batch = outbox.take(); batch != null; batch = outbox.take()) {
                try {
                    for (byte[] piece : batch.pieces()) {
                        wire.write(piece);
                    }
                } finally {
                    batch.done();
                }
            }
        } catch (IOException e) {
            LOG.debug("{}: writing ends: {}", name, e.toString());
        } catch (InterruptedException e) {
            LOG.debug("{}: writing was interrupted", name);
        } catch (RuntimeException | Error e) {
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
            conversation.inputEnded();
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

    /** The server needs the memory. */
    private void drop() {
        LOG.warn("{}: closed, because too much waits in the server for clients that do not read", name);
        end();
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
            conversation.close();
        }
    }
}
