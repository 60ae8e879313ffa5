package dev.meerkat.testkit.contract;

import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import java.util.function.Supplier;

class MemorySchedulesTest extends SchedulesContract {
    private final MemoryStore store = MemoryStore.create();

    @Override
    protected Supplier<? extends SessionStore> stores() {
        return () -> store;
    }
}
