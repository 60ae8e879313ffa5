package dev.meerkat.server.internal.rest;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.json.internal.WireJson;
import dev.meerkat.server.internal.calls.WireFault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Receives the body of a request without waiting, and never more of it than is allowed. */
final class BodyReader implements Runnable, Rounds.Member {
    private final Exchange exchange;
    private final Request request;
    private final Consumer<ObjectNode> next;
    private final int limit;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean discarding;
    private long taken;
    private int seconds;
    private int heardOut;

    private BodyReader(Exchange exchange, Consumer<ObjectNode> next) {
        this.exchange = exchange;
        this.request = exchange.request();
        this.next = next;
        this.limit = exchange.site().shared().limits().messageBytes();
    }

    /** Reads a body of JSON. */
    static void read(Exchange exchange, Consumer<ObjectNode> next) {
        if (!isJson(exchange.header("Content-Type"))) {
            throw Refusals.noJson();
        }
        BodyReader reader = new BodyReader(exchange, next);
        exchange.site().rounds().join(reader);
        if (reader.request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH) > reader.limit) {
            reader.refuse(Refusals.tooLarge(reader.limit));
        } else {
            reader.run();
        }
    }

    private static boolean isJson(@Nullable String type) {
        if (type == null) {
            return false;
        }
        int end = type.indexOf(';');
        String plain = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        return plain.equals("application/json") || (plain.startsWith("application/") && plain.endsWith("+json"));
    }

    /** Takes what is there; called again when there is more. */
    @Override
    public void run() {
        while (discarding || !ended.get()) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                lost(chunk.getFailure());
                return;
            }
            boolean last = chunk.isLast();
            WireFault fault = take(chunk.getByteBuffer());
            chunk.release();
            if (last) {
                complete(fault);
                return;
            }
            if (fault != null) {
                refuse(fault);
                return;
            }
        }
    }

    private synchronized @Nullable WireFault take(ByteBuffer bytes) {
        int more = bytes.remaining();
        if (discarding || ended.get()) {
            return null;
        }
        if (taken + more > limit) {
            return Refusals.tooLarge(limit);
        }
        if (!exchange.site().memory().take(more)) {
            return Refusals.busy("the server is receiving too much at once");
        }
        taken += more;
        byte[] copy = new byte[more];
        bytes.get(copy);
        body.writeBytes(copy);
        return null;
    }

    private void complete(@Nullable WireFault fault) {
        if (discarding) {
            discarded();
        } else if (ended.compareAndSet(false, true)) {
            leave();
            if (fault != null) {
                exchange.fail(fault);
            } else {
                parsed();
            }
        }
    }

    private void parsed() {
        byte[] bytes = body.toByteArray();
        body.reset();
        try {
            next.accept(parse(bytes));
        } catch (RuntimeException e) {
            exchange.fail(e);
        } finally {
            give();
        }
    }

    private static ObjectNode parse(byte[] bytes) {
        JsonNode tree;
        try {
            tree = WireJson.read(bytes, 0, bytes.length);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String place = at == null ? "" : " at line " + at.getLineNr() + " column " + at.getColumnNr();
            throw Refusals.badRequest("Failed to parse the request body as JSON: " + e.getOriginalMessage() + place);
        } catch (CharacterCodingException e) {
            throw Refusals.badRequest("Failed to parse the request body as JSON: it is not UTF-8");
        } catch (IOException e) {
            throw Refusals.badRequest("Failed to parse the request body as JSON: " + e.getMessage());
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw Refusals.wrongShape("expected an object");
    }

    /** Answers before all is there, and then lets the client finish a little, so that it sees the answer. */
    private void refuse(WireFault fault) {
        if (ended.compareAndSet(false, true)) {
            give();
            discarding = true;
            exchange.failEarly(fault, this);
        }
    }

    private void lost(Throwable failure) {
        if (discarding) {
            discarded();
        } else if (ended.compareAndSet(false, true)) {
            give();
            leave();
            exchange.lost(failure);
        }
    }

    private void discarded() {
        leave();
        exchange.heardOut();
    }

    private synchronized void give() {
        exchange.site().memory().give(taken);
        taken = 0;
    }

    private void leave() {
        exchange.site().rounds().leave(this);
    }

    @Override
    public void second() {
        RestBounds bounds = exchange.site().bounds();
        seconds++;
        if (discarding) {
            heardOut++;
            if (heardOut > bounds.bodySeconds()) {
                leave();
                request.getConnectionMetaData().getConnection().getEndPoint().close();
            }
        } else if (seconds > bounds.bodySeconds() + received() / bounds.bodyBytesPerSecond()
                && ended.compareAndSet(false, true)) {
            give();
            leave();
            exchange.failLate(Refusals.timeout("the body did not come in time"));
        }
    }

    private synchronized long received() {
        return taken;
    }
}
