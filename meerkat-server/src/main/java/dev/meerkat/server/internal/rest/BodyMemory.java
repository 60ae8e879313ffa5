package dev.meerkat.server.internal.rest;

import java.util.concurrent.atomic.AtomicLong;

/** What the bodies that are being received take together. Thread-safe. */
final class BodyMemory {
    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    BodyMemory(long limit) {
        this.limit = limit;
    }

    /** Takes some, if there is enough. */
    boolean take(long bytes) {
        if (taken.addAndGet(bytes) > limit) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    long taken() {
        return taken.get();
    }
}
