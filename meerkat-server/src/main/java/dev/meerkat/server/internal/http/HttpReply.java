package dev.meerkat.server.internal.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meerkat.api.InvalidFieldException;
import dev.meerkat.wire.internal.WireJson;
import dev.meerkat.wire.internal.fault.WireFault;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The one answer to a request. Thread-safe. */
public final class HttpReply {
    /** The type of all answers but streams. */
    public static final String JSON = "application/json";

    private final Response response;
    private final Callback callback;
    private final Runnable onEnd;
    private final AtomicBoolean answered = new AtomicBoolean();

    /**
     * None yet.
     *
     * @param onEnd run when there is one, before it is sent
     */
    public HttpReply(Response response, Callback callback, Runnable onEnd) {
        this.response = response;
        this.callback = callback;
        this.onEnd = onEnd;
    }

    /** Answers. */
    public void send(int status, String type, byte[] bytes) {
        send(status, type, bytes, callback);
    }

    /**
     * Answers.
     *
     * @param written run when it is written, or cannot be, or there was an answer already
     */
    public void send(int status, String type, byte[] bytes, Runnable written) {
        if (answered.get()) {
            written.run();
            return;
        }
        send(status, type, bytes, Callback.from(written, callback));
    }

    private void send(int status, String type, byte[] bytes, Callback then) {
        if (end()) {
            response.setStatus(status);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
            sayWhetherItCloses();
            response.write(true, ByteBuffer.wrap(bytes), then);
        }
    }

    /** A connection on which a body still comes is closed behind the answer: its client must not send its next request. */
    private void sayWhetherItCloses() {
        HttpFields.Mutable headers = response.getHeaders();
        if (!headers.contains(HttpHeader.CONNECTION, "close")
                && !response.getRequest().consumeAvailable()) {
            headers.put(HttpHeader.CONNECTION, "close");
        }
    }

    /** Answers with an error. */
    public void fail(Throwable problem) {
        WireFault fault = HttpErrors.of(problem);
        fail(fault, HttpErrors.body(fault), callback);
    }

    /** Answers with an error whose body has another form. */
    public void fail(WireFault fault, ObjectNode body) {
        fail(fault, body, callback);
    }

    private void fail(WireFault fault, ObjectNode body, Callback then) {
        byte[] bytes = written(fault, body);
        if (!answered.get()) {
            HttpErrors.retryAfter(fault)
                    .ifPresent(seconds -> response.getHeaders().put(HttpHeader.RETRY_AFTER, seconds));
        }
        send(fault.code().status(), JSON, bytes, then);
    }

    private static byte[] written(WireFault fault, ObjectNode body) {
        try {
            return WireJson.write(body);
        } catch (InvalidFieldException e) {
            // It repeats what the client sent, and that has no UTF-8 form.
            return WireJson.write(
                    HttpErrors.body(fault.code().rest(), "the request has text that is not Unicode", null));
        }
    }

    /** Answers with an error to a client that takes too long to send. */
    void failLate(WireFault fault) {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        fail(fault);
    }

    /** Answers with an error to a client that is still sending, which is listened to a little longer, for it to see. */
    void failEarly(WireFault fault, Runnable hearOut) {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        fail(fault, HttpErrors.body(fault), Callback.from(hearOut, callback::failed));
    }

    /** The request is read to its end, or as far as it is worth, after an early answer. */
    void heardOut() {
        callback.succeeded();
    }

    /** The client is gone before its request was complete. */
    void lost(Throwable problem) {
        if (end()) {
            callback.failed(problem);
        }
    }

    /** Takes it upon the caller to answer; false if there is an answer already. */
    public boolean end() {
        if (!answered.compareAndSet(false, true)) {
            return false;
        }
        onEnd.run();
        return true;
    }
}
