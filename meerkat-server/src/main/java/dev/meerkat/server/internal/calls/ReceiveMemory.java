package dev.meerkat.server.internal.calls;

import dev.meerkat.wire.internal.framing.LineReader;
import java.util.concurrent.atomic.AtomicLong;

/** What the messages that a listener is receiving take together. Thread-safe. */
public final class ReceiveMemory implements LineReader.Room {
    /** So many of the largest size fit in at once. */
    private static final int LARGEST = 8;

    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    /** For messages of at most so many bytes each. */
    public ReceiveMemory(int messageBytes) {
        this.limit = (long) messageBytes * LARGEST;
    }

    @Override
    public boolean take(long bytes) {
        if (taken.addAndGet(bytes) > limit) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    @Override
    public void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** How much is taken. */
    public long taken() {
        return taken.get();
    }
}
