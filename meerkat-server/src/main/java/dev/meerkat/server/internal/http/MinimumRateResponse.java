package dev.meerkat.server.internal.http;

import dev.meerkat.server.internal.calls.MinimumRate;
import dev.meerkat.server.internal.calls.Ticker;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * An answer whose client must read what is written to it in time, however busily it reads single bytes, or it is
 * disconnected.
 */
final class MinimumRateResponse extends Response.Wrapper {
    private final Ticker ticker;
    private final MinimumRate rate;

    /**
     * Writes at a rate.
     *
     * @param ticker counts the seconds
     * @param rate in which each piece must be taken
     */
    MinimumRateResponse(Request request, Response response, Ticker ticker, MinimumRate rate) {
        super(request, response);
        this.ticker = ticker;
        this.rate = rate;
    }

    @Override
    public void write(boolean last, @Nullable ByteBuffer bytes, Callback callback) {
        Piece piece = new Piece(bytes == null ? 0 : bytes.remaining(), callback);
        ticker.join(piece);
        super.write(last, bytes, piece);
    }

    /** What is being written at once. */
    private final class Piece extends Callback.Nested implements Ticker.Member {
        private final int length;
        private int seconds;

        Piece(int length, Callback callback) {
            super(callback);
            this.length = length;
        }

        @Override
        public void second() {
            seconds++;
            if (rate.isTooSlow(seconds, length)) {
                getRequest()
                        .getConnectionMetaData()
                        .getConnection()
                        .getEndPoint()
                        .close();
            }
        }

        @Override
        public void completed() {
            ticker.leave(this);
        }
    }
}
