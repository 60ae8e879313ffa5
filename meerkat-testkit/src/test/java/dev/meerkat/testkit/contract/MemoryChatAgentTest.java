package dev.meerkat.testkit.contract;

import dev.meerkat.core.store.MemoryStore;
import dev.meerkat.core.store.SessionStore;

class MemoryChatAgentTest extends ChatAgentContract {
    @Override
    protected SessionStore store() {
        return MemoryStore.create();
    }
}
