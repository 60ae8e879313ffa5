package dev.meerkat.server.internal.http;

import dev.meerkat.server.internal.calls.Pace;
import dev.meerkat.server.internal.calls.Rounds;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * An answer whose client must read what is written to it in time, however busily it reads single bytes, or it is
 * disconnected.
 */
final class PacedResponse extends Response.Wrapper {
    private final Rounds rounds;
    private final Pace pace;

    /**
     * Writes at a pace.
     *
     * @param rounds counts the seconds
     * @param pace in which each piece must be taken
     */
    PacedResponse(Request request, Response response, Rounds rounds, Pace pace) {
        super(request, response);
        this.rounds = rounds;
        this.pace = pace;
    }

    @Override
    public void write(boolean last, @Nullable ByteBuffer bytes, Callback callback) {
        Piece piece = new Piece(bytes == null ? 0 : bytes.remaining(), callback);
        rounds.join(piece);
        super.write(last, bytes, piece);
    }

    /** What is being written at once. */
    private final class Piece extends Callback.Nested implements Rounds.Member {
        private final int length;
        private int seconds;

        Piece(int length, Callback callback) {
            super(callback);
            this.length = length;
        }

        @Override
        public void second() {
            seconds++;
            if (pace.isTooSlow(seconds, length)) {
                getRequest()
                        .getConnectionMetaData()
                        .getConnection()
                        .getEndPoint()
                        .close();
            }
        }

        @Override
        public void completed() {
            rounds.leave(this);
        }
    }
}
