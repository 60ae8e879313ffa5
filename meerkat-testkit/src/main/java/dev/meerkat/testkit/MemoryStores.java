package dev.meerkat.testkit;

import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Opens one store in memory again and again, as a file is opened again. */
final class MemoryStores implements Supplier<SessionStore> {
    private final SessionStore memory = MemoryStore.create();
    private final AtomicLong epoch = new AtomicLong();

    private MemoryStores() {}

    static MemoryStores create() {
        return new MemoryStores();
    }

    @Override
    public SessionStore get() {
        return new Opening(memory, epoch.incrementAndGet());
    }

    private static final class Opening extends StoreWrapper {
        private final long epoch;

        Opening(SessionStore inner, long epoch) {
            super(inner);
            this.epoch = epoch;
        }

        @Override
        <T> CompletionStage<T> write(Supplier<CompletionStage<T>> write) {
            return write.get();
        }

        @Override
        public long epoch() {
            return epoch;
        }

        /** The data lives on for the next opening. */
        @Override
        public void close() {}
    }
}
