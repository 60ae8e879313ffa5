package dev.meerkat.server.internal.http;

import dev.meerkat.server.internal.calls.Pace;
import dev.meerkat.server.internal.calls.Rounds;
import dev.meerkat.server.internal.calls.WireFault;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Receives the body of a request without waiting, and never more of it than is allowed. */
public final class BodyReader implements Runnable, Rounds.Member {
    private static final int SMALL_BYTES = 16 << 10;

    private final Bodies bodies;
    private final Request request;
    private final Reply reply;
    private final Consumer<byte[]> next;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean discarding;
    private long taken;
    private int seconds;
    private int heardOut;

    private BodyReader(Bodies bodies, Request request, Reply reply, Consumer<byte[]> next) {
        this.bodies = bodies;
        this.request = request;
        this.reply = reply;
        this.next = next;
    }

    /**
     * Reads a body of JSON, and answers the request itself if there is none.
     *
     * @param next takes it; called by whatever thread brings its end
     */
    public static void read(Bodies bodies, Request request, Reply reply, Consumer<byte[]> next) {
        if (!isJson(request.getHeaders().get(HttpHeader.CONTENT_TYPE))) {
            throw Refusals.noJson();
        }
        BodyReader reader = new BodyReader(bodies, request, reply, next);
        bodies.rounds().join(reader);
        if (request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH) > bodies.limit()) {
            reader.refuse(Refusals.tooLarge(bodies.limit()));
        } else if (isSmall(request)) {
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
        if (taken + more > bodies.limit()) {
            return Refusals.tooLarge(bodies.limit());
        }
        if (!bodies.memory().take(more)) {
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
            next.accept(bytes);
        } catch (RuntimeException e) {
            reply.fail(e);
        } finally {
            give();
        }
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
        bodies.rounds().leave(this);
    }

    @Override
    public void second() {
        Pace pace = bodies.bounds().body();
        seconds++;
        if (discarding) {
            heardOut++;
            if (heardOut > pace.seconds()) {
                leave();
                request.getConnectionMetaData().getConnection().getEndPoint().close();
            }
        } else if (pace.isTooSlow(seconds, received()) && ended.compareAndSet(false, true)) {
            give();
            leave();
            reply.failLate(Refusals.timeout("the body did not come in time"));
        }
    }

    private synchronized long received() {
        return taken;
    }
}
