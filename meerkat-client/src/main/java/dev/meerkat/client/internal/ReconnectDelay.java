package dev.meerkat.client.internal;

import java.time.Duration;

/** When to try again: at once, then after a wait that doubles, with jitter. Not thread-safe. */
final class ReconnectDelay {
    private static final long FIRST_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LAST_NANOS = Duration.ofSeconds(10).toNanos();
    /** After so many connect timeouts of failing, the reader is told. */
    private static final int BORNE = 3;

    private final RemoteContext context;
    private long waitNanos = FIRST_NANOS;
    private long notBefore;
    private long failingSince;
    private boolean failing;

    ReconnectDelay(RemoteContext context) {
        this.context = context;
        this.notBefore = context.clock().getAsLong();
    }

    long nanosToGo() {
        return notBefore - context.clock().getAsLong();
    }

    void succeeded() {
        failing = false;
        waitNanos = FIRST_NANOS;
        notBefore = context.clock().getAsLong() + FIRST_NANOS;
    }

    /** The server is there and says no: that is no failing, but it is not asked again at once. */
    void refused() {
        failing = false;
        later(context.clock().getAsLong());
    }

    private void later(long now) {
        notBefore = now + waitNanos / 2 + context.random().nextLong(waitNanos / 2 + 1);
        waitNanos = Math.min(2 * waitNanos, LAST_NANOS);
    }

    /** Whether it has failed for longer than is borne silently; counting begins anew then. */
    boolean failed() {
        long now = context.clock().getAsLong();
        if (!failing) {
            failing = true;
            failingSince = now;
        }
        later(now);
        if (now - failingSince < BORNE * context.timeouts().connect().toNanos()) {
            return false;
        }
        failing = false;
        return true;
    }
}
