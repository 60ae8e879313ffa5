package dev.meerkat.client.internal.rest;

import java.io.IOException;
import java.net.ProtocolException;
import okhttp3.Interceptor;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the reader of server-sent events from taking in an event of any size, and from replacing silently
 * what is not UTF-8: both end the stream.
 */
final class EventBounds implements Interceptor {
    private final int eventBytes;

    /**
     * Bounds.
     *
     * @param eventBytes of one event, with its line ends
     */
    EventBounds(int eventBytes) {
        this.eventBytes = eventBytes;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        if (!response.isSuccessful()) {
            return response;
        }
        ResponseBody body = response.body();
        Source bounded = new BoundedEvents(body.source(), eventBytes);
        return response.newBuilder()
                .body(ResponseBody.create(Okio.buffer(bounded), body.contentType(), body.contentLength()))
                .build();
    }

    /** Counts the bytes since the last empty line, which ends an event. */
    private static final class BoundedEvents extends ForwardingSource {
        private final int eventBytes;
        private final Utf8Check utf8 = new Utf8Check();
        private final Buffer chunk = new Buffer();
        private int count;
        private boolean lineEmpty = true;
        private boolean afterReturn;
        private @Nullable IOException fault;

        BoundedEvents(Source source, int eventBytes) {
            super(source);
            this.eventBytes = eventBytes;
        }

        /** What came before the fault is passed on first, so that no event of it is lost. */
        @Override
        public long read(Buffer sink, long byteCount) throws IOException {
            if (fault != null) {
                throw fault;
            }
            if (super.read(chunk, byteCount) < 0) {
                return -1;
            }
            long good = 0;
            for (byte b : chunk.peek().readByteArray()) {
                fault = check(b);
                if (fault != null) {
                    break;
                }
                good++;
            }
            if (good == 0 && fault != null) {
                throw fault;
            }
            sink.write(chunk, good);
            chunk.clear();
            return good;
        }

        private @Nullable IOException check(byte b) {
            if (!utf8.accepts(b)) {
                return new ProtocolException("the stream of events is not UTF-8");
            }
            count(b);
            return count > eventBytes ? new HttpAnswer.TooLargeException(eventBytes) : null;
        }

        private void count(byte b) {
            boolean secondOfPair = b == '\n' && afterReturn;
            afterReturn = b == '\r';
            if (secondOfPair) {
                return;
            }
            boolean lineEnd = b == '\n' || b == '\r';
            count = lineEnd && lineEmpty ? 0 : count + 1;
            lineEmpty = lineEnd;
        }
    }
}
