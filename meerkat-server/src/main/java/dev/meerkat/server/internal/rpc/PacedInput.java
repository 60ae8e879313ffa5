package dev.meerkat.server.internal.rpc;

import dev.meerkat.server.internal.calls.Pace;
import dev.meerkat.server.internal.calls.Rounds;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What a client writes, who must bring each line that it begins to its end in time, however busily it sends single bytes.
 * Between lines it may be silent for as long as it likes. Only seconds in which the server waits for the client count.
 */
final class PacedInput extends FilterInputStream implements Rounds.Member {
    private final Pace pace;
    private final Runnable onTooSlow;

    // Written by the thread that reads, and read by the timer.
    private volatile boolean waiting;
    private volatile long lineBytes;
    private volatile long lines;

    // The timer's own.
    private long counted;
    private int seconds;

    /**
     * Reads at a pace.
     *
     * @param onTooSlow ends the connection; must not block
     */
    PacedInput(InputStream input, Pace pace, Runnable onTooSlow) {
        super(input);
        this.pace = pace;
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
            if (pace.isTooSlow(seconds, bytes)) {
                onTooSlow.run();
            }
        }
    }
}
