package dev.meerkat.server.internal.http;

import dev.meerkat.server.internal.calls.MinimumRate;
import dev.meerkat.server.internal.calls.Ticker;
import dev.meerkat.wire.internal.Utf8;
import dev.meerkat.wire.internal.fault.WireFault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Receives the body of a request without waiting, and never more of it than is allowed. */
public final class BodyReader implements Runnable, Ticker.Member {
    private static final int SMALL_BYTES = 16 << 10;

    private final Bodies bodies;
    private final Request request;
    private final HttpReply reply;
    private final BodyForm form;
    private final Consumer<byte[]> next;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean discarding;
    private long taken;
    private int seconds;
    private int heardOut;

    private BodyReader(Bodies bodies, Request request, HttpReply reply, BodyForm form, Consumer<byte[]> next) {
        this.bodies = bodies;
        this.request = request;
        this.reply = reply;
        this.form = form;
        this.next = next;
    }

    /**
     * Reads a body of JSON, and answers the request itself if there is none.
     *
     * @param next takes it, in UTF-8, inflated and without a byte order mark; called by whatever thread brings its end
     */
    public static void read(Bodies bodies, Request request, HttpReply reply, Consumer<byte[]> next) {
        read(bodies, request, reply, BodyForm.of(request.getHeaders()), next);
    }

    /**
     * Reads a body of any type, and answers the request itself if there is none.
     *
     * @param next takes its bytes as they came; called by whatever thread brings their end
     */
    public static void readRaw(Bodies bodies, Request request, HttpReply reply, Consumer<byte[]> next) {
        read(bodies, request, reply, BodyForm.RAW, next);
    }

    private static void read(Bodies bodies, Request request, HttpReply reply, BodyForm form, Consumer<byte[]> next) {
        BodyReader reader = new BodyReader(bodies, request, reply, form, next);
        bodies.ticker().join(reader);
        if (request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH) > bodies.limit()) {
            reader.refuse(HttpErrors.tooLarge(bodies.limit()));
        } else if (form != BodyForm.GZIP && isSmall(request)) {
            reader.run();
        } else {
            // To parse it takes a while, in which the thread that called this could not look after other connections.
            request.getComponents().getExecutor().execute(reader);
        }
    }

    private static boolean isSmall(Request request) {
        long length = request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
        return length >= 0 && length <= SMALL_BYTES;
    }

    /** Takes what is there; called again when there is more. Whatever fails, the request is answered. */
    @Override
    public void run() {
        try {
            takeAll();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void failed(Throwable failure) {
        ended.set(true);
        give();
        leave();
        reply.fail(failure);
    }

    private void takeAll() {
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
            WireFault fault;
            try {
                fault = take(chunk.getByteBuffer());
            } finally {
                chunk.release();
            }
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
        if (taken + more > bodies.limit()) {
            return HttpErrors.tooLarge(bodies.limit());
        }
        if (!reserve(more)) {
            return noRoom();
        }
        byte[] copy = new byte[more];
        bytes.get(copy);
        body.writeBytes(copy);
        return null;
    }

    private synchronized boolean reserve(long bytes) {
        boolean room = bodies.memory().take(bytes);
        if (room) {
            taken += bytes;
        }
        return room;
    }

    private static WireFault noRoom() {
        return HttpErrors.busy("the server is receiving too much at once");
    }

    private void complete(@Nullable WireFault fault) {
        if (discarding) {
            discarded();
        } else if (ended.compareAndSet(false, true)) {
            leave();
            if (fault != null) {
                reply.fail(fault);
            } else {
                parsed();
            }
        }
    }

    private void parsed() {
        byte[] bytes = body.toByteArray();
        body.reset();
        try {
            byte[] text = form == BodyForm.GZIP ? inflated(bytes) : bytes;
            int mark = form == BodyForm.RAW ? 0 : Utf8.markLength(text, 0, text.length);
            next.accept(mark == 0 ? text : Arrays.copyOfRange(text, mark, text.length));
        } catch (RuntimeException | Error e) {
            reply.fail(e);
        } finally {
            give();
        }
    }

    /** Stops at the limit, however much more would come of a few bytes. */
    private byte[] inflated(byte[] compressed) {
        ByteArrayOutputStream inflated = new ByteArrayOutputStream();
        byte[] part = new byte[SMALL_BYTES];
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            for (int count = in.read(part); count >= 0; count = in.read(part)) {
                if (inflated.size() + count > bodies.limit()) {
                    throw HttpErrors.tooLarge(bodies.limit());
                }
                if (!reserve(count)) {
                    throw noRoom();
                }
                inflated.write(part, 0, count);
            }
        } catch (IOException e) {
            throw HttpErrors.badRequest("the body is not gzip, as its Content-Encoding says");
        }
        return inflated.toByteArray();
    }

    /** Answers before all is there, and then lets the client finish a little, so that it sees the answer. */
    private void refuse(WireFault fault) {
        if (ended.compareAndSet(false, true)) {
            give();
            discarding = true;
            reply.failEarly(fault, this);
        }
    }

    private void lost(Throwable failure) {
        if (discarding) {
            discarded();
        } else if (ended.compareAndSet(false, true)) {
            give();
            leave();
            reply.lost(failure);
        }
    }

    private void discarded() {
        leave();
        reply.heardOut();
    }

    private synchronized void give() {
        bodies.memory().give(taken);
        taken = 0;
    }

    private void leave() {
        bodies.ticker().leave(this);
    }

    @Override
    public void second() {
        MinimumRate rate = bodies.bounds().body();
        seconds++;
        if (discarding) {
            heardOut++;
            if (heardOut > rate.seconds()) {
                leave();
                request.getConnectionMetaData().getConnection().getEndPoint().close();
            }
        } else if (rate.isTooSlow(seconds, received()) && ended.compareAndSet(false, true)) {
            give();
            leave();
            reply.failLate(HttpErrors.timeout("the body did not come in time"));
        }
    }

    private synchronized long received() {
        return taken;
    }
}
