package dev.meerkat.client.internal.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.MeerkatException;
import dev.meerkat.client.ServerUnreachableException;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.framing.LineReader;
import dev.meerkat.wire.internal.framing.LineTooLongException;
import dev.meerkat.wire.internal.framing.LineWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: callers write, one thread reads and ends their calls. Thread-safe.
 *
 * <p>A message that cannot be read ends the connection: it may have been the answer that somebody waits
 * for, and what follows is not to be trusted more.
 */
final class RpcConnection {
    private static final Logger LOG = LoggerFactory.getLogger(RpcConnection.class);
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final RpcSetup setup;
    private final ClientThreads threads;
    private final LineChannel channel;
    private final LineWriter writer;
    private final PendingCalls pending;
    private final Incoming incoming;
    private final Feeds feeds;
    private final AtomicReference<@Nullable End> end = new AtomicReference<>();
    private volatile @Nullable LineReader lines;

    /** Why the connection is over. */
    private record End(
            String code, String message, @Nullable Throwable cause) {}

    RpcConnection(LineChannel channel, RpcSetup setup, ClientThreads threads) {
        this.channel = channel;
        this.setup = setup;
        this.threads = threads;
        this.pending = new PendingCalls(setup.limits().pendingCalls());
        this.writer = new LineWriter(channel::write, setup.timeouts().call(), threads.work(), this::stuck);
        this.feeds = new Feeds(setup.limits(), this::post);
        ToolRunner tools = new ToolRunner(setup.tools(), threads, this::reply);
        this.incoming = new Incoming(pending, feeds, tools);
    }

    /**
     * Connects and begins to read.
     *
     * @throws ServerUnreachableException if there is no server
     */
    void open() {
        channel.open(setup.timeouts().connect());
        lines = new LineReader(channel.input(), setup.limits().messageBytes());
        ClientThreads.start("reader", this::read);
        if (!isOpen()) {
            // Closed while it was opened: the channel may have become open after that.
            channel.close();
        }
    }

    boolean isOpen() {
        return end.get() == null;
    }

    Feeds feeds() {
        return feeds;
    }

    /** What is known of a server that does not answer. */
    String lastWords() {
        return channel.lastWords(Duration.ofNanos(1));
    }

    /** The server, for messages. */
    String name() {
        return channel.name();
    }

    /**
     * Writes a call.
     *
     * @param onResult what the reader does with the result, before it reads on
     * @throws ServerUnreachableException if it was not written
     */
    OpenCall call(String method, JsonNode params, Consumer<JsonNode> onResult) throws InterruptedException {
        OpenCall call = pending.add(method, onResult);
        boolean written = false;
        try {
            ObjectNode request = request(method, params).put("id", call.id());
            written = write(request, () -> call.written(received()));
        } finally {
            if (!written) {
                pending.take(call.id());
            }
        }
        return call;
    }

    /** Gives a call up, and asks the server to do the same. */
    void giveUp(OpenCall call, boolean cancel) {
        if (pending.abandon(call) && cancel) {
            threads.work().execute(() -> unimportant(cancellation(call)));
        }
    }

    /** Asks the server to take a call back; its answer is still waited for. */
    void cancel(OpenCall call) throws InterruptedException {
        if (!call.answer().isDone()) {
            write(cancellation(call), () -> {});
        }
    }

    private static ObjectNode cancellation(OpenCall call) {
        return request("cancel", JsonNodeFactory.instance.objectNode().put("request_id", call.id()));
    }

    /** Writes a call, later and without listening to its answer. */
    private void post(String method, ObjectNode params) {
        threads.work().execute(() -> unimportant(request(method, params).put("id", pending.unusedId())));
    }

    private void reply(ObjectNode response) {
        unimportant(response.put("jsonrpc", "2.0"));
    }

