package dev.meerkat.testkit.contract;

import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;
import java.util.function.Supplier;

class MemoryDeadlinesTest extends DeadlinesContract {
    private final MemoryStore store = MemoryStore.create();

    @Override
    protected Supplier<? extends SessionStore> stores() {
        return () -> store;
    }
}
