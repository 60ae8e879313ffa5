package dev.meerkat.server.internal.http;

import java.util.concurrent.atomic.AtomicLong;

/** What the bodies that are being received take together. Thread-safe. */
public final class BodyMemory {
    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    public BodyMemory(long limit) {
        this.limit = limit;
    }

    /** Takes some, if there is enough. */
    public boolean take(long bytes) {
        if (taken.addAndGet(bytes) > limit) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    public void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    public long taken() {
        return taken.get();
    }
}