    private static ObjectNode request(String method, JsonNode params) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("jsonrpc", "2.0").put("method", method).set("params", params);
        return request;
    }

    /** Writes what nobody here waits for. */
    private void unimportant(ObjectNode message) {
        try {
            write(message, () -> {});
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (MeerkatException e) {
            LOG.debug("{}: not written, because the connection is over", name(), e);
        }
    }

    /** Returns true, or throws if nothing was written; a write that fails ends the connection, and so all calls. */
    private boolean write(ObjectNode message, Runnable before) throws InterruptedException {
        byte[] bytes = line(message);
        try {
            if (writer.write(bytes, () -> beforeWriting(before))) {
                return true;
            }
        } catch (IOException e) {
            lose("writing failed: " + e.getMessage(), e);
            return true;
        }
        stuck();
        throw unreachable();
    }

    private void beforeWriting(Runnable before) {
        if (!isOpen()) {
            throw unreachable();
        }
        before.run();
    }

    private static byte[] line(ObjectNode message) {
        byte[] json = WireJson.write(message);
        byte[] line = Arrays.copyOf(json, json.length + 1);
        for (int i = 0; i < json.length; i++) {
            // Values of the API keep the white space that they were written with; in texts it is escaped.
            if (line[i] == '\n' || line[i] == '\r') {
                line[i] = ' ';
            }
        }
        line[json.length] = '\n';
        return line;
    }

    private void stuck() {
        if (isOpen()) {
            lose("the server has not read for " + setup.timeouts().call(), null);
        }
    }

    /** The error of a call that cannot be written any more. */
    ServerUnreachableException unreachable() {
        End over = end.get();
        return new ServerUnreachableException(
                over == null ? name() + " is not reached" : over.message(), over == null ? null : over.cause());
    }

    private long received() {
        LineReader reader = lines;
        return reader == null ? 0 : reader.received();
    }

    private void read() {
        LineReader reader = lines;
        if (reader == null) {
            return;
        }
        try {
            for (LineReader.Line line = reader.next(); line != null; line = reader.next()) {
                if (!line.blank()) {
                    incoming.accept(line);
                }
            }
            lose(reader.withinLine() ? "the connection ended within a message" : "the connection ended", null);
        } catch (LineTooLongException | UnreadableMessageException e) {
            finish(RpcAnswer.Lost.INVALID_ANSWER, e.getMessage() + lastWords(), e);
            discard();
        } catch (IOException e) {
            lose("reading failed: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            // Nobody may wait for a reader that is gone, whatever it died of.
            LOG.warn("{}: reading failed", name(), e);
            finish("client_failed", "reading failed: " + e, e);
        }
    }

    /** A child whose output nobody takes would wait with it and not see that its input has ended. */
    private void discard() {
        try {
            channel.input().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            LOG.trace("{}: the rest of the input is gone", name(), e);
        }
    }

    private void lose(String message, @Nullable Throwable cause) {
        // What a child says last is worth a moment, unless it goes on living.
        String words = isOpen() ? channel.lastWords(LAST_WORDS) : "";
        finish(RpcAnswer.Lost.CONNECTION_LOST, message + words, cause);
    }

    /** Ends all calls and feeds, and then the channel, for which nobody has to wait. */
    private void finish(String code, @Nullable String message, @Nullable Throwable cause) {
        if (over(new End(code, name() + ": " + Optional.ofNullable(message).orElse(code), cause))) {
            threads.work().execute(channel::close);
        }
    }

    private boolean over(End reason) {
        if (!end.compareAndSet(null, reason)) {
            return false;
        }
        LOG.debug("connection over: {}", reason.message());
        long received = received();
        for (OpenCall call : pending.takeAll()) {
            boolean untouched = call.receivedBefore() == received;
            call.answer().complete(new RpcAnswer.Lost(reason.code(), reason.message(), reason.cause(), untouched));
        }
        feeds.lost();
        return true;
    }

    /** Ends the connection, and a child process, within five seconds; idempotent. */
    void close(String reason) {
        boolean unused = over(new End(RpcAnswer.Lost.CONNECTION_LOST, name() + ": " + reason, null));
        channel.close();
    }
}
