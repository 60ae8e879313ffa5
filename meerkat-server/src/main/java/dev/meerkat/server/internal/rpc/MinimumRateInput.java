package dev.meerkat.server.internal.rpc;

import dev.meerkat.server.internal.calls.MinimumRate;
import dev.meerkat.server.internal.calls.Ticker;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What a client writes, who must bring each line that it begins to its end in time, however busily it sends single bytes.
 * Between lines it may be silent for as long as it likes. Only seconds in which the server waits for the client count.
 */
final class MinimumRateInput extends FilterInputStream implements Ticker.Member {
    private final MinimumRate rate;
    private final Runnable onTooSlow;

    // Written by the thread that reads, and read by the timer.
    private volatile boolean waiting;
    private volatile long lineBytes;
    private volatile long lines;

    // The timer's own.
    private long counted;
    private int seconds;

    /**
     * Reads at a rate.
     *
     * @param onTooSlow ends the connection; must not block
     */
    MinimumRateInput(InputStream input, MinimumRate rate, Runnable onTooSlow) {
        super(input);
        this.rate = rate;
        this.onTooSlow = onTooSlow;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        waiting = true;
        int count;
        try {
            count = super.read(buffer, offset, length);
        } finally {
            waiting = false;
        }
        for (int i = offset + count - 1; i >= offset; i--) {
            if (buffer[i] == '\n') {
                long ended = lines + 1;
                lines = ended;
                lineBytes = offset + count - 1L - i;
                return count;
            }
        }
        long all = lineBytes + Math.max(count, 0);
        lineBytes = all;
        return count;
    }

    @Override
    public void second() {
        long line = lines;
        if (line != counted) {
            counted = line;
            seconds = 0;
        }
        long bytes = lineBytes;
        if (waiting && bytes > 0) {
            seconds++;
            if (rate.isTooSlow(seconds, bytes)) {
                onTooSlow.run();
            }
        }
    }
}
