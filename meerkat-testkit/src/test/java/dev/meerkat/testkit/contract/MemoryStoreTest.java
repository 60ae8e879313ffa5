package dev.meerkat.testkit.contract;

import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;

class MemoryStoreTest extends SessionStoreContract {
    @Override
    protected SessionStore open() {
        return MemoryStore.create();
    }

    /** A store in memory lives as long as its object, which closing does not end. */
    @Override
    protected SessionStore reopen(SessionStore store) {
        store.close();
        return store;
    }
}
