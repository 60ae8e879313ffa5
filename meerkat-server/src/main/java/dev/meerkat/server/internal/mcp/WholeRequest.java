package dev.meerkat.server.internal.mcp;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** A request whose body is there, as plain JSON in UTF-8 however it came. */
final class WholeRequest extends Request.Wrapper {
    private final HttpFields headers;
    private final AtomicReference<Content.Chunk> next;

    WholeRequest(Request request, byte[] body) {
        super(request);
        this.headers = HttpFields.build(request.getHeaders())
                .remove(HttpHeader.CONTENT_ENCODING)
                .put(HttpHeader.CONTENT_LENGTH, body.length);
        this.next = new AtomicReference<>(Content.Chunk.from(ByteBuffer.wrap(body), true));
    }

    @Override
    public HttpFields getHeaders() {
        return headers;
    }

    @Override
    public Content.Chunk read() {
        return next.getAndSet(Content.Chunk.EOF);
    }

    @Override
    public void demand(Runnable demandCallback) {
        getComponents().getExecutor().execute(demandCallback);
    }

    @Override
    public void fail(Throwable failure) {
        next.set(Content.Chunk.from(failure));
    }
}
