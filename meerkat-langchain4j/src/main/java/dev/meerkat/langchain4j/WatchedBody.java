package dev.meerkat.langchain4j;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A body that is closed if nothing comes for a time; then reading it fails. The time limit of a request covers the time
 * until the headers only.
 */
final class WatchedBody extends FilterInputStream {
    private final Duration patience;
    private final ScheduledFuture<?> looks;
    private volatile boolean heard = true;
    private volatile boolean stalled;

    /** Looks once in each such time, so that it ends between one and two of them: no clock is read for each token. */
    WatchedBody(InputStream body, Duration patience, ScheduledExecutorService timer) {
        super(body);
        this.patience = patience;
        long nanos = patience.toNanos();
        this.looks = timer.scheduleWithFixedDelay(this::look, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    private void look() {
        if (heard) {
            heard = false;
            return;
        }
        stalled = true;
        try {
            close();
        } catch (IOException e) {
            // It is of no use any more, in either way.
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read;
        try {
            read = super.read(buffer, offset, length);
        } catch (IOException e) {
            throw stalled ? timeout() : e;
        }
        // One that is closed while it is read looks like one that is at its end.
        if (stalled) {
            throw timeout();
        }
        heard = true;
        return read;
    }

    private IOException timeout() {
        return new java.net.http.HttpTimeoutException("nothing came for " + patience);
    }

    @Override
    public void close() throws IOException {
        looks.cancel(false);
        super.close();
    }
}
